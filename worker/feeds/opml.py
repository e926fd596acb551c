"""OPML 1.0 to 2.0 (http://opml.org/spec2.opml): lists of feeds, read leniently and written strictly. PURE.

Lists are written by hand and by careless programs, so no XML parser reads them: one expression finds the outlines, in
linear time, and no declaration of the document is ever followed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, TypedDict

from config.duration import parse_duration, write_duration
from config.redaction import shown_url
from worker.errors import HtmlPage, ParseError
from worker.feeds.attributes import ATTRIBUTES, attributes, unescaped
from worker.feeds.decode import decode
from worker.feeds.limits import MAX_NAME
from worker.feeds.links import absolute
from worker.text.clean import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

MAX_OUTLINES = 100_000
MAX_FEEDS = 20_000
MAX_NESTING = 100
MAX_TAGS = 100
"""Tags of one feed; as many as feeds.yaml takes."""

NAMESPACE = "https://example.org/tocsin/opml"
"""Of the attributes that OPML has no word for; it lets others add theirs so. Known by their prefix `tocsin`."""

LEAST_EVERY = 1.0
"""Seconds between two polls that a list may ask for at least, as in feeds.yaml."""

_END = r"(?:>|\Z)"
_OPENING = re.compile(
    r"\s*+(?><\?.*?(?:\?>|\Z)\s*+|<!--.*?(?:-->|\Z)\s*+|(?P<subset><!DOCTYPE[^>\[]*+\[)|<!DOCTYPE[^>]*+>\s*+)*+"
    r"(?><(?:[\w.-]{1,100}+:)?(?P<root>[\w.-]{1,100}+))?+",
    re.IGNORECASE | re.DOTALL,
)
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<title(?=[\s>])[^>]*+>(?P<title>[^<]*+)"
    rf"|<(?>(?P<close>/))?+(?:[\w.-]{{1,100}}+:)?outline(?=[\s/>])(?P<attributes>{ATTRIBUTES}){_END}"
    r"|(?P<whole></(?:[\w.-]{1,100}+:)?opml\s*+>)",
    re.IGNORECASE | re.DOTALL,
)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed of a list: its http(s) URL, what the list calls it ("" where it does not), tags, and how it is polled.

    The last three are as in `FeedLine`; only lists of our own say them.
    """

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    full_text: bool = False
    ignore_hints: bool = False


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

    The texts of the outlines around a feed become tags, and so do its categories (comma-separated, OPML 2.0), or in
    their place those of `tocsin:tags`. What `isComment` takes out is left out, with all that is below it.

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
    """Return an OPML 2.0 document in UTF-8.

    Tags become categories, in which a comma is a space, for it separates; where that changes them they stand in an
    attribute of our own, too. `text`, which must be there, is the address of a feed without a title.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:tocsin="{NAMESPACE}">',
        "  <head>",
        f"    <title>{_escaped(title)}</title>",
        f"    <dateCreated>{format_datetime(created)}</dateCreated>",
        "  </head>",
        "  <body>",
    ]
    for feed in feeds:
        given = "".join(f' {key}="{_escaped(value)}"' for key, value in _written(feed).items() if value)
        lines.append(f"    <outline{given}/>")
    return "\n".join([*lines, "  </body>", "</opml>", ""]).encode()


def _written(feed: OpmlFeed) -> dict[str, str]:
    """The attributes of a feed's outline; empty ones are not written."""
    category = ",".join(one_line(tag.replace(",", " ")) for tag in feed.tags)
    kept = _once(*_categories(category)) == feed.tags
    return {
        "type": "rss",
        "text": feed.title or shown_url(feed.url),
        "title": feed.title,
        "xmlUrl": feed.url,
        "category": category,
        "tocsin:tags": "" if kept else json.dumps(feed.tags, ensure_ascii=False),
        "tocsin:every": "" if feed.every is None else write_duration(feed.every),
        "tocsin:fullText": "true" if feed.full_text else "",
        "tocsin:ignoreHints": "true" if feed.ignore_hints else "",
    }


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
                tags = _tags(given.get("tocsin:tags", "")) or _categories(given.get("category", ""))
                yield OpmlFeed(url, title, _once(*around, *tags), **_options(given))
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


def _tags(text: str) -> list[str]:
    """Tags as we write them, a JSON list of texts; none where it is anything else."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [_name(tag) for tag in said if isinstance(tag, str)] if isinstance(said, list) else []


class _Options(TypedDict):
    every: timedelta | None
    full_text: bool
    ignore_hints: bool


def _options(given: Mapping[str, str]) -> _Options:
    every = parse_duration(given.get("tocsin:every", ""))
    return {
        "every": every if every and every.total_seconds() >= LEAST_EVERY else None,
        "full_text": given.get("tocsin:fulltext") == "true",
        "ignore_hints": given.get("tocsin:ignorehints") == "true",
    }


def _name(text: str) -> str:
    return one_line(text)[:MAX_NAME].rstrip()


def _once(*tags: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, tags)))[:MAX_TAGS]


def _escaped(text: str) -> str:
    return escape(one_line(text), quote=True)
