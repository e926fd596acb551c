"""Google Alerts: each is a feed, https://www.google.com/alerts/feeds/..., whose title says what it looks for.

The file is an OPML list, as readers export it, or the addresses alone, one a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from worker.feeds.limits import MAX_NAME
from worker.watchlists.imports.model import Found, FoundFeed, FoundList, LeftOut, NoCounterpart
from worker.watchlists.imports.search_text import Ways, translated

if TYPE_CHECKING:
    from collections.abc import Iterable

_HOST: Final = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}")
_PATH: Final = re.compile(r"/alerts/feeds/[0-9]{1,40}/[0-9]{1,40}/?")
_TITLE: Final = re.compile(r"(?P<head>[^-\u2013\u2014:]{1,60}?)\s*[-\u2013\u2014:]\s+(?P<query>\S.*)", re.DOTALL)
"""`Google Alert - ukraine`, in whatever language of the reader's: `Google アラート - ...`."""

WAYS: Final = Ways(
    "Google",
    {"intitle:": "title:", "intext:": "text:", "inurl:": "link:", "site:": "link:"},
    bar=True,
    refused=re.compile(r"\bAROUND *\([^()]{0,9}\)|\S{0,20}[0-9]\.\.\S{0,20}"),
)
UNTITLED: Final = "its title does not say what it looks for; it is a feed only"
CUT_FROM: Final = MAX_NAME - 1
"""Characters of a title that may be cut off: at MAX_NAME, and a space before that goes too."""
CUT: Final = "its title is cut off; it is a feed only"


def is_alert(url: str) -> bool:
    """Whether an address is that of a Google Alert's feed."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = _HOST.fullmatch(parts.hostname or "")
    return bool(host and _PATH.fullmatch(parts.path) and parts.scheme in {"http", "https"})


def alerts(feeds: Iterable[FoundFeed]) -> Found:
    """Return what becomes of Google Alerts: their feeds, and a list for each whose title tells what it looks for."""
    found: dict[str, FoundFeed] = {}
    lists: dict[str, FoundList] = {}
    left_out: list[LeftOut] = []
    for feed in feeds:
        if feed.url in found:
            continue
        found[feed.url] = feed
        name = searched(feed.title)
        if name is None or len(feed.title) >= CUT_FROM:
            left_out.append(LeftOut(feed.title or feed.url, UNTITLED if name is None else CUT))
        elif name not in lists:
            try:
                lists[name] = FoundList(name, translated(name, WAYS))
            except NoCounterpart as error:
                left_out.append(LeftOut(name, f"{error}; it is a feed only"))
    return Found("Google Alerts", tuple(lists.values()), tuple(found.values()), tuple(left_out))


def searched(title: str) -> str | None:
    """Return what an alert looks for, by its feed's title; None where that does not say."""
    parts = _TITLE.fullmatch(title.strip())
    return parts["query"].strip() if parts and "google" in parts["head"].lower() else None
