"""Which items are one: identity in a feed, wording across feeds; who wrote them, and what a story comes to. PURE."""
