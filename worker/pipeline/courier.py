"""Deliver: claim, commit the attempt, send with the fixed key, commit the result."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from math import inf
from threading import Event, Lock
from typing import TYPE_CHECKING, Self

import structlog

from worker.pipeline.claim import LEASE
from worker.pipeline.deliver import attempt
from worker.pipeline.leases import RENEW_EVERY_S, Renewal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from worker.pipeline.deliver import Delivered, Delivering
    from worker.records import Outgoing

log = structlog.get_logger(__name__)

UNDER_WAY = 64
"""Messages under way at once in one process."""


class Courier:
    """Sends what is due from threads of its own, so that a receiver that hangs holds up nobody who waits for others.

    `parts` gives those to work with now, for each call: their clock follows the database's. Close it.
    """

    def __init__(
        self, parts: Callable[[], Delivering], *, under_way: int = UNDER_WAY, renew_every_s: float = RENEW_EVERY_S
    ) -> None:
        self._parts = parts
        self._renewal = Renewal(self._renew, {}, every_s=renew_every_s)
        self._pool = ThreadPoolExecutor(max_workers=under_way, thread_name_prefix="deliver")
        self._lock = Lock()
        self._closed = Event()
        self._free = under_way
        self._running: set[Future[Delivered]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def deliver(self, deliveries: Sequence[int], *, patience_s: float | None = None) -> list[Delivered]:
        """Send these deliveries, side by side, and return how each attempt ended.

        1. Begin: those that are due, free and borne by their channels become "sending", each attempt counted and
           committed before the work.
        2. Make an attempt at each, and record its end as soon as it is known (see `attempt`), also where the database
           is away for a while.
        3. After `patience_s` seconds return those that have ended; the others go on without us.
        """
        parts, taken = self._parts(), self._take(deliveries)
        outgoing: list[Outgoing] = []
        try:
            if taken:
                begun_at = parts.clock.now()
                outgoing = parts.store.begin_deliveries(taken, owner=parts.owner, now=begun_at, lease=LEASE)
        finally:
            self._give_back(len(taken) - len(outgoing))
        self._renewal.add({one.id: one.token for one in outgoing})
        sent = [self._pool.submit(attempt, parts, one, is_closed=self._closed.is_set) for one in outgoing]
        self._running.update(sent)
        for delivery, one in zip(outgoing, sent, strict=True):
            one.add_done_callback(partial(self._ended, delivery.id, delivery.token))
        ended, _ = wait(sent, timeout=patience_s)
        return [one.result() for one in sent if one in ended]

    def deliver_on(
        self, deliveries: Sequence[int], *, patience_s: float | None = None, for_s: float = inf
    ) -> list[Delivered]:
        """Deliver as above, and then what else is due at the same channels, for as long as messages go through.

        After `for_s` seconds, and where a channel is to rest between two messages, the rest is left to the next tick.
        """
        until = time.monotonic() + for_s
        ended = done = self.deliver(deliveries, patience_s=patience_s)
        while time.monotonic() < until:
            parts = self._parts()
            going = {one.channel_id for one in ended if one.record.state == "sent"}
            more = parts.store.next_deliveries(going, now=parts.clock.now()) if going else []
            ended = self.deliver(more, patience_s=patience_s) if more else []
            if not ended:
                break
            done = done + ended
        return done

    def close(self, *, patience_s: float | None = None) -> None:
        """Wait for what is under way, `patience_s` seconds at most; what is left then is lost with its sender."""
        _, hanging = wait(set(self._running), timeout=patience_s)
        self._closed.set()
        self._pool.shutdown(wait=not hanging, cancel_futures=True)
        self._renewal.end()

    def _take(self, deliveries: Sequence[int]) -> Sequence[int]:
        """Take so many as there is room for."""
        with self._lock:
            taken = deliveries[: self._free]
            self._free -= len(taken)
        return taken

    def _give_back(self, places: int) -> None:
        with self._lock:
            self._free += places

    def _ended(self, delivery: int, token: int, sent: Future[Delivered]) -> None:
        """Make room. An error goes to whoever waits; of what took long nobody does, so it is said here, too."""
        self._running.discard(sent)
        self._renewal.drop(delivery, token)
        self._give_back(1)
        if not sent.cancelled() and (error := sent.exception()) is not None:
            # Its lease ends, and it is sent again.
            log.warning("the end of a delivery could not be recorded", delivery=delivery, error=type(error).__name__)

    def _renew(self, tokens: Mapping[int, int]) -> None:
        parts = self._parts()
        parts.store.renew_delivery_leases(tokens, now=parts.clock.now(), lease=LEASE)


def deliver(parts: Delivering, deliveries: Sequence[int]) -> list[Delivered]:
    """Send these deliveries now, side by side, as many at once as a process bears; return how each attempt ended."""
    with Courier(lambda: parts, renew_every_s=parts.renew_every_s) as courier:
        return courier.deliver(deliveries)
