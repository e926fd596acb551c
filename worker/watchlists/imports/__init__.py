"""Saved searches of other readers as watch lists: what a file holds, put into our language. PURE."""
