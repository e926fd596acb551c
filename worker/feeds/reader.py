"""feedparser's two parsers, driven by hand: strict first, then lenient, as `feedparser.parse` does. PURE.

`feedparser.parse` itself is left out because it opens files and URLs, decodes what is decoded already, and searches
the prolog in time that grows with its square. Its results are the reference: the corpus tests hold both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from feedparser.api import LooseFeedParser

from worker.errors import ParseError
from worker.feeds.bounds import refuse_attributes
from worker.feeds.elements import SLIPS, Inherited, Isolated
from worker.feeds.mend import mend
from worker.feeds.strict import Strict

_TRIPS = (*SLIPS, RuntimeError)
"""What feedparser and its SGML parser let through on some broken documents."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What feedparser makes of a document: its own dictionaries, nothing cleaned yet.

    Attributes:
        version: Like "rss20", "" where nothing says.
        feed, entries: feedparser's own.
        hours, days: Texts of the hours and days at which not to ask.
        inherited: What the items inherited of the elements around them, alike for all of them; None where there are
            none, or where the document is not well-formed, so that nobody knows.
    """

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    hours: tuple[object, ...]
    days: tuple[object, ...]
    inherited: Inherited | None


class _Lenient(Isolated, LooseFeedParser):  # type: ignore[misc]
    """Everything else."""


def read(text: str) -> Reading:
    """Read `text`, which begins with its root element; ParseError where feedparser gives up.

    No base is set, so that ids stay as the publisher wrote them wherever the document came from.
    """
    found = read_strictly(text)
    if found is not None:
        return found
    mended = mend(text)
    if mended != text and (parser := _strictly(mended)) is not None:
        return _reading(parser, None)
    return _reading(_leniently(mended), None)


def read_strictly(text: str) -> Reading | None:
    """Read `text` as `read` does, or return None where it is not well-formed."""
    refuse_attributes(text)
    parser = _strictly(text)
    return None if parser is None else _reading(parser, parser.inherited)


def _strictly(text: str) -> Strict | None:
    parser = Strict()
    try:
        parser.read(text)
    except (expat.ExpatError, *_TRIPS):
        return None
    return parser


def _leniently(text: str) -> _Lenient:
    parser = _Lenient("", None, "utf-8", {})
    try:
        parser.feed(text)
    except _TRIPS as error:
        raise ParseError(f"the document's markup cannot be read ({type(error).__name__})") from error
    return parser


def _reading(parser: Isolated, inherited: Inherited | None) -> Reading:
    return Reading(parser.version, parser.feeddata, parser.entries, tuple(parser.hours), tuple(parser.days), inherited)
