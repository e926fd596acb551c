"""Items that wait for matching, and what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.planned import DevelopmentKind
    from worker.watchlists.model import Matchable


@dataclass(frozen=True, slots=True)
class PageToRead:
    """The page behind an item, to be read for its text."""

    item: int
    link: str


class ItemToMatch(NamedTuple):
    """An unmatched item, with what folding and matching need.

    `story` is set when the item has been folded before (it came back because it changed). `text` is the item's own
    text, by which copies are known; `matchable` holds `full_text`, what the linked page says, after it. `feed_url` is
    where its feed is polled, `feed_name` what the feed is called. `folded` and `text_of` are what folding found the
    last time, as in `FoldedItem`; before the first time `text_of` is the item itself.
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
    source: str | None = None
    authors: tuple[str, ...] = ()
    feed_url: str = ""
    feed_name: str | None = None
    folded: str | None = None
    text_of: int = 0


class KeyOwner(NamedTuple):
    """The item that a copy key belongs to, and how many stories met the key without being that item's (up to 8)."""

    item: int
    bad: int


class Said(NamedTuple):
    """What an item that was folded before says, and where it is: `text_of` is the item whose text it carries."""

    id: int
    feed: int
    story: int
    text_of: int
    link: str | None
    title: str
    text: str


class FoldedItem(NamedTuple):
    """What folding found about an item.

    Attributes:
        folded: How it came into its story: by "text", "link" or "headline", or None where it began it.
        text_of: The item whose text it carries; itself where the text is its own.
        words: Of its text.
    """

    item: int
    story: int
    folded: str | None
    text_of: int
    outlet: str
    wire: str | None
    dateline: str | None
    image_credit: str | None
    words: int


class OpenedStory(NamedTuple):
    """A story to begin with the one report of `item`."""

    item: int
    title: str
    link: str | None
    wire: str | None
    first_seen: datetime


class BrokenList(NamedTuple):
    """A watch list that cannot be asked any more, as its query was in `version` of the lists, and why."""

    id: int
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """What one match step did: alerts written (merged and held ones too) and deliveries due at once.

    `broken`: watch lists that this process found out it cannot ask any more.
    """

    items: int
    alerts: int
    deliveries: tuple[int, ...]
    alerts_by_feed: tuple[tuple[int, int], ...] = ()
    broken: tuple[BrokenList, ...] = ()

    def __add__(self, other: MatchOutcome) -> MatchOutcome:
        """What two steps did."""
        by_feed = Counter(dict(self.alerts_by_feed)) + Counter(dict(other.alerts_by_feed))
        return MatchOutcome(
            items=self.items + other.items,
            alerts=self.alerts + other.alerts,
            deliveries=self.deliveries + other.deliveries,
            alerts_by_feed=tuple(sorted(by_feed.items())),
            broken=self.broken + other.broken,
        )


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One line of `ALERT <list>: <title> <link>`, or `UPDATE` where `update` says of which kind.

    `id` grows with every alert; those of updates are numbers of their own.
    """

    id: int
    watch_list: str
    title: str
    link: str | None
    update: DevelopmentKind | None = None
