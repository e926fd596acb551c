"""OPML 1.0 to 2.0 (http://opml.org/spec2.opml): lists of feeds, read leniently and written strictly. PURE.

Lists are written by hand and by careless programs, so no XML parser reads them: one expression finds the outlines, in
linear time, and no declaration of the document is ever followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from worker.errors import HtmlPage, ParseError
from worker.feeds.attributes import ATTRIBUTES, attributes, unescaped
from worker.feeds.decode import decode
from worker.feeds.limits import MAX_NAME
from worker.feeds.links import absolute
from worker.text.clean import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

MAX_OUTLINES = 100_000
MAX_FEEDS = 20_000
MAX_NESTING = 100
MAX_TAGS = 100
"""Tags of one feed; as many as feeds.yaml takes."""

_END = r"(?:>|\Z)"
_OPENING = re.compile(
    r"\s*+(?:<\?.*?(?:\?>|\Z)\s*+|<!--.*?(?:-->|\Z)\s*+|(?P<subset><!DOCTYPE[^>\[]*+\[)|<!DOCTYPE[^>]*+>\s*+)*+"
    r"(?:<(?:[\w.-]{1,100}+:)?(?P<root>[\w.-]{1,100}+))?+",
    re.IGNORECASE | re.DOTALL,
)
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<title(?=[\s>])[^>]*+>(?P<title>[^<]*+)"
    rf"|<(?P<close>/)?+(?:[\w.-]{{1,100}}+:)?outline(?=[\s/>])(?P<attributes>{ATTRIBUTES}){_END}"
    r"|(?P<whole></(?:[\w.-]{1,100}+:)?opml\s*+>)",
    re.IGNORECASE | re.DOTALL,
)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed of a list: its http(s) URL, what the list calls it ("" where it does not), and tags."""

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpmlList:
    """What a list says.

    Attributes:
        title: Of the list, or "".
        feeds: In document order, each address once, with the tags of all its outlines.
        left_out: Outlines whose address is none that can be polled.
        whole: The document came to its end; else it was cut off somewhere.
    """

    title: str
    feeds: tuple[OpmlFeed, ...]
    left_out: int
    whole: bool


def parse(body: bytes, *, content_type: str = "") -> OpmlList:
    """Read a list.

    The texts of the outlines around a feed become tags, and so do its categories (comma-separated, OPML 2.0). What
    `isComment` takes out is left out, with all that is below it.

    Raises:
        ParseError: The document is no OPML, or is made to harm: declarations of its own, more than 100,000 outlines,
            20,000 feeds, or 100 outlines one in another.
    """
    text = decode(body, content_type)
    _refuse_others(text)
    found: dict[str, OpmlFeed] = {}
    reading = _Reading()
    for feed in reading.feeds(text):
        known = found.get(feed.url)
        if known is None:
            if len(found) == MAX_FEEDS:
                raise ParseError(f"the list has more than {MAX_FEEDS:,} feeds")
            found[feed.url] = feed
        else:
            found[feed.url] = replace(known, title=known.title or feed.title, tags=_once(*known.tags, *feed.tags))
    return OpmlList(reading.title, tuple(found.values()), reading.left_out, reading.whole)


def write(feeds: Iterable[OpmlFeed], *, title: str, created: datetime) -> bytes:
    """Return an OPML 2.0 document in UTF-8; tags become categories, in which a comma is a space, for it separates."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "  <head>",
        f"    <title>{_escaped(title)}</title>",
        f"    <dateCreated>{format_datetime(created)}</dateCreated>",
        "  </head>",
        "  <body>",
    ]
    for feed in feeds:
        name = _escaped(feed.title or feed.url)
        category = _escaped(",".join(one_line(tag.replace(",", " ")) for tag in feed.tags))
        tagged = f' category="{category}"' if category else ""
        lines.append(f'    <outline type="rss" text="{name}" title="{name}" xmlUrl="{_escaped(feed.url)}"{tagged}/>')
    return "\n".join([*lines, "  </body>", "</opml>", ""]).encode()


class _Reading:
    """One document on its way: the outlines that are open, innermost last, and what was seen of the rest."""

    def __init__(self) -> None:
        self.title = ""
        self.left_out = 0
        self.whole = False
        self._open: list[tuple[str, ...] | None] = []  # the tags for what is below; None: it is all commented out

    def feeds(self, text: str) -> Iterator[OpmlFeed]:
        outlines = 0
        for piece in _PIECE.finditer(text):
            if piece["whole"]:
                self.whole = True
            elif piece["title"] is not None:
                self.title = self.title or _name(unescaped(piece["title"]))
            elif piece["close"]:
                del self._open[-1:]
            elif piece["attributes"] is not None:
                outlines += 1
                if outlines > MAX_OUTLINES:
                    raise ParseError(f"the list has more than {MAX_OUTLINES:,} outlines")
                yield from self._outline(piece["attributes"])

    def _outline(self, text: str) -> Iterator[OpmlFeed]:
        around = self._open[-1] if self._open else ()
        given = attributes(text)
        below = around
        if given.get("iscomment", "").lower() == "true":
            below = None
        elif around is not None:
            title = _name(given.get("title", "") or given.get("text", ""))
            address = given.get("xmlurl") or (
                given.get("url") if given.get("type", "").lower() in _FEED_ROOTS else None
            )
            if address is None:
                below = _once(*around, title)
            elif url := absolute(address):
                yield OpmlFeed(url, title, _once(*around, *_categories(given.get("category", ""))))
            else:
                self.left_out += 1
        if not text.rstrip().endswith("/"):
            if len(self._open) == MAX_NESTING:
                raise ParseError(f"the list has more than {MAX_NESTING} outlines one in another")
            self._open.append(below)


def _refuse_others(text: str) -> None:
    opening = _OPENING.match(text)
    root = opening["root"].lower() if opening and opening["root"] else ""
    if opening and opening["subset"]:
        raise ParseError("the document type has declarations of its own, which lists need not and attackers do")
    if root == "html":
        raise HtmlPage("the document is an HTML page, not an OPML list")
    if root in _FEED_ROOTS:
        raise ParseError("the document is a feed, not a list of feeds")
    if root != "opml":
        raise ParseError("the document is not an OPML list of feeds" if text.strip() else "the document is empty")


def _categories(text: str) -> Iterator[str]:
    return (_name(part.strip().strip("/")) for part in text.split(","))


def _name(text: str) -> str:
    return one_line(text)[:MAX_NAME].rstrip()


def _once(*tags: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, tags)))[:MAX_TAGS]


def _escaped(text: str) -> str:
    return escape(one_line(text), quote=True)
