"""How much of a document is believed; everything else is cut or refused (RELIABILITY 13). Lengths are characters."""

MAX_ITEMS = 2_000
"""Items kept of one document: the newest."""

MAX_ITEMS_IN_ALL = 20_000
"""Items a document may have at all; longer documents are archives, not feeds."""

MAX_CONTENT_TYPE = 1_000
"""Of the header; the time to read one grows with its square: 60,000 took 5 s."""

MAX_TITLE = 1_000
MAX_TEXT = 200_000
MAX_ADDRESS = 8_192
"""Of an id or a link; longer ones count as absent, because a cut one would name something else."""

MAX_BASE = 2_000
MAX_BASE_SLASHES = 100
"""Of an address that others count from. To resolve one takes time in proportion to the segments of its base, and a
document may name thousands: a base of 10,000 segments cost 17 s for 64 KB."""

MAX_NAME = 200
"""Of an author, category or source."""

MAX_NAMES = 100
"""Authors or categories of one item."""

MAX_ENCLOSURES = 20
"""Of one item: the first. A film comes in a dozen sizes."""

MAX_ATTRIBUTES = 200
"""Of one element. The parser's time grows with their square: 50,000 took 23 s (FIGURES)."""

MAX_TAGS = 500_000
MAX_DEPTH = 256

MAX_NAMESPACES = 200
"""Declared at once. The parser looks through them at elements that it does not know: 20,000 took 35 s."""

MAX_TERMS = 1_000
"""Categories looked at of one item; feedparser compares each with each: 20,000 took 7 s."""
