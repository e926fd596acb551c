"""Items that wait for matching, and what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from worker.watchlists.model import Matchable


@dataclass(frozen=True, slots=True)
class PageToRead:
    """The page behind an item, to be read for its text."""

    item: int
    link: str


class ItemToMatch(NamedTuple):
    """An unmatched item, with what folding and matching need.

    `story` is set when the item has been folded before (it came back because it changed). `text` is the item's own
    text, by which copies are known; `matchable` holds `full_text`, what the linked page says, after it.
    """

    id: int
    feed: int
    news: bool
    story: int | None
    link: str | None
    title: str
    text: str
    first_seen: datetime
    matchable: Matchable
    full_text: str = ""


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What folding must know of a story: the feeds that already report it."""

    id: int
    feeds: frozenset[int]


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """What one match step did: alerts written (merged and held ones too) and deliveries due at once."""

    items: int
    alerts: int
    deliveries: tuple[int, ...]
    alerts_by_feed: tuple[tuple[int, int], ...] = ()

    def __add__(self, other: MatchOutcome) -> MatchOutcome:
        """What two steps did."""
        by_feed = Counter(dict(self.alerts_by_feed)) + Counter(dict(other.alerts_by_feed))
        return MatchOutcome(
            items=self.items + other.items,
            alerts=self.alerts + other.alerts,
            deliveries=self.deliveries + other.deliveries,
            alerts_by_feed=tuple(sorted(by_feed.items())),
        )


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One line of `ALERT <list>: <title> <link>`; `id` grows with every alert."""

    id: int
    watch_list: str
    title: str
    link: str | None
