"""The query language and the compiled set of all watch lists. PURE."""
