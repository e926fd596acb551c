"""One call of `FeedFetcher.fetch`, as it runs in the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from traceback import clear_frames
from typing import TYPE_CHECKING, NamedTuple

from worker.errors import FetchError, place_of
from worker.fetch.budget import Budget
from worker.records import Fetched

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from worker.fetch.budget import Share
    from worker.fetch.model import HoldLimits
    from worker.records import FetchRequest, FetchResponse

_log = logging.getLogger(__name__)

STOP_EVERY = 0.1  # seconds between two looks at `stop`


class Ended(NamedTuple):
    """A result, and the share that its body holds until its taker lets go of it."""

    fetched: Fetched
    share: Share


class Begun(NamedTuple):
    """A request under way: the share that its body may hold, and when it began, by the loop's clock."""

    request: FetchRequest
    share: Share
    at: float


class Batch:
    """Runs `fetch` over requests, at most `in_flight` at a time, and hands the results to `done`.

    Those of one turn of the loop go together: waking another thread costs as much as a quarter of a 304 poll. Results
    wait until they are `taken`; while as many wait as may be in flight, nothing new begins, so that a slow taker does
    not fill the memory with bodies; the large ones are held to `hold` besides. With `more` it goes on, whatever has
    ended, until the last requests were added.
    """

    def __init__(
        self,
        requests: Sequence[FetchRequest],
        fetch: Callable[[FetchRequest, Share], Awaitable[FetchResponse]],
        done: Callable[[list[Ended]], None],
        *,
        hold: HoldLimits,
        in_flight: int,
        stop: Callable[[], bool],
        grace: float,
        more: bool = False,
    ) -> None:
        self._pending = deque(requests)
        self._fetch = fetch
        self._done = done
        self._in_flight = max(1, in_flight)
        self._stop = stop
        self._grace = grace
        self._ended: list[Ended] = []
        self._budget = Budget(hold)
        self._room = asyncio.Semaphore(2 * self._in_flight)
        self._lanes: set[asyncio.Task[None]] = set()
        self._begun: dict[asyncio.Task[None] | None, Begun] = {}  # what each lane is at
        self._closed = asyncio.Event()  # nothing will be added
        if not more:
            self._closed.set()

    def taken(self, count: int) -> None:
        """Make room: so many results have been taken. Call it in the loop's thread."""
        for _ in range(count):
            self._room.release()

    def add(self, requests: Sequence[FetchRequest], *, last: bool) -> None:
        """Fetch these too, unless all has ended; nothing follows the `last` ones. Call it in the loop's thread."""
        if self._closed.is_set():
            return
        self._pending.extend(requests)
        self._open_lanes(len(requests))
        if last:
            self._closed.set()

    async def run(self) -> None:
        """Return when all are done, or `grace` seconds after `stop` turned true; what is cancelled gives no result."""
        try:
            if not self._stop():
                self._open_lanes(len(self._pending))
                await self._watch()
        finally:
            self._closed.set()
            self._pending.clear()
            for lane in self._lanes:
                lane.cancel()
            await asyncio.gather(*self._lanes, return_exceptions=True)
            self._hand_over()

    def _open_lanes(self, count: int) -> None:
        busy = sum(not lane.done() for lane in self._lanes)
        for _ in range(min(count, self._in_flight - busy)):
            self._lanes.add(asyncio.create_task(self._lane()))

    def _hand_over(self) -> None:
        if self._ended:
            ended, self._ended = self._ended, []
            self._done(ended)

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        until: float | None = None
        while (self._lanes or not self._closed.is_set()) and (until is None or clock() < until):
            if self._lanes:
                ended, _ = await asyncio.wait(self._lanes, timeout=STOP_EVERY)
                self._lanes -= ended
                for lane in ended:
                    self._look_at(lane)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closed.wait(), STOP_EVERY)
            if until is None and self._stop():
                until = clock() + self._grace
                self._pending.clear()
                self._closed.set()

    def _look_at(self, lane: asyncio.Task[None]) -> None:
        """See what a lane ended of: a fault of ours costs only its own feed, and another lane goes on in its place."""
        begun, fault = self._begun.pop(lane, None), lane.exception()
        if begun is None or not isinstance(fault, Exception):
            lane.result()
            return
        _log.error("fetching failed for a fault of ours: %s", place_of(fault))
        self._end(begun, fault)
        self._open_lanes(len(self._pending))

    async def _lane(self) -> None:
        loop, lane = asyncio.get_running_loop(), asyncio.current_task()
        while self._pending:
            await self._room.acquire()
            if not self._pending:
                self._room.release()
                return
            request, share = self._pending.popleft(), self._budget.share()
            self._begun[lane] = begun = Begun(request, share, loop.time())
            result: FetchResponse | Exception
            try:
                result = await self._fetch(request, share)
            except FetchError as error:
                result = error
            self._end(begun, result)
            del result  # else this lane would hold the body until its next one

    def _end(self, begun: Begun, result: FetchResponse | Exception) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(result, Exception):
            _forget(result)
            begun.share.let_go()
            result.with_traceback(None)  # which leads back to the lane, and to all that is in flight
        if not self._ended:
            loop.call_soon(self._hand_over)
        self._ended.append(Ended(Fetched(begun.request.key, result, loop.time() - begun.at), begun.share))


def _forget(error: Exception) -> None:
    """Empty the frames of an error and of those behind it: they hold as much of the body as there was."""
    behind: list[BaseException | None] = [error]
    seen: set[int] = set()
    while behind:
        one = behind.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            clear_frames(one.__traceback__)
            behind += (one.__cause__, one.__context__)
