"""The tick: lease what is due, and say which messages to send. Idempotent, so 0, 1 or 5 beats are all safe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from worker.records import Manners

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from config.values import Settings
    from worker.pipeline.ports import ClaimStore
    from worker.records import DueDelivery, DueFeed, UnmatchedItem

LEASE = timedelta(seconds=30)
"""How long a begun lease lasts without being renewed (DESIGN 3.1)."""

QUEUED = timedelta(seconds=10)
"""How long queued work may wait for a worker before another wake-up is sent for it: what a lost message costs. A
message too many costs a look at the database, for only one process can begin."""

UNMATCHED_FOR = timedelta(seconds=5)
"""An item unmatched for so long has lost its worker (DESIGN 3.1)."""

FEEDS_A_TICK = 2000
FEEDS_A_BATCH = 100
IN_FLIGHT = 24
"""Requests under way at once in one process (DESIGN 3.2: 16 to 32). Feeds that share a host travel in batches of so
many, so that each poll begins as soon as its batch does, when its host was found to bear it."""

DELIVERIES_A_TICK = 1000
DELIVERIES_A_BATCH = 16
ITEMS_A_TICK = 2000
ITEMS_A_BATCH = 200


def manners_of(settings: Settings) -> Manners:
    """Return how much a host bears by these settings."""
    return Manners(
        concurrency=settings.public_host_concurrency,
        gap=settings.public_host_gap,
        private_concurrency=settings.host_concurrency,
        private_gap=settings.host_gap or timedelta(0),
    )


@dataclass(frozen=True, slots=True)
class Wakeups:
    """The messages one tick wants sent; each inner tuple of ids is one message.

    `new` are feeds never polled, which must not wait behind the rest in `polls`; `slow` those whose polls take long,
    which must not hold up the rest.
    """

    new: tuple[tuple[int, ...], ...] = ()
    polls: tuple[tuple[int, ...], ...] = ()
    slow: tuple[tuple[int, ...], ...] = ()
    deliveries: tuple[tuple[int, ...], ...] = ()
    unmatched: tuple[tuple[int, ...], ...] = ()


def tick(store: ClaimStore, *, now: datetime, manners: Manners) -> Wakeups:
    """Do one tick.

    1. Free what was lost with its worker, and what waits for a time from which the clock was put back.
    2. Lease due feeds that their hosts bear now; one message a batch; new and slow feeds apart from the rest.
    3. Lease due deliveries whose wake-up was lost or never sent; one message a channel and batch.
    4. Find items that a crash left unmatched.
    """
    store.release_lost(now=now)
    store.after_clock_jump(now=now)
    feeds = store.claim_due_feeds(now=now, lease=QUEUED, limit=FEEDS_A_TICK, manners=manners)
    deliveries = store.claim_due_deliveries(now=now, lease=QUEUED, limit=DELIVERIES_A_TICK)
    unmatched = store.claim_unmatched(now=now, older_than=UNMATCHED_FOR, lease=QUEUED, limit=ITEMS_A_TICK)
    store.record_tick(now=now)
    return Wakeups(
        new=tuple(feed_batches(feed for feed in feeds if feed.fresh)),
        polls=tuple(feed_batches(feed for feed in feeds if not (feed.fresh or feed.slow))),
        slow=tuple(feed_batches(feed for feed in feeds if feed.slow and not feed.fresh)),
        deliveries=tuple(delivery_batches(deliveries)),
        unmatched=tuple(item_batches(unmatched)),
    )


def feed_batches(feeds: Iterable[DueFeed]) -> list[tuple[int, ...]]:
    """Cut due feeds into batches: lone ones singly, those of shared hosts so that all begin at once."""
    lone: list[tuple[int, ...]] = []
    shared: list[int] = []
    rest: list[int] = []
    for feed in feeds:
        if feed.alone:
            lone.append((feed.id,))
        else:
            (shared if feed.shared else rest).append(feed.id)
    return [*_cut(rest, FEEDS_A_BATCH), *_cut(shared, IN_FLIGHT), *lone]


def delivery_batches(deliveries: Sequence[DueDelivery]) -> list[tuple[int, ...]]:
    """Cut due deliveries into batches of one channel each, lone ones singly; the channels take turns.

    So a channel that hangs, however much waits for it, holds up nobody else's first batch.
    """
    company: dict[int, list[int]] = {}
    lone: dict[int, list[tuple[int, ...]]] = {}
    for delivery in deliveries:
        of_channel = company.setdefault(delivery.channel, [])
        if delivery.alone:
            lone.setdefault(delivery.channel, []).append((delivery.id,))
        else:
            of_channel.append(delivery.id)
    turns = zip_longest(*([*_cut(ids, DELIVERIES_A_BATCH), *lone.get(channel, ())] for channel, ids in company.items()))
    return [batch for turn in turns for batch in turn if batch is not None]


def delivery_groups(deliveries: Sequence[int]) -> list[tuple[int, ...]]:
    """Cut deliveries that were just planned into batches, one message each."""
    return _cut(deliveries, DELIVERIES_A_BATCH)


def item_batches(items: Sequence[UnmatchedItem]) -> list[tuple[int, ...]]:
    """Cut unmatched items into batches, lone ones singly."""
    lone = [(item.id,) for item in items if item.alone]
    return [*_cut([item.id for item in items if not item.alone], ITEMS_A_BATCH), *lone]


def _cut(ids: Sequence[int], size: int) -> list[tuple[int, ...]]:
    return [tuple(ids[start : start + size]) for start in range(0, len(ids), size)]
