"""Refuses, before any parser sees them, documents made to cost more than they are worth (RELIABILITY 13). PURE.

Time is linear in the document: the expressions never go back, and a quotation mark left open cannot be shared by two
scans. Both readings of a tag are looked at, with and without regard to quotation marks, because lenient parsers fall
back from one to the other.
"""

from __future__ import annotations

import re

from worker.errors import ParseError
from worker.feeds.limits import MAX_ATTRIBUTES, MAX_ENTRIES, MAX_TAGS

_SHORTEST = 2 * MAX_ATTRIBUTES
"""Characters that so many attributes take at least: a letter and a space each."""
_LONG_TAGS = (
    re.compile(rf"<[^\W\d][^<>]{{{_SHORTEST},}}+"),
    re.compile(r"""<[^\W\d](?=[^<>]*+["'])(?:[^<>"']++|"[^"]*+"|'[^']*+')++"""),
)
_ATTRIBUTE = re.compile(r"""[^\W\d][\w.:-]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s<>"']*+))?+""")
_ENTRY = re.compile(r"<(?:[\w.-]{1,100}:)?(?:item|entry)[\s>]", re.IGNORECASE)


def refuse_hostile(text: str) -> None:
    """Raise ParseError where the document breaks a limit of `worker.feeds.limits`."""
    if text.count("<") > MAX_TAGS:
        raise ParseError(f"the document has more than {MAX_TAGS:,} tags")
    if sum(1 for _ in _ENTRY.finditer(text)) > MAX_ENTRIES:
        raise ParseError(f"the document has more than {MAX_ENTRIES:,} items")
    for pattern in _LONG_TAGS:
        for tag in pattern.finditer(text):
            if tag.end() - tag.start() > _SHORTEST and _attributes(tag[0]) > MAX_ATTRIBUTES:
                raise ParseError(f"an element has more than {MAX_ATTRIBUTES} attributes")


def _attributes(tag: str) -> int:
    return sum(1 for _ in _ATTRIBUTE.finditer(tag)) - 1
