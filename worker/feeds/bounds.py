"""Refuses, before any parser sees them, documents made to cost more than they are worth (RELIABILITY 13). PURE.

Time is linear in the document: the expressions never go back, and a quotation mark left open cannot be shared by two
scans. Only attributes as well-formed XML writes them count, because only the strict parser's time grows with their
square, and a `<` in running text is no element.
"""

from __future__ import annotations

import re

from worker.errors import ParseError
from worker.feeds.limits import MAX_ATTRIBUTES, MAX_ITEMS_IN_ALL, MAX_TAGS

_SHORTEST = 5 * MAX_ATTRIBUTES
"""Characters that so many attributes take at least: a space, a letter, the equals sign and two quotation marks each."""
_VALUE = r"""(?:"[^"<]*+"|'[^'<]*+')"""
_LONG = re.compile(rf"<[^<]{{{_SHORTEST},}}+")
_TAG = re.compile(rf"""<[^\W\d](?>[^<>"']++|{_VALUE})++""")
_ATTRIBUTE = re.compile(rf"""[^\W\d][\w.:-]*+\s*+=\s*+{_VALUE}""")
_ITEM = re.compile(r"<(?:[\w.-]{1,100}:)?(?:item|entry)[\s/>]", re.IGNORECASE)


def refuse_crowded(text: str) -> int:
    """Return how many items the document holds; ParseError where these, or its tags, are too many."""
    if text.count("<") > MAX_TAGS:
        raise ParseError(f"the document has more than {MAX_TAGS:,} tags")
    items = len(_ITEM.findall(text))
    if items > MAX_ITEMS_IN_ALL:
        raise ParseError(f"the document has more than {MAX_ITEMS_IN_ALL:,} items")
    return items


def refuse_attributes(text: str) -> None:
    """Raise ParseError where an element has too many attributes; whatever a parser is to see must pass here."""
    for stretch in _LONG.finditer(text):
        tag = _TAG.match(text, stretch.start(), stretch.end())
        if (
            tag is not None
            and tag.end() - tag.start() > _SHORTEST
            and sum(1 for _ in _ATTRIBUTE.finditer(tag[0])) > MAX_ATTRIBUTES
        ):
            raise ParseError(f"an element has more than {MAX_ATTRIBUTES} attributes")
