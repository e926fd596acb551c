"""One round by hand: what beat, worker and broker do together, once, in this process."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.cli.left_out import poll_left_out
from worker.cli.rows import poll_row
from worker.pipeline.claim import (
    DELIVERIES_A_TICK,
    ITEMS_A_TICK,
    QUEUED,
    UNMATCHED_FOR,
    delivery_batches,
    delivery_groups,
    item_batches,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from worker.cli.output import Row
    from worker.pipeline.deliver import Delivered
    from worker.store.rows import FeedRow
    from worker.wiring import Engine

HELD_S = 10.0
"""Seconds to wait for polls that another process has under way; most end within one."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a round did: a row of `tocsin poll` by each feed's URL, and how every delivery ended."""

    rows: tuple[tuple[str, Row], ...]
    delivered: tuple[Delivered, ...]


def poll_by_hand(
    engine: Engine, feeds: Sequence[FeedRow], *, force: bool, answered: Callable[[], None], held_s: float = HELD_S
) -> Done:
    """Poll these feeds and deliver what is due, whether or not a service runs beside it.

    1. Free what processes of this machine held that are gone, such as a killed `tocsin poll`.
    2. Poll all in one batch, then those that were left out, as their hosts bear it. Meanwhile another thread sends what
       is found: news does not wait for the slowest feed.
    3. Match what a crash left unmatched, and send what else is due: retries, digests.
    """
    engine.release_gone(counted=True)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="courier") as courier:
        under_way: list[Future[list[Delivered]]] = []

        def wake(deliveries: Sequence[int]) -> None:
            under_way.extend(courier.submit(engine.deliver, batch) for batch in delivery_groups(deliveries))

        results = engine.poll([feed.id for feed in feeds], wake=wake, answered=answered, force=force)
        rows = {result.url: poll_row(result) for result in results}
        left = [feed for feed in feeds if feed.url not in rows]
        rows |= poll_left_out(engine, left, wake, answered, force=force, held_s=held_s)
        delivered = [one for batch in under_way for one in batch.result()]
    return Done(tuple(rows.items()), (*delivered, *_sweep(engine)))


def _sweep(engine: Engine) -> list[Delivered]:
    delivered: list[Delivered] = []
    now = engine.clock.now()
    lost = engine.store.claim_unmatched(now=now, older_than=UNMATCHED_FOR, lease=QUEUED, limit=ITEMS_A_TICK)
    for items in item_batches(lost):
        for batch in delivery_groups(engine.rematch(items).deliveries):
            delivered += engine.deliver(batch)
    due = engine.store.claim_due_deliveries(now=engine.clock.now(), lease=QUEUED, limit=DELIVERIES_A_TICK)
    for batch in delivery_batches(due):
        delivered += engine.deliver(batch)
    return delivered
