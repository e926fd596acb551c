"""The main text of a web page, by trafilatura: what a reader came for, without menus, teasers and comments.

Only the parser process imports this, for it is heavy: 40 MB and a fifth of a second.
"""

from __future__ import annotations

import re

from lxml.etree import LxmlError  # type: ignore[import-untyped]
from trafilatura import extract

from worker.errors import ParseError
from worker.feeds.decode import decode
from worker.feeds.limits import MAX_CONTENT_TYPE, MAX_TEXT
from worker.text.clean import lines

_QUICK_FROM = 1_000_000
"""Characters from which on the main extractor must do alone. Those that it falls back on take time that grows with the
square of the paragraphs (jusText, issue 43)."""

_HEAD = 4_096
_CHARSET = re.compile(rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)

_TRIPS = (ArithmeticError, AssertionError, AttributeError, LookupError, LxmlError, RuntimeError, TypeError, ValueError)
"""What it lets through on some broken pages."""


def main_text(body: bytes, *, content_type: str) -> str:
    """Return the main text, clean, paragraphs as lines, cut at the length of an item's text; "" where there is none.

    Comments under the text are left out: they are not what the outlet says. Tables count. Of two possible extents the
    narrower one is taken, for teasers of other items must not match.

    Args:
        body: The decoded response.
        content_type: The Content-Type header as received.

    Raises:
        ParseError: The page cannot be read.
    """
    text = _decoded(body, content_type)
    try:
        found = extract(text, include_comments=False, include_tables=True, fast=len(text) > _QUICK_FROM)
    except _TRIPS as error:
        raise ParseError(f"the page cannot be read: {type(error).__name__}") from error
    return lines(found or "")[:MAX_TEXT]


def _decoded(body: bytes, content_type: str) -> str:
    """Return the page's text; a charset in the header counts before one in a `meta` element (WHATWG HTML, 13.2.3)."""
    declared = _CHARSET.search(body[:_HEAD])
    if declared is not None and "charset" not in content_type[:MAX_CONTENT_TYPE].lower():
        content_type = f"text/html; charset={declared[1].decode('ascii')}"
    return decode(body, content_type)
