"""Which reader a file comes from, and what it holds for us."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from worker.errors import ParseError
from worker.feeds import opml
from worker.feeds.attributes import ATTRIBUTES, attributes
from worker.feeds.decode import decode
from worker.text.clean import one_line
from worker.watchlists.imports import freshrss, google, php
from worker.watchlists.imports.model import Found, FoundFeed, LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 20 * 2**20
MOST_LINES: Final = 20_000

UNKNOWN: Final = (
    "this is none of: FreshRSS's data/users/NAME/config.php, its `queries` as JSON, an OPML list with Google Alerts, "
    "addresses of Google Alerts one a line"
)
_OUTLINE: Final = re.compile(
    rf"<!--.*?(?:-->|\Z)|<(?:[\w.-]{{1,100}}+:)?outline(?=[\s/>])(?P<attributes>{ATTRIBUTES})(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_FILTERS: Final = "frss:filtersactionread"
_SHOWN: Final = 100
"""Characters of a filter that are told."""


def read(body: bytes) -> Found:
    """Read a file of another reader.

    Raises:
        ParseError: It is none that we know, or made to harm.
    """
    if len(body) > MOST_BYTES:
        raise ParseError("it is larger than 20 MB")
    text = decode(body).strip()
    if php.is_php(text):
        return freshrss.user_queries(php.returned(text))
    if text[:1] in {"{", "["}:
        return freshrss.user_queries(_json(text))
    if text[:1] == "<":
        return _opml(body, text)
    return google.alerts(_addresses(text))


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("it begins as JSON, but is none") from error


def _opml(body: bytes, text: str) -> Found:
    feeds = opml.parse(body).feeds
    mine = [FoundFeed(feed.url, feed.title) for feed in feeds if google.is_alert(feed.url)]
    filters = list(_filters(text))
    if not mine and not filters:
        raise ParseError("the list names no Google Alert; `tocsin feeds import` adds its feeds")
    found = google.alerts(mine)
    return replace(found, reader="Google Alerts" if mine else "FreshRSS", left_out=(*found.left_out, *filters))


def _filters(text: str) -> Iterator[LeftOut]:
    """Yield FreshRSS's filters, which say what a person need not read: the contrary of what a watch list does."""
    for outline in _OUTLINE.finditer(text):
        given = attributes(outline["attributes"] or "")
        if given.get(_FILTERS):
            name = given.get("title") or given.get("text") or "a feed"
            shown = one_line(given[_FILTERS])[:_SHOWN]
            yield LeftOut(one_line(name), f"that FreshRSS marks as read what matches `{shown}` makes no watch list")


def _addresses(text: str) -> Iterator[FoundFeed]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    wrong = [number for number, line in lines if not google.is_alert(line)]
    if len(lines) > MOST_LINES or len(wrong) == len(lines):
        raise ParseError(UNKNOWN)
    if wrong:
        raise ParseError(f"line {wrong[0]} is no address of a Google Alert; `tocsin feeds add` adds a feed")
    return (FoundFeed(line) for _, line in lines)
