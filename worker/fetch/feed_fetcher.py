"""Many documents at once for a caller that knows nothing of event loops."""

from __future__ import annotations

import queue
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from worker.fetch.batch import Batch
from worker.fetch.exchange import fetch_document
from worker.fetch.model import FetchLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from worker.fetch.egress import Egress
    from worker.records import Fetched, FetchRequest, FetchResponse

GRACE_SECONDS = 10.0


class FeedFetcher:
    """Fulfils `pipeline.ports.Fetcher`.

    `egress` is closed with it. `grace`: seconds that what is in flight may go on after `stop` turned true.
    """

    def __init__(self, egress: Egress, *, limits: FetchLimits | None = None, grace: float = GRACE_SECONDS) -> None:
        self._egress = egress
        self._limits = limits or FetchLimits()
        self._grace = grace

    def fetch(self, requests: Sequence[FetchRequest], *, in_flight: int, stop: Callable[[], bool]) -> Iterator[Fetched]:
        """Yield each as it ends; see the port. Begins at the first `next`; closing the iterator cancels the rest.

        `stop` is asked about every 0.1 s, from the loop's thread, also while the caller works on a result.
        """
        results: queue.SimpleQueue[list[Fetched] | None] = queue.SimpleQueue()
        batch = Batch(requests, self._one, results.put, in_flight=in_flight, stop=stop, grace=self._grace)
        running = self._egress.start(batch.run)
        running.add_done_callback(lambda _: results.put(None))
        try:
            while (ended := results.get()) is not None:
                yield from ended
                self._egress.thread.call(partial(batch.taken, len(ended)))
            with suppress(CancelledError):  # the fetcher was closed meanwhile
                running.result()
        finally:
            running.cancel()

    def close(self) -> None:
        """Cancel what is in flight and close every connection."""
        self._egress.close()

    async def _one(self, request: FetchRequest) -> FetchResponse:
        return await fetch_document(self._egress, request, self._limits)
