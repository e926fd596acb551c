"""A batch over a fetch of our own."""

from __future__ import annotations

import asyncio

from worker.errors import Unreachable
from worker.fetch.batch import Batch
from worker.records import Fetched, FetchRequest, FetchResponse

RESPONSE = FetchResponse(200, "http://h/", b"x", "", None, None, 1)
REQUESTS = [FetchRequest(key, "http://h/") for key in range(6)]


def run(batch: Batch) -> None:
    asyncio.run(asyncio.wait_for(batch.run(), 10))


def test_a_fault_of_ours_costs_only_its_own_feed() -> None:
    done: list[Fetched] = []

    async def fetch(request: FetchRequest) -> FetchResponse:
        if request.key == 1:
            raise ZeroDivisionError
        if request.key == 2:
            raise Unreachable("h:80: no")
        return RESPONSE

    run(Batch(REQUESTS, fetch, done.extend, in_flight=3, stop=lambda: False, grace=1))
    assert {fetched.key: type(fetched.result) for fetched in done} == {
        0: FetchResponse,
        1: ZeroDivisionError,
        2: Unreachable,
        3: FetchResponse,
        4: FetchResponse,
        5: FetchResponse,
    }


def test_stopped_while_nobody_takes() -> None:
    done: list[Fetched] = []

    second = asyncio.Event()

    async def fetch(request: FetchRequest) -> FetchResponse:
        if request.key == 1:
            second.set()
        return RESPONSE

    async def scenario() -> None:
        # The lane waits for room: two results wait to be taken.
        batch = Batch(REQUESTS, fetch, done.extend, in_flight=1, stop=lambda: len(done) == 2, grace=10)
        running = asyncio.create_task(batch.run())
        await asyncio.wait_for(second.wait(), 10)
        await asyncio.wait([running], timeout=0.3)  # `stop` is asked every 0.1 s
        batch.taken(1)
        await asyncio.wait_for(running, 10)

    asyncio.run(scenario())
    assert [fetched.key for fetched in done] == [0, 1]


def test_a_fetch_that_cancels_itself_ends_the_batch_without_a_result() -> None:
    done: list[Fetched] = []

    async def fetch(request: FetchRequest) -> FetchResponse:
        raise asyncio.CancelledError

    async def scenario() -> None:
        batch = Batch(REQUESTS[:1], fetch, done.extend, in_flight=1, stop=lambda: False, grace=1)
        ended = await asyncio.gather(batch.run(), return_exceptions=True)
        assert isinstance(ended[0], asyncio.CancelledError)

    asyncio.run(scenario())
    assert done == []
