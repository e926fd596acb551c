"""Match: fold new items into stories, run the watch lists, write alerts and deliveries. One durable transaction."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from worker.alerts import throttle
from worker.alerts.breaking import plan_breaks
from worker.alerts.plan import AT_ONCE, plan
from worker.alerts.planned import StoryMatch
from worker.alerts.updates import plan_updates
from worker.errors import Unavailable
from worker.pipeline.claim import LEASE
from worker.pipeline.fold import fold
from worker.records import BrokenList, MatchOutcome
from worker.watchlists.compiled import CompiledSet
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.pipeline.fold import Folding
    from worker.pipeline.match_ports import MatchStore, MatchTransaction
    from worker.watchlists.model import Hit

MATCH_ATTEMPTS = 4
"""Once in company and three times alone; then the item is quarantined (DESIGN 4.3)."""


class CompiledLists:
    """The compiled set of this process, brought up to date when the watch lists in the database have changed.

    The version is read inside the match transaction, so no item is matched by half of an edit, and an edit holds for
    the next item in every process. Only the lists that changed are compiled anew.

    Attributes:
        version: That of the lists that are compiled, None before any are.
    """

    def __init__(self) -> None:
        self.version: int | None = None
        self._set = CompiledSet()
        self._told: set[int] = set()

    @property
    def size(self) -> int:
        """How many lists are asked."""
        return len(self._set)

    def at(self, transaction: MatchTransaction) -> CompiledSet:
        """Return the set that is valid in `transaction`."""
        version, known = transaction.watch_lists_version(), self.version
        if version != known:
            lists = transaction.watch_lists(since=known)
            gone = [] if known is None else transaction.removed_lists(since=known)
            self._set.change(lists, gone)
            self.version = version
            # One that could not be asked before, and cannot be now, is told of again: its owner has mended it in vain.
            self._told.intersection_update(self._reasons())
            self._told.difference_update(watch_list.id for watch_list in lists)
        return self._set

    def broken(self) -> tuple[BrokenList, ...]:
        """Return the lists that cannot be asked, each once."""
        reasons = self._reasons()
        new = sorted(reasons.keys() - self._told)
        self._told.update(new)
        return tuple(BrokenList(id_, self.version or 0, reasons[id_]) for id_ in new)

    def tell_again(self, lists: Iterable[BrokenList]) -> None:
        """Return them from `broken` once more: nobody could be told."""
        self._told.difference_update(one.id for one in lists)

    def _reasons(self) -> dict[int, str]:
        return {id_: error.reason for id_, error in self._set.broken.items()} | self._set.faults


def match(
    store: MatchStore,
    lists: CompiledLists,
    items: Sequence[int],
    *,
    now: datetime,
    story_window: timedelta,
    group_wait: timedelta = AT_ONCE,
) -> MatchOutcome:
    """Match those of `items` that still wait for it.

    1. Lock and load them.
    2. Fold each into its story, or begin one, and clear its mark.
    3. Run all watch lists over those that are news.
    4. Plan who hears of the hits, and of what became of stories told before, and when.
    5. Write alerts, updates and deliveries.
    """
    with store.matching() as transaction:
        compiled = lists.at(transaction)
        waiting = transaction.unmatched(items)
        readings = {item.id: Reading(item.matchable) for item in waiting}
        folding = fold(transaction, waiting, readings, now=now, window=story_window)
        asked = [item.id for item in waiting if item.news and item.id not in folding.taken_out]
        hits = {item: found for item in asked if (found := compiled.match(readings[item]))}
        alerts, deliveries = _tell(transaction, hits, folding, now=now, group_wait=group_wait)
    feed_of = {item.id: item.feed for item in waiting}
    by_feed = Counter(feed_of[item] for item in alerts)
    return MatchOutcome(
        items=len(waiting),
        alerts=len(alerts),
        deliveries=tuple(deliveries),
        alerts_by_feed=tuple(sorted(by_feed.items())),
        broken=lists.broken(),
    )


def rematch(
    store: MatchStore, items: Sequence[int], *, match: Callable[[Sequence[int]], MatchOutcome], now: datetime
) -> MatchOutcome:
    """Match items that lost their worker.

    1. Count the attempt, committed, so that a worker that one of them kills counts (DESIGN 4.3).
    2. Match those that may be tried, as `match` does. Where the database refuses that is no fault of the items: the
       attempt is taken back, and they are tried again when their lease has run out.
    """
    begun = store.begin_matching(items, now=now, lease=LEASE, max_attempts=MATCH_ATTEMPTS)
    try:
        return match(begun)
    except Unavailable:
        with suppress(Unavailable):
            store.uncount_matching(begun)
        raise


def _tell(
    transaction: MatchTransaction,
    hits: Mapping[int, Sequence[Hit]],
    folding: Folding,
    *,
    now: datetime,
    group_wait: timedelta,
) -> tuple[list[int], list[int]]:
    """Write hits, alerts, updates and deliveries; return the item of each alert, and the deliveries due at once."""
    developed = {development.story for development in folding.developments}
    lists = {hit.watch_list for found in hits.values() for hit in found}
    if folding.story_of:
        transaction.record_hits(hits, matched=folding.story_of, now=now)
    if developed:
        lists |= transaction.lists_with_updates(developed)
    if not lists:
        return [], []
    subscriptions = transaction.subscriptions(lists, now=now)
    stories = developed | {folding.story_of[item] for item in hits}
    past = transaction.past(stories, subscriptions, since=now - throttle.WINDOW, now=now)
    matches = [
        StoryMatch(watch_list=hit.watch_list, item=item, story=folding.story_of[item])
        for item, found in hits.items()
        for hit in found
    ]
    planned = plan(matches, subscriptions, past, now=now, group_wait=group_wait)
    updates = plan_updates(folding.developments, subscriptions, past, planned=planned, now=now)
    breaks = plan_breaks(subscriptions, past, now=now) if developed else []
    deliveries = transaction.record_alerts(planned, now=now) if planned else []
    if breaks:
        deliveries += transaction.record_breaks(breaks, now=now)
    if updates:
        deliveries += transaction.record_updates(updates, now=now)
    return [alert.item for alert in planned], deliveries
