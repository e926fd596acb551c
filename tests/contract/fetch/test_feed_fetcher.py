"""Many documents at once: bounds, stopping, closing, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from contract.fetch.raw_server import RawRequest, RawServer, response

from worker.errors import BadResponse, DeadlineExceeded, Refused
from worker.fetch.feed_fetcher import FeedFetcher
from worker.fetch.model import FetchLimits, HoldLimits, WireLimits
from worker.records import FetchRequest, FetchResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from contract.fetch.conftest import Client

    from worker.fetch.alarm import Alarm
    from worker.fetch.budget import Share
    from worker.pipeline.ports import Fetcher


def never() -> bool:
    return False


def requests(server: RawServer, count: int, path: str = "/{}") -> list[FetchRequest]:
    return [FetchRequest(key, server.url(path.format(key))) for key in range(count)]


def test_it_fulfils_the_port(client: Client) -> None:
    fetcher: Fetcher = client.fetcher
    assert list(fetcher.fetch([], in_flight=4, stop=never)) == []


def test_each_request_ends_in_a_response_or_an_error(server: RawServer, client: Client) -> None:
    for key in range(3):
        server.says(f"/{key}", response(b"<rss>%d</rss>" % key), close=False)
    wanted = [*requests(server, 3), FetchRequest(3, "http://10.0.0.1/"), FetchRequest(4, "nonsense")]
    found = {fetched.key: fetched for fetched in client.fetcher.fetch(wanted, in_flight=2, stop=never)}
    assert sorted(found) == [0, 1, 2, 3, 4]
    for key in range(3):
        result = found[key].result
        assert isinstance(result, FetchResponse)
        assert result.body == b"<rss>%d</rss>" % key
        assert found[key].seconds > 0
    assert isinstance(found[3].result, Refused)
    assert isinstance(found[4].result, Refused)


def test_no_more_than_in_flight_at_a_time(server: RawServer, client: Client) -> None:
    now, most = 0, 0

    async def busy(request: RawRequest) -> AsyncIterator[bytes]:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(5):
            await asyncio.sleep(0)
        now -= 1
        yield response()

    for key in range(40):
        server.does(f"/{key}", busy, close=False)
    assert len(list(client.fetcher.fetch(requests(server, 40), in_flight=4, stop=never))) == 40
    assert most <= 4
    assert server.connections <= 4


def test_a_slow_taker_holds_back_what_has_not_begun(server: RawServer, client: Client) -> None:
    for key in range(20):
        server.says(f"/{key}", response(), close=False)
    results = client.fetcher.fetch(requests(server, 20), in_flight=2, stop=never)
    next(results)
    server.wait(lambda: len(server.requests) == 4)  # 2 * in_flight, waiting to be taken or in flight
    assert len(list(results)) == 19
    assert len(server.requests) == 20


def test_one_hanging_server_delays_nobody_else(server: RawServer, make_client: Callable[..., Client]) -> None:
    client = make_client(limits=FetchLimits(total_seconds=1.0))
    for key in range(1, 20):
        server.says(f"/{key}", response(), close=False)
    results = list(client.fetcher.fetch(requests(server, 20), in_flight=2, stop=never))
    assert results[-1].key == 0
    assert isinstance(results[-1].result, DeadlineExceeded)
    assert all(isinstance(fetched.result, FetchResponse) for fetched in results[:-1])


def test_more_is_fetched_as_answers_come_whoever_hangs(server: RawServer, make_client: Callable[..., Client]) -> None:
    client = make_client(limits=FetchLimits(total_seconds=2.0))
    for key in range(1, 6):
        server.says(f"/{key}", response(), close=False)
    first, *others = requests(server, 6)
    ended: list[int] = []

    def more() -> list[FetchRequest]:
        return [others.pop(0)] if others and 0 not in ended else []

    began = time.monotonic()
    taken = {}
    for fetched in client.fetcher.fetch([first], in_flight=3, stop=never, more=more):
        ended.append(fetched.key)
        taken[fetched.key] = time.monotonic() - began
    assert ended == [1, 2, 3, 4, 5, 0]
    assert taken[5] < 1.5
    assert taken[0] < 4


def test_more_holds_no_lane_that_is_not_there(server: RawServer, client: Client) -> None:
    for key in range(20):
        server.says(f"/{key}", response(), close=False)
    waiting = requests(server, 20)
    left = [waiting[:3], waiting[3:17], [], waiting[17:]]
    results = client.fetcher.fetch(left.pop(0), in_flight=2, stop=never, more=lambda: left.pop(0) if left else [])
    assert sorted(fetched.key for fetched in results) == list(range(20))
    assert server.connections <= 2


def test_at_stop_nothing_more_is_added_and_nobody_waits_for_it(server: RawServer, client: Client) -> None:
    server.says("/0", response(), close=False)
    stopped = threading.Event()

    def more() -> list[FetchRequest]:
        stopped.set()
        time.sleep(0.3)
        return requests(server, 10)[1:]

    began = time.monotonic()
    results = client.fetcher.fetch(requests(server, 1), in_flight=2, stop=stopped.is_set, more=more)
    assert [fetched.key for fetched in results] == [0]
    assert time.monotonic() - began < client.grace
    assert [request.path for request in server.requests] == ["/0"]


def test_after_stop_nothing_begins_and_the_grace_ends_what_runs(
    server: RawServer, make_client: Callable[..., Client]
) -> None:
    client = make_client(grace=0.3)
    stopped = threading.Event()
    release = asyncio.Event()

    async def slow(request: RawRequest) -> AsyncIterator[bytes]:
        await release.wait()
        yield response()

    server.does("/0", slow, close=False)
    keys = []

    def watch() -> None:
        server.wait(lambda: len(server.requests) == 2)  # /0 waits for its release, /1 hangs for ever
        stopped.set()
        server._loop.call_soon_threadsafe(release.set)

    watcher = threading.Thread(target=watch)
    watcher.start()
    keys = [fetched.key for fetched in client.fetcher.fetch(requests(server, 10), in_flight=2, stop=stopped.is_set)]
    watcher.join()
    assert keys == [0]
    assert [request.path for request in server.requests[:2]] == ["/0", "/1"]
    assert len(server.requests) <= 3  # the lane of /0 may have begun one more before `stop` was asked again
    server.wait(lambda: server.open == 0)


def test_closing_the_iterator_cancels_the_rest(server: RawServer, client: Client) -> None:
    server.says("/0", response(b"<rss/>", b"Connection: close"))
    results = client.fetcher.fetch(requests(server, 10), in_flight=3, stop=never)
    assert next(results).key == 0
    server.wait(lambda: len(server.requests) >= 3)
    results.close()  # type: ignore[attr-defined]
    server.wait(lambda: server.open == 0)
    server.says("/0", response(b"<rss>again</rss>"))
    assert client.get(server.url("/0")).body == b"<rss>again</rss>"


def test_closing_the_fetcher_ends_the_iterator(server: RawServer, client: Client) -> None:
    def close() -> None:
        server.wait(lambda: len(server.requests) == 1)
        client.close()

    closer = threading.Thread(target=close)
    closer.start()
    assert list(client.fetcher.fetch(requests(server, 3), in_flight=1, stop=never)) == []
    closer.join()
    server.wait(lambda: server.open == 0)


def test_a_fault_of_stop_itself_is_raised(server: RawServer, client: Client) -> None:
    def faulty() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(client.fetcher.fetch(requests(server, 1), in_flight=1, stop=faulty))


def test_it_starts_again_after_close_and_shares_its_thread(server: RawServer, client: Client) -> None:
    server.says("/", response(), close=False)
    assert client.get(server.url()).status == 200
    assert client.poster.post(server.url(), headers={}, body=b"x").status == 200
    assert sum(thread.name == "tocsin-fetch" for thread in threading.enumerate()) == 1
    client.fetcher.close()
    client.fetcher.close()
    assert client.poster.post(server.url(), headers={}, body=b"x").status == 200
    client.poster.close()
    assert not any(thread.name == "tocsin-fetch" for thread in threading.enumerate())
    assert client.get(server.url()).status == 200


def test_fetchers_share_one_egress_and_the_last_to_close_closes_it(server: RawServer, client: Client) -> None:
    server.says("/", response(), close=False)
    egress = client.egress("Tocsin/0")
    feeds, pages = FeedFetcher(egress), FeedFetcher(egress, limits=FetchLimits(raw_body=5))
    idle = FeedFetcher(egress)
    (whole,) = feeds.fetch(requests(server, 1, "/"), in_flight=1, stop=never)
    (over,) = pages.fetch(requests(server, 1, "/"), in_flight=1, stop=never)
    assert isinstance(whole.result, FetchResponse)
    assert isinstance(over.result, BadResponse)
    before = server.connections
    pages.close()
    pages.close()
    idle.close()
    (again,) = feeds.fetch(requests(server, 1, "/"), in_flight=1, stop=never)
    assert isinstance(again.result, FetchResponse)
    assert server.connections == before
    feeds.close()
    server.wait(lambda: server.open == 0)
    assert not any(thread.name == "tocsin-fetch" for thread in threading.enumerate())
    (anew,) = pages.fetch([FetchRequest(0, server.url(), purpose="any")], in_flight=1, stop=never)
    assert isinstance(anew.result, BadResponse)
    pages.close()
    server.wait(lambda: server.open == 0)


def test_closing_one_fetcher_cancels_nothing_of_another(server: RawServer, client: Client) -> None:
    egress = client.egress("Tocsin/0")
    closed, going = FeedFetcher(egress), FeedFetcher(egress)
    released = threading.Event()

    async def held(request: RawRequest) -> AsyncIterator[bytes]:
        await asyncio.to_thread(released.wait, 10)
        yield response()

    server.does("/0", held, close=False)
    with ThreadPoolExecutor(2) as pool:
        hanging = pool.submit(lambda: list(closed.fetch(requests(server, 1, "/hangs"), in_flight=1, stop=never)))
        running = pool.submit(lambda: list(going.fetch(requests(server, 1), in_flight=1, stop=never)))
        server.wait(lambda: len(server.requests) == 2)
        closed.close()
        assert hanging.result(10) == []
        released.set()
        (fetched,) = running.result(10)
    assert isinstance(fetched.result, FetchResponse)
    going.close()
    server.wait(lambda: server.open == 0)


class Answer:
    """Stands for a response; unlike one it shows when it is let go."""


class Answering(FeedFetcher):
    async def _one(self, alarm: Alarm, request: FetchRequest, share: Share) -> Any:
        return Answer()


def test_a_response_is_the_takers_alone(client: Client) -> None:
    # A batch of 32 must not hold the bodies that have been dealt with: each may be 20 MB.
    fetcher = Answering(client.egress("Tocsin/0"))
    wanted = [FetchRequest(key, "http://h/") for key in range(12)]
    kept: list[Callable[[], object]] = []
    for fetched in fetcher.fetch(wanted, in_flight=4, stop=never):
        assert all(reference() is None for reference in kept)
        kept.append(weakref.ref(fetched.result))
        assert kept[-1]() is not None
        del fetched
    assert len(kept) == 12
    fetcher.close()


@pytest.mark.parametrize(("patience", "second"), [(30, FetchResponse), (0, DeadlineExceeded)])
def test_a_response_keeps_its_room_until_the_next_is_asked_for(
    server: RawServer, make_client: Callable[..., Client], patience: float, second: type
) -> None:
    # The other waits for longer than it may take: that is no fault of its server's as long as the patience lasts.
    server.says("/0", response(bytes(2_000_000)))
    server.says("/1", response(bytes(2_000_000)))
    limits = FetchLimits(total_seconds=1, hold=HoldLimits(common=0, patience_seconds=patience))
    fetching = make_client(limits=limits).fetcher.fetch(requests(server, 2), in_flight=2, stop=never)
    assert isinstance(next(fetching).result, FetchResponse)
    time.sleep(1.5)
    assert [type(fetched.result) for fetched in fetching] == [second]


def test_a_taker_that_waits_is_told_once(server: RawServer, client: Client) -> None:
    # The second answer comes only after the taker has been told that nothing else came.
    told = threading.Event()

    async def late(request: RawRequest) -> AsyncIterator[bytes]:
        await asyncio.to_thread(told.wait, 20)
        await asyncio.sleep(0.1)
        yield response(b"<rss/>")

    server.says("/0", response(b"<rss/>"))
    server.does("/1", late)
    tellings: list[int] = []
    taken: list[int] = []

    def idle() -> None:
        tellings.append(len(taken))
        if taken:
            told.set()

    for fetched in client.fetcher.fetch(requests(server, 2), in_flight=2, stop=never, idle=idle):
        assert isinstance(fetched.result, FetchResponse)
        taken.append(fetched.key)
    assert taken == [0, 1]
    assert tellings.count(1) == 1


def test_a_taker_may_fetch_something_else_in_between(server: RawServer, make_client: Callable[..., Client]) -> None:
    server.says("/large", response(bytes(2_000_000)))
    client = make_client(limits=FetchLimits(total_seconds=10, hold=HoldLimits(common=0)))
    wanted = [FetchRequest(key, server.url("/large")) for key in range(3)]
    sizes = [
        len(inner.result.body)
        for _ in client.fetcher.fetch(wanted, in_flight=3, stop=never)
        for inner in client.fetcher.fetch(wanted, in_flight=3, stop=never)
        if isinstance(inner.result, FetchResponse)
    ]
    assert sizes == [2_000_000] * 9


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors as Linux shows them")
def test_a_hundred_fetches_leave_no_sockets(server: RawServer, make_client: Callable[..., Client]) -> None:
    before = descriptors()
    client = make_client(limits=FetchLimits(total_seconds=0.3), wire=WireLimits(idle=4))
    for key in range(100):
        server.says(f"/{key}", response() if key % 3 else b"HTTP/1.1 200 OK\r\n\r\n", close=key % 2 == 0)
    list(client.fetcher.fetch(requests(server, 100), in_flight=16, stop=never))
    list(client.fetcher.fetch(requests(server, 10, "/hang/{}"), in_flight=10, stop=never))
    server.wait(lambda: server.open <= 4)
    client.close()
    server.wait(lambda: server.open == 0)
    # The server's own ends of the last ones are closed in its loop's next turn.
    deadline = time.monotonic() + 5
    while descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert descriptors() <= before


def test_idle_connections_are_bounded_over_all_hosts(server: RawServer, make_client: Callable[..., Client]) -> None:
    async def look_up(name: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    client = make_client("127.0.0.0/8", look_up=look_up, wire=WireLimits(idle=3))
    server.says("/", response(), close=False)
    wanted = [FetchRequest(key, f"http://host{key}.example:{server.port}/") for key in range(12)]
    assert len(list(client.fetcher.fetch(wanted, in_flight=6, stop=never))) == 12
    server.wait(lambda: server.open <= 3)
    assert server.connections == 12


def test_an_abandoned_fetch_does_not_hold_up_the_interpreter(server: RawServer) -> None:
    program = f"""
from worker.clock import SystemClock
from worker.fetch.egress import Egress
from worker.fetch.feed_fetcher import FeedFetcher
from worker.fetch.loop_thread import LoopThread
from worker.fetch.policy import Policy
from worker.fetch.transport import GuardedTransport
from worker.records import FetchRequest
fetcher = FeedFetcher(Egress(LoopThread(), GuardedTransport(Policy(["{server.place}"])), "x", SystemClock()))
requests = [FetchRequest(n, "{server.url()}" + str(n)) for n in range(4)]
print(next(fetcher.fetch(requests, in_flight=4, stop=lambda: False)).key)
"""
    server.says("/2", response())
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True, cwd=Path(os.curdir)
    )
    assert done.stdout == "2\n"
    assert "Traceback" not in done.stderr
