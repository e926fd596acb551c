"""What is kept of an item's way: from the poll that brought it to the messages that told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import DeliveryState, SubjectKind
    from worker.alerts.planned import AlertState, DevelopmentKind, Ended, HeldBy
    from worker.feeds.health import FeedState
    from worker.watchlists.model import Matchable, WatchList


@dataclass(frozen=True, slots=True)
class TrailItem:
    """An item as its trail begins with it.

    Attributes:
        matchable: What watch lists see of it now.
        folded: How it came into its story: by "text", "link" or "headline"; None where it began it, or is in none.
        text_of: The item whose text it carries, None where that is its own.
        revisions: How often it changed.
        waits_since: It waits for matching since then; None where that is done.
        gave_up: Matching it was tried so often in vain that it is quarantined.
    """

    id: int
    feed: int
    feed_name: str
    story: int | None
    title: str
    link: str | None
    language: str | None
    published: datetime | None
    updated: datetime | None
    first_seen: datetime
    last_seen: datetime
    news: bool
    matchable: Matchable
    folded: str | None = None
    text_of: int | None = None
    revisions: int = 0
    waits_since: datetime | None = None
    gave_up: bool = False


@dataclass(frozen=True, slots=True)
class TrailFeed:
    """How a feed is doing; addresses as they may be shown.

    Attributes:
        hosts: Where it is polled, and where its site is.
        told_at: Since when the owner knows that it is broken or gone, None if that is not so.
        gap_from, gap_until: Between these two moments items may have come and gone unseen; the latest such gap.
        merged_into: Name of the feed that is polled in its place, or None.
    """

    id: int
    name: str
    url: str
    hosts: tuple[str, ...]
    state: FeedState
    created_at: datetime
    next_poll_at: datetime
    last_polled_at: datetime | None = None
    last_good_at: datetime | None = None
    last_outcome: str | None = None
    last_error: str | None = None
    failures: int = 0
    told_at: datetime | None = None
    gap_from: datetime | None = None
    gap_until: datetime | None = None
    paused: bool = False
    merged_into: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailRun:
    """Polls in a row with one outcome, from `at` to `until`; number `run` of its feed, the first being 0."""

    run: int
    at: datetime
    until: datetime
    polls: int
    outcome: str
    status: int | None
    new_items: int
    note: str | None

    @property
    def good(self) -> bool:
        """Whether the server gave us the feed, changed or not."""
        return self.outcome in {"new", "unchanged", "not_modified"} or (self.outcome == "moved" and self.status == _OK)


_OK = 200


@dataclass(frozen=True, slots=True)
class TrailReport:
    """Another report of the item's story: the one that began it, or whose text the item carries."""

    id: int
    feed: str
    title: str
    link: str | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class TrailStory:
    """The item's story.

    Attributes:
        first: The report that was seen first.
        text_of: The report whose text the item carries, None where that is its own.
        split_from, split_at: The story that it was taken out of by hand, and when.
    """

    id: int
    title: str
    reports: int
    independent_reports: int | None
    first: TrailReport | None
    text_of: TrailReport | None = None
    split_from: int | None = None
    split_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailMatch:
    """A watch list met the item; `terms` as its query writes them. None are kept where the item changed since."""

    watch_list: int
    name: str
    terms: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class TrailAlert:
    """An alert of the item's story, or of one that was joined with it.

    Attributes:
        item: The report that was told.
        lead: The alert whose message tells of it; of a merged one, the one that it relies on.
        digest: The digest that tells of it, or None.
        mode: What its list tells of a story: "first", "updates" or "every".
        at_most: Messages an hour of its subscription; None: no limit.
        ended, ended_at: Why its list tells its subscriber nothing more, in words, and since when; None where it does,
            or does again, `ended_at` also where nobody wrote it down.
        reason: Why it is held, or was cancelled by its subscriber.
    """

    id: int
    watch_list: int
    name: str
    subscriber: str
    story: int
    item: int
    state: AlertState
    created_at: datetime
    lead: int | None = None
    digest: int | None = None
    mode: str = "first"
    at_most: int | None = None
    ended: str | None = None
    ended_at: datetime | None = None
    reason: HeldBy | Ended | None = None


@dataclass(frozen=True, slots=True)
class TrailUpdate:
    """A development of the story that the item brought, told under `alert`; `lead` and `digest` as of alerts."""

    id: int
    alert: int
    sequence: int
    kind: DevelopmentKind
    created_at: datetime
    lead: int | None = None
    digest: int | None = None


@dataclass(frozen=True, slots=True)
class TrailDigest:
    """A digest that holds something of the item's story; `closed_at`: when it was made, None before."""

    id: int
    kind: str
    due_at: datetime
    created_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailDelivery:
    """A message on its way, or told; its subject is an alert (`sequence` 0, or the number of an update) or a digest.

    Attributes:
        channel_removed_at: Since when its channel is gone, None where it is there.
        subscriber: Whom it is for.
    """

    id: int
    kind: SubjectKind
    subject: int
    sequence: int
    channel: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None = None
    last_error: str | None = None
    channel_removed_at: datetime | None = None
    subscriber: str | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that is kept of an item's way, or, of lists and what they told, only what is one list's.

    Attributes:
        runs: Of the journal of its feed, the oldest first, as far as it is kept.
        revised: When it changed, the earliest first.
        matches: Of the lists that met it the first by name.
        also_met: Ids of the others that did, were they too many.
        alerts: Of its story, whichever report they told; of too many those that tell most of the item.
        more_alerts: How many others there are.
        updates: That the item brought.
    """

    item: TrailItem
    feed: TrailFeed
    runs: tuple[TrailRun, ...] = ()
    revised: tuple[datetime, ...] = ()
    story: TrailStory | None = None
    matches: tuple[TrailMatch, ...] = ()
    also_met: frozenset[int] = frozenset()
    alerts: tuple[TrailAlert, ...] = ()
    more_alerts: int = 0
    updates: tuple[TrailUpdate, ...] = ()
    digests: tuple[TrailDigest, ...] = ()
    deliveries: tuple[TrailDelivery, ...] = ()

    @property
    def met(self) -> frozenset[int]:
        """All watch lists that met the item, by id."""
        return self.also_met.union(one.watch_list for one in self.matches)


@dataclass(frozen=True, slots=True)
class AskedList:
    """A watch list, whatever its state, as one asks why it did or did not meet an item.

    Attributes:
        definition: As it would be compiled.
        state: "active", "paused" or "broken".
        asked_since: When its present query and scope began to be asked, without a pause; None where nobody knows.
        broken_why: What is wrong with it, or None.
        broken_since: Since when it is broken, as the owner was told; None where it is not, or nobody wrote it down.
        told: Whether anybody hears of it.
    """

    definition: WatchList
    state: str
    created_at: datetime
    asked_since: datetime | None = None
    removed_at: datetime | None = None
    broken_why: str | None = None
    broken_since: datetime | None = None
    told: bool = True


@dataclass(frozen=True, slots=True)
class NearItem:
    """An item of a feed that an address may have come from."""

    id: int
    feed: str
    title: str
    link: str
    first_seen: datetime
