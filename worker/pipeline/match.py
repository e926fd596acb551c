"""Match: fold new items into stories, run the watch lists, write alerts and deliveries. One durable transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from worker.alerts import throttle
from worker.alerts.model import StoryMatch
from worker.alerts.plan import plan
from worker.pipeline.claim import LEASE
from worker.records import MatchOutcome
from worker.stories.sameness import choose_story, copy_keys
from worker.watchlists.compiled import CompiledSet
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.pipeline.ports import MatchStore, MatchTransaction
    from worker.records import ItemToMatch
    from worker.watchlists.model import Hit

MATCH_ATTEMPTS = 4
"""Once in company and three times alone; then the item is quarantined (DESIGN 4.3)."""


class CompiledLists:
    """The compiled set of this process, made anew when the watch lists in the database have changed.

    The version is read inside the match transaction, so no item is matched by half of an edit, and an edit holds for
    the next item in every process.

    Attributes:
        version: That of the lists that are compiled, None before any are.
        size: How many they are.
    """

    def __init__(self) -> None:
        self.version: int | None = None
        self.size = 0
        self._set = CompiledSet(())

    def at(self, transaction: MatchTransaction) -> CompiledSet:
        """Return the set that is valid in `transaction`."""
        version = transaction.watch_lists_version()
        if version != self.version:
            lists = transaction.watch_lists()
            self._set = CompiledSet(lists)
            self.size = len(lists)
            self.version = version
        return self._set


def match(
    store: MatchStore, lists: CompiledLists, items: Sequence[int], *, now: datetime, story_window: timedelta
) -> MatchOutcome:
    """Match those of `items` that still wait for it.

    1. Lock and load them.
    2. Fold each into its story, or begin one.
    3. Run all watch lists over those that are news.
    4. Plan who hears of the hits, and when.
    5. Write alerts and deliveries, and clear the items' marks.
    """
    with store.matching() as transaction:
        compiled = lists.at(transaction)
        waiting = transaction.unmatched(items)
        readings = {item.id: Reading(item.matchable) for item in waiting}
        story_of = fold(transaction, waiting, readings, now=now, window=story_window)
        hits = {item.id: compiled.match(readings[item.id]) for item in waiting if item.news}
        hits = {item: found for item, found in hits.items() if found}
        alerts, deliveries = _tell(transaction, hits, story_of, now=now)
        transaction.mark_matched([item.id for item in waiting])
    feed_of = {item.id: item.feed for item in waiting}
    by_feed = Counter(feed_of[item] for item in alerts)
    return MatchOutcome(
        items=len(waiting),
        alerts=len(alerts),
        deliveries=tuple(deliveries),
        alerts_by_feed=tuple(sorted(by_feed.items())),
    )


def rematch(
    store: MatchStore, items: Sequence[int], *, match: Callable[[Sequence[int]], MatchOutcome], now: datetime
) -> MatchOutcome:
    """Match items that lost their worker.

    1. Count the attempt, committed, so that a worker that one of them kills counts (DESIGN 4.3).
    2. Match those that may be tried, as `match` does.
    """
    return match(store.begin_matching(items, now=now, lease=LEASE, max_attempts=MATCH_ATTEMPTS))


def fold(
    transaction: MatchTransaction,
    items: Sequence[ItemToMatch],
    readings: Mapping[int, Reading],
    *,
    now: datetime,
    window: timedelta,
) -> dict[int, int]:
    """Give each item its story, and return item -> story; items folded before keep theirs.

    Every item first opens a story and offers its copy keys. Where another story owns one of the keys, and the item may
    join it, the opened story is dropped and its keys go to the one that was joined.
    """
    known = {item.id: item.story for item in items if item.story is not None}
    unfolded = [item for item in items if item.story is None]
    if not unfolded:
        return known
    opened = dict(zip((item.id for item in unfolded), transaction.open_stories(unfolded, now=now), strict=True))
    keys_of = {item.id: _keys(item, readings[item.id]) for item in unfolded}
    offered: dict[int, int] = {}
    for item in unfolded:
        for key in keys_of[item.id]:
            offered.setdefault(key, opened[item.id])
    owner_of = transaction.claim_keys(offered, now=now, window=window)
    facts = transaction.stories(set(owner_of.values()) - set(opened.values()))
    feeds_of = {story: facts[story].feeds for story in facts}

    story_of: dict[int, int] = {}
    joined: dict[int, int] = {}  # opened story -> the one its item joined instead
    for item in unfolded:
        own = opened[item.id]
        owners = [joined.get(owner_of[key], owner_of[key]) for key in keys_of[item.id]]
        chosen = choose_story([owner for owner in owners if owner != own and owner in feeds_of], feeds_of, item.feed)
        if chosen is None:
            chosen = own
        else:
            joined[own] = chosen
        feeds_of[chosen] = feeds_of.get(chosen, frozenset()) | {item.feed}
        story_of[item.id] = chosen
    if joined:
        transaction.drop_stories(sorted(joined))
        handed_on = {key: joined[story] for key, story in owner_of.items() if story in joined}
        transaction.claim_keys(handed_on, now=now, window=window)
    transaction.fold(story_of)
    return known | story_of


def _keys(item: ItemToMatch, reading: Reading) -> tuple[int, ...]:
    """The item's copy keys: of what its feed says, since only some feeds have their linked pages read too."""
    own = Reading(replace(item.matchable, text=item.text)) if item.full_text else reading
    return copy_keys(own.title, own.text, item.link)


def _tell(
    transaction: MatchTransaction, hits: Mapping[int, Sequence[Hit]], story_of: Mapping[int, int], *, now: datetime
) -> tuple[list[int], list[int]]:
    """Write hits, alerts and deliveries; return the item of each alert, and the deliveries due at once."""
    if not hits:
        return [], []
    transaction.record_hits(hits, now=now)
    subscriptions = transaction.subscriptions({hit.watch_list for found in hits.values() for hit in found})
    past = transaction.past({story_of[item] for item in hits}, subscriptions, since=now - throttle.WINDOW)
    matches = [
        StoryMatch(watch_list=hit.watch_list, item=item, story=story_of[item])
        for item, found in hits.items()
        for hit in found
    ]
    planned = plan(matches, subscriptions, past, now=now)
    deliveries = transaction.record_alerts(planned, now=now) if planned else []
    return [alert.item for alert in planned], deliveries
