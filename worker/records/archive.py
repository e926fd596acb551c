"""The archive as search and preview look at it: candidates of the index, and whole items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from config.values import AlertMode
    from worker.watchlists.model import Matchable


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the archive that is asked.

    Attributes:
        since: First seen then or later.
        first, last: The lowest and the highest id of an item; None: no limit.
        feeds: Of these feeds; None: of all.
        languages: In one of these, or a kind of one ("pt" holds for "pt-br"), or in one that nobody knows; empty: all.
        share: Of the stories (an item in none is one) so large a part, evenly spread; 1: all of them.
        lowest: The store's own: its index knows no item of the window by a lower number.
    """

    since: datetime
    first: int | None = None
    last: int | None = None
    feeds: frozenset[int] | None = None
    languages: frozenset[str] = frozenset()
    share: float = 1.0
    lowest: int = 0


class Candidate(NamedTuple):
    """An item that may match, with what is counted of it.

    `seen` is when it was first seen, in seconds since 1970. `told`: the index has all of it, so that what the index
    says of it is true; else nobody has looked yet.
    """

    item: int
    seen: int
    feed: int
    story: int | None
    news: bool
    told: bool


@dataclass(frozen=True, slots=True)
class ArchiveFeed:
    """What queries see of a feed; `tags` with those of feeds merged into it, `url` as it may be shown."""

    id: int
    name: str
    url: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class ArchivedItem:
    """An item of the archive, whole. `feed` is the feed's name."""

    id: int
    matchable: Matchable
    title: str
    link: str | None
    feed: str
    story: int | None
    language: str | None
    published: datetime | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class ListScope:
    """What a watch list asks, of what, and when it tells."""

    query: str
    feed_tags: frozenset[str]
    languages: frozenset[str]
    alert: AlertMode


SHARES = 65_536
"""Stories are drawn by one of so many numbers, a share of them by the lowest."""

SPREAD = 40_503
"""Its multiples modulo SHARES are as even as can be (Fibonacci hashing), so a share is an even sample of any window."""


def drawn(candidate: Candidate) -> int:
    """Return the number by which a candidate is drawn, the same for all of a story."""
    return (candidate.item if candidate.story is None else candidate.story) * SPREAD % SHARES
