"""A batch over a fetch of our own."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING

from worker.errors import BadResponse, Unreachable
from worker.fetch.batch import Batch, Ended
from worker.fetch.model import HoldLimits
from worker.records import FetchRequest, FetchResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from worker.fetch.budget import Share

HOLD = HoldLimits(unasked=10, common=100, step=1)
RESPONSE = FetchResponse(200, "http://h/", b"x", "", None, None, 1)
REQUESTS = [FetchRequest(key, "http://h/") for key in range(6)]


def run(batch: Batch) -> None:
    asyncio.run(asyncio.wait_for(batch.run(), 10))


def test_a_fault_of_ours_costs_only_its_own_feed() -> None:
    done: list[Ended] = []

    async def fetch(request: FetchRequest, share: Share) -> FetchResponse:
        if request.key == 1:
            raise ZeroDivisionError
        if request.key == 2:
            raise Unreachable("h:80: no")
        return RESPONSE

    run(Batch(REQUESTS, fetch, done.extend, hold=HOLD, in_flight=3, stop=lambda: False, grace=1))
    assert {one.fetched.key: type(one.fetched.result) for one in done} == {
        0: FetchResponse,
        1: ZeroDivisionError,
        2: Unreachable,
        3: FetchResponse,
        4: FetchResponse,
        5: FetchResponse,
    }


def test_stopped_while_nobody_takes() -> None:
    done: list[Ended] = []

    second = asyncio.Event()

    async def fetch(request: FetchRequest, share: Share) -> FetchResponse:
        if request.key == 1:
            second.set()
        return RESPONSE

    async def scenario() -> None:
        # The lane waits for room: two results wait to be taken.
        batch = Batch(REQUESTS, fetch, done.extend, hold=HOLD, in_flight=1, stop=lambda: len(done) == 2, grace=10)
        running = asyncio.create_task(batch.run())
        await asyncio.wait_for(second.wait(), 10)
        await asyncio.wait([running], timeout=0.3)  # `stop` is asked every 0.1 s
        batch.taken(1)
        await asyncio.wait_for(running, 10)

    asyncio.run(scenario())
    assert [one.fetched.key for one in done] == [0, 1]


def test_a_fetch_that_cancels_itself_ends_the_batch_without_a_result() -> None:
    done: list[Ended] = []

    async def fetch(request: FetchRequest, share: Share) -> FetchResponse:
        raise asyncio.CancelledError

    async def scenario() -> None:
        batch = Batch(REQUESTS[:1], fetch, done.extend, hold=HOLD, in_flight=1, stop=lambda: False, grace=1)
        ended = await asyncio.gather(batch.run(), return_exceptions=True)
        assert isinstance(ended[0], asyncio.CancelledError)

    asyncio.run(scenario())
    assert done == []


def test_a_failure_gives_back_what_it_held() -> None:
    done: list[Ended] = []

    async def fetch(request: FetchRequest, share: Share) -> FetchResponse:
        # More than is common to all: whoever comes next has to wait for it.
        await share.grow(1000)
        if request.key < 5:
            raise BadResponse("h:80: the body is cut short")
        return RESPONSE

    run(Batch(REQUESTS, fetch, done.extend, hold=HOLD, in_flight=6, stop=lambda: False, grace=1))
    assert [one.fetched.key for one in done] == [0, 1, 2, 3, 4, 5]
    assert [one.share.is_large for one in done] == [False] * 5 + [True]


class Held:
    """Stands for as much of a body as there was."""


def cut_short(kept: list[Callable[[], object]]) -> None:
    held = Held()
    kept.append(weakref.ref(held))
    raise ValueError("no end")


def test_a_failure_holds_nothing_of_its_body() -> None:
    # It waits for its taker, and then for company to be written with; its traceback holds every frame on its way.
    done: list[Ended] = []
    kept: list[Callable[[], object]] = []

    async def fetch(request: FetchRequest, share: Share) -> FetchResponse:
        held = Held()
        kept.append(weakref.ref(held))
        try:
            cut_short(kept)
        except ValueError as error:
            if request.key == 0:
                raise BadResponse("h:80: the body is cut short") from error
            error.__cause__ = error  # a circle ends the search, not the batch
            raise BadResponse("h:80: the body is cut short") from None
        return RESPONSE

    run(Batch(REQUESTS[:2], fetch, done.extend, hold=HOLD, in_flight=1, stop=lambda: False, grace=1))
    assert [type(one.fetched.result) for one in done] == [BadResponse, BadResponse]
    assert len(kept) == 4
    assert [reference() for reference in kept] == [None] * 4


def test_a_fault_of_ours_costs_its_own_feed_and_names_its_place(caplog: pytest.LogCaptureFixture) -> None:
    done: list[Ended] = []
    kept: list[Callable[[], object]] = []

    async def fetch(request: FetchRequest, share: Share) -> FetchResponse:
        if request.key == 0:
            cut_short(kept)
        return RESPONSE

    run(Batch(REQUESTS[:2], fetch, done.extend, hold=HOLD, in_flight=1, stop=lambda: False, grace=1))
    results = {one.fetched.key: one.fetched.result for one in done}
    assert (type(results.pop(0)), results) == (ValueError, {1: RESPONSE})
    assert [reference() for reference in kept] == [None]
    (said,) = caplog.messages
    assert said.startswith("fetching failed for a fault of ours: ValueError at test_batch.py:")
