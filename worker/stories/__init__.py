"""Which items are one: identity within a feed, sameness across feeds. PURE."""
