"""Many documents at once for a caller that knows nothing of event loops."""

from __future__ import annotations

import queue
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from worker.fetch.alarm import Alarm
from worker.fetch.batch import Batch
from worker.fetch.exchange import fetch_document
from worker.fetch.model import FetchLimits
from worker.memory import return_what_is_free

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from worker.fetch.batch import Ended
    from worker.fetch.budget import Share
    from worker.fetch.egress import Egress
    from worker.records import Fetched, FetchRequest, FetchResponse

GRACE_SECONDS = 10.0

MORE_SECONDS = 0.1
"""So long at most goes by between two questions for more requests."""

IDLE_SECONDS = 0.02
"""After so long without an answer whoever takes them has time for something else."""


class FeedFetcher:
    """Fulfils `pipeline.ports.Fetcher`, for feeds and, by a request's purpose, for pages, robots.txt and OPML.

    Several may share an `egress`, each with limits of its own; close each. `grace`: seconds that what is in flight may
    go on after `stop` turned true.
    """

    def __init__(self, egress: Egress, *, limits: FetchLimits | None = None, grace: float = GRACE_SECONDS) -> None:
        self._egress = egress
        self._limits = limits or FetchLimits()
        self._grace = grace

    def fetch(
        self,
        requests: Sequence[FetchRequest],
        *,
        in_flight: int,
        stop: Callable[[], bool],
        idle: Callable[[], None] | None = None,
        more: Callable[[], Sequence[FetchRequest]] | None = None,
    ) -> Iterator[Fetched]:
        """Yield each as it ends; see the ports. Begins at the first `next`; closing the iterator cancels the rest.

        A result counts as let go when the next is asked for; only then is there room for others in its place.
        `stop` is asked about every 0.1 s, from the loop's thread, also while the caller works on a result.
        """
        results: queue.SimpleQueue[list[Ended] | None] = queue.SimpleQueue()
        batch = Batch(
            requests,
            partial(self._one, Alarm()),
            results.put,
            hold=self._limits.hold,
            in_flight=in_flight,
            stop=stop,
            grace=self._grace,
            more=more is not None,
        )
        left = len(requests)
        large = False
        running = self._egress.start(self, batch.run)
        running.add_done_callback(lambda _: results.put(None))
        try:
            while (ended := _next(results, idle, None if more is None else MORE_SECONDS)) is not None:
                count = len(ended)
                ended.reverse()
                while ended:
                    share = ended[-1].share
                    yield ended.pop().fetched  # not kept here: a body is the taker's alone
                    if share.is_large:
                        large = True
                        self._egress.thread.call(share.let_go)
                self._egress.thread.call(partial(batch.taken, count))
                if more is not None:
                    further = more()
                    left += len(further) - count
                    self._egress.thread.call(partial(batch.add, further, last=left == 0))
            with suppress(CancelledError):  # the fetcher was closed meanwhile
                running.result()
        finally:
            running.cancel()
            if large:
                return_what_is_free()

    def close(self) -> None:
        """Cancel what is in flight here; the last client of the egress to close closes the connections."""
        self._egress.leave(self)

    def _one(self, alarm: Alarm, request: FetchRequest, share: Share) -> Awaitable[FetchResponse]:
        return fetch_document(self._egress, request, self._limits, share, alarm)


def _next(
    results: queue.SimpleQueue[list[Ended] | None], idle: Callable[[], None] | None, seconds: float | None
) -> list[Ended] | None:
    """Return what has ended, or [] if nothing does for so many `seconds`; None after the last."""
    if idle is not None:
        try:
            return results.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            idle()
    try:
        return results.get(timeout=seconds)
    except queue.Empty:
        return []
