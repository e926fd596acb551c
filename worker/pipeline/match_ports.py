"""What matching needs of the store; the rules of `worker.pipeline.ports` hold here too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime, timedelta

    from worker.alerts.planned import Past, PlannedAlert, PlannedBreak, PlannedUpdate, Subscription
    from worker.records import (
        FoldedItem,
        ItemToMatch,
        KeyOwner,
        OpenedStory,
        Said,
    )
    from worker.stories.story import Report, Summary
    from worker.watchlists.model import Hit, WatchList


class MatchTransaction(Protocol):
    """One open transaction of the match step. Locks are taken in the order of the methods below, each in id order."""

    def watch_lists_version(self) -> int:
        """A number that grows whenever watch lists, subscriptions or feeds' tags change."""

    def watch_lists(self, *, since: int | None = None) -> list[WatchList]:
        """All watch lists that are there, consistent with `watch_lists_version` in this transaction.

        `since`: only those that have changed after this version. Paused and broken ones are not `asked`.
        """

    def removed_lists(self, *, since: int) -> list[int]:
        """The ids of lists that were removed after this version."""

    def unmatched(self, items: Sequence[int]) -> list[ItemToMatch]:
        """Lock and load those of `items` that still wait for matching, by first_seen then id; skip locked ones."""

    def claim_keys(self, keys: Mapping[int, int], *, now: datetime, window: timedelta) -> dict[int, KeyOwner]:
        """Give each copy key (signed 64 bit) to its item, unless another item owns it; return the owners of those.

        Keys are inserted sorted, in one statement, so that two workers with copies of one dispatch wait for each
        other at the first shared key and the second then sees the first one's item. An owner not seen for `window`
        loses the key to the newcomer.
        """

    def take_keys(self, keys: Mapping[int, int], *, now: datetime) -> None:
        """Give keys that this transaction tried to claim to items (key -> item), whoever owns them."""

    def said(self, items: Iterable[int], *, since: datetime) -> dict[int, list[Said]]:
        """Load those of these items whose story had a report at `since` or later.

        Of each what it says, and after that what it said before it was revised, the latest first, three at most.
        """

    def settle_keys(
        self, *, shared: Iterable[int], met: Mapping[int, int], common: int, now: datetime, window: timedelta
    ) -> None:
        """Mark keys that copies shared as seen `now`; count the stories that met others' keys, up to `common`.

        All are keys that this transaction has claimed, or tried to.
        """

    def open_stories(self, opened: Sequence[OpenedStory], *, now: datetime) -> list[int]:
        """Insert these stories, in order, and return their ids."""

    def fold(self, folded: Sequence[FoldedItem]) -> None:
        """Write what folding found, and clear the items' unmatched marks and match attempts."""

    def reports(self, ids: Iterable[int]) -> dict[int, list[Report]]:
        """Lock these stories, then load the reports of each."""

    def sum_up(self, summaries: Mapping[int, Summary], *, corrected: Iterable[int], now: datetime) -> None:
        """Write what the reports of each story come to; those `corrected` are so `now`."""

    def split_at(self, ids: Iterable[int]) -> dict[int, datetime]:
        """Return when those of these stories that were taken out of others were."""

    def replaced(self, items: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Load title and text of these items, which wait, as they were when they were matched; of revised ones only."""

    def record_hits(self, hits: Mapping[int, Sequence[Hit]], *, matched: Iterable[int] = (), now: datetime) -> None:
        """Write matches (item -> hits); a repeated (watch list, item) updates terms and spans.

        Items `matched` without a hit of a list that they met before lose the spans of that match.
        """

    def lists_with_updates(self, stories: Iterable[int]) -> set[int]:
        """Which watch lists that have alerts of these stories tell more of them, or hold one that may break out."""

    def subscriptions(self, watch_lists: Iterable[int], *, now: datetime) -> list[Subscription]:
        """Lock and load the active subscriptions of these lists, by id, those that are paused `now` too."""

    def past(
        self, stories: Iterable[int], subscriptions: Sequence[Subscription], *, since: datetime, now: datetime
    ) -> Past:
        """Earlier alerts of these stories to these subscribers, and messages of these subscriptions since `since`.

        A story's alerts are also those of stories merged into it. What waits at `now` is locked, so that nobody begins
        to tell it before this transaction ends. With it the independent reports of these stories, where one of these
        subscriptions lets stories break through, and who has muted them.
        """

    def record_alerts(self, planned: Sequence[PlannedAlert], *, now: datetime) -> list[int]:
        """Write alerts, digests and deliveries; return the ids of deliveries due at once.

        An alert that exists already is left as it is. A message has one delivery per enabled channel of its
        subscriber, made with its lead alert and shared by the others. A held alert joins the subscriber's open digest
        of its slot, made with its deliveries (due at the slot) if need be; if that digest is closed already, the next
        slot's. A merged alert knows what it relies on, and is told should that be cancelled.
        """

    def record_breaks(self, breaks: Sequence[PlannedBreak], *, now: datetime) -> list[int]:
        """Take held alerts out of their digests and make their messages; return the ids of deliveries due at once."""

    def record_updates(self, planned: Sequence[PlannedUpdate], *, now: datetime) -> list[int]:
        """Write updates, digests and deliveries as above; return the ids of deliveries due at once.

        Each gets the next sequence number of its alert. One that is there already (the same report, or the same
        revision of it, under the same alert) is left out.
        """


class MatchStore(Protocol):
    """What matching needs."""

    def begin_matching(self, ids: Sequence[int], *, now: datetime, lease: timedelta, max_attempts: int) -> list[int]:
        """Count an attempt for each of these items that still waits, committed; return those to match now.

        One with `max_attempts` attempts already is quarantined instead: no longer unmatched, visible in `status`.
        """

    def uncount_matching(self, ids: Sequence[int]) -> None:
        """Take back the attempt that `begin_matching` counted for these items; their lease stays."""

    def matching(self) -> AbstractContextManager[MatchTransaction]:
        """Open the match step's transaction, durable (synchronous FULL); it commits at exit and rolls back on error."""
