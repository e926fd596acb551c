"""Where nothing goes: every attempt ends at the guard, and the canary on loopback hears nothing."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import aiohappyeyeballs
import aiohttp
import httpx
import pytest
from aiohttp import ClientRequest
from aiohttp.client_proto import ResponseHandler
from contract.fetch.raw_server import RawServer, response
from yarl import URL

from worker.errors import BadResponse, NameNotFound, Refused, Unreachable
from worker.fetch.connector import Destination, GuardedConnector
from worker.fetch.guarded_socket import GuardedSocket, guarded_socket
from worker.fetch.loop_thread import LoopThread
from worker.fetch.names import AT_ONCE, SystemNames
from worker.fetch.passage import PASSAGE, Passage
from worker.fetch.policy import Policy
from worker.fetch.transport import GuardedTransport, trusting_tls

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from contract.fetch.conftest import Client

LOOPBACK = [
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.0.0.1.",
    "127。0。0。1",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[::1%25lo]",
    "[fe80::1%25lo]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "%6c%6f%63%61%6c%68%6f%73%74",
    "user@127.0.0.1",
    "example.org@127.0.0.1",
    "example.org\\@127.0.0.1",
    "127.0.0.1\\",
    "127.0.1",
    "0x7f.1",
    "0X7F.0.0.1",
    "0177.1",
    "00000177.0.0.1",
    "0x7f.0x0.0x0.0x1",
    "127.0.0.1..",
    "127．0．0．1",
    "127｡0｡0｡1",
    "𝟏𝟐𝟕.0.0.1",
    "١٢٧.0.0.1",
    "ＬＯＣＡＬＨＯＳＴ",
    "localhost。",
    "local\u00adhost",
    "a@b@127.0.0.1",
    "example.org:80@127.0.0.1",
    "example.org%2f@127.0.0.1",
    "127.0.0.1#@example.org",
    "127.0.0.1?@example.org",
    "127.0.0.1%00",
    "127.0.0.1%09",
    "127.0.0.1\t",
    "127.0.0.1\n",
    "loca\tlhost",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2001:0:7f00:1::80ff:fffe]",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[::1%lo]",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_no_form_of_loopback_is_reached(canary: RawServer, make_client: Callable[..., Client], host: str) -> None:
    client = make_client("203.0.113.1:1")
    error = client.error(f"http://{host}:{canary.port}/")
    assert isinstance(error, Refused)
    assert error.permanent


def test_an_ipv6_literal_that_is_allowed_is_asked(make_client: Callable[..., Client]) -> None:
    with RawServer(host="::1") as server:
        server.says("/", response(b"said"))
        assert make_client(server.place).get(server.url()).body == b"said"
        assert server.requests[0].header(b"host") == server.place.encode()
        assert isinstance(make_client("[::1]:1").error(server.url()), Refused)


@pytest.mark.parametrize("host", LOOPBACK)
def test_no_redirect_leads_to_loopback(server: RawServer, canary: RawServer, client: Client, host: str) -> None:
    target = f"http://{host}:{canary.port}/".encode()
    server.says("/", response(b"", b"Location: " + target, status=b"302 Found"))
    error = client.error(server.url())
    # A line break ends the header: what follows it is no header, and the answer no HTTP.
    assert isinstance(error, BadResponse if b"\n" in target else Refused)
    assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["ftp://h/", "file:///etc/passwd", "gopher://h/", "feed:http://h/", "", "//h/", "http:///x", "http://h:0/", "http://h:99999/"])  # fmt: skip
def test_other_schemes_and_no_hosts_are_refused(server: RawServer, client: Client, url: str) -> None:
    assert isinstance(client.error(url), Refused)
    if url and "///x" not in url and not url.startswith("//"):
        server.says("/", response(b"", b"Location: " + url.encode(), status=b"302 Found"))
        assert isinstance(client.error(server.url()), Refused)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["::1"], ["93.184.215.14", "127.0.0.1"], ["fe80::1%1"], ["not one"]])
def test_a_name_with_a_private_address_is_refused_whole(
    canary: RawServer, make_client: Callable[..., Client], found: list[str]
) -> None:
    async def look_up(name: str, port: int) -> list[str]:
        assert (name, port) == ("feeds.example", canary.port)
        return found

    client = make_client("203.0.113.1:1", look_up=look_up)
    assert isinstance(client.error(f"http://feeds.example:{canary.port}/"), Refused)


def test_a_name_without_an_address_is_unreachable(make_client: Callable[..., Client]) -> None:
    async def look_up(name: str, port: int) -> list[str]:
        return []

    error = make_client("203.0.113.1:1", look_up=look_up).error("http://feeds.example/")
    assert isinstance(error, NameNotFound)
    assert str(error) == "feeds.example:80: name not found"


def test_rebinding_is_refused_at_each_new_connection(server: RawServer, make_client: Callable[..., Client]) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]])

    async def look_up(name: str, port: int) -> list[str]:
        return next(answers)

    server.says("/", response(b"<rss/>", b"Connection: close"))
    client = make_client(server.place, look_up=look_up)
    url = f"http://feeds.example:{server.port}/"
    assert client.get(url).status == 200
    assert str(client.error(url)) == f"feeds.example:{server.port}: the name leads to 169.254.169.254, which is refused"
    assert client.get(url).status == 200
    assert server.requests[0].header(b"host") == f"feeds.example:{server.port}".encode()


def test_rebinding_between_two_hops_is_refused(server: RawServer, make_client: Callable[..., Client]) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])

    async def look_up(name: str, port: int) -> list[str]:
        return next(answers)

    server.says("/", response(b"", b"Location: /next", b"Connection: close", status=b"301 x"))
    client = make_client(server.place, look_up=look_up)
    place = f"feeds.example:{server.port}"
    error = client.error(f"http://{place}/")
    assert isinstance(error, Refused)
    assert str(error) == f"{place}: redirected, but {place}: the name leads to 169.254.169.254, which is refused"
    assert len(server.requests) == 1


def test_every_hop_is_vetted(server: RawServer, canary: RawServer, client: Client) -> None:
    hops = ["/1", f"http://{server.place}/2", "/3", f"http://127.0.0.1:{canary.port}/"]
    for number, location in enumerate(hops):
        server.says(f"/{number or ''}", response(b"", b"Location: " + location.encode(), status=b"307 x"), close=False)
    error = client.error(server.url())
    assert isinstance(error, Refused)
    assert str(error) == f"{server.place}: redirected, but {canary.place} is not a public address"
    assert len(server.requests) == 4


def test_of_several_admitted_addresses_one_that_answers_will_do(
    server: RawServer, make_client: Callable[..., Client]
) -> None:
    async def look_up(name: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1", "127.0.0.2"]

    server.says("/", response())
    client = make_client("127.0.0.0/8", look_up=look_up)
    assert client.get(f"http://feeds.example:{server.port}/").status == 200


def test_the_name_is_looked_up_once_per_connection(server: RawServer, make_client: Callable[..., Client]) -> None:
    asked: list[str] = []

    async def look_up(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    server.says("/", response(), close=False)
    client = make_client(f"Feeds.Example.:{server.port}", look_up=look_up)
    for host in ("feeds.example", "FEEDS.example.", "feeds.example"):
        assert client.get(f"http://{host}:{server.port}/").status == 200
    assert asked == ["feeds.example"]


def test_localhost_may_be_allowed_by_name(server: RawServer, make_client: Callable[..., Client]) -> None:
    server.says("/", response())
    client = make_client(f"localhost:{server.port}")
    assert client.get(f"http://localhost:{server.port}/").status == 200
    assert isinstance(client.error(server.url()), Refused)


def test_a_pinned_address_of_one_request_helps_no_other(
    server: RawServer, canary: RawServer, make_client: Callable[..., Client]
) -> None:
    server.says("/", response())
    client = make_client(f"localhost:{server.port}")
    assert client.get(f"http://localhost:{server.port}/").status == 200
    assert isinstance(client.error(f"http://127.0.0.1:{server.port}/"), Refused)
    assert isinstance(client.error(f"http://localhost:{canary.port}/"), Refused)


def test_https_to_http_is_refused_with_credentials_only(
    tls_server: RawServer, server: RawServer, make_client: Callable[..., Client], trusting: Any
) -> None:
    client = make_client(server.place, tls_server.place, tls=trusting)
    tls_server.says("/", response(b"", b"Location: " + server.url("/x").encode(), status=b"301 x"), close=False)
    server.says("/x", response(), close=False)
    assert client.get(tls_server.url()).url == server.url("/x")
    error = client.error(tls_server.url().replace("https://", "https://u:p@"))
    assert isinstance(error, Refused)
    assert len(server.requests) == 1


def test_tls_checks_the_name_and_the_authority(
    tls_server: RawServer, make_client: Callable[..., Client], trusting: Any
) -> None:
    async def look_up(name: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    tls_server.says("/", response(), close=False)
    allow = ("127.0.0.0/8",)
    assert make_client(*allow, tls=trusting, look_up=look_up).get(tls_server.url()).status == 200
    wrong = make_client(*allow, tls=trusting, look_up=look_up).error(f"https://other.example:{tls_server.port}/")
    assert isinstance(wrong, Unreachable)
    assert "certificate refused (Hostname mismatch" in str(wrong)
    unknown = make_client(*allow).error(tls_server.url())
    assert isinstance(unknown, Unreachable)
    assert "certificate refused (self-signed certificate" in str(unknown)


def test_plain_http_to_a_tls_port_is_unreachable(tls_server: RawServer, make_client: Callable[..., Client]) -> None:
    client = make_client(tls_server.place)
    assert isinstance(client.error(tls_server.url().replace("https:", "http:")), Unreachable)


def test_a_transport_does_not_cross_a_fork(canary: RawServer) -> None:
    # Only the numbers of the processes are looked at, so a false one will do instead of a fork.
    transport = GuardedTransport(Policy([canary.place]))
    transport._pid = os.getpid() + 1
    thread = LoopThread()
    with pytest.raises(RuntimeError, match="fork"):
        thread.start(thread, lambda: transport.handle_async_request(httpx.Request("GET", canary.url()))).result(10)
    thread.leave(thread, transport.aclose)
    thread._pid += 1
    with pytest.raises(RuntimeError, match="fork"):
        thread.start(thread, transport.aclose)


def test_userinfo_never_reaches_the_transport(canary: RawServer) -> None:
    transport = GuardedTransport(Policy([canary.place]))
    thread = LoopThread()
    asking = httpx.Request("GET", f"http://u:p@{canary.place}/")
    with pytest.raises(Refused, match="userinfo"):
        thread.start(thread, lambda: transport.handle_async_request(asking)).result(10)
    thread.leave(thread, transport.aclose)


def test_the_private_hooks_are_still_there() -> None:
    assert aiohttp.__version__ == "3.14.5", "read worker/fetch/connector.py against the new source, then pin it"
    for name in ("_get", "_release"):
        ours = inspect.signature(getattr(GuardedConnector, name))
        theirs = inspect.signature(getattr(aiohttp.TCPConnector, name))
        assert list(ours.parameters) == list(theirs.parameters)
    source = inspect.getsource(aiohttp.BaseConnector)
    assert "await self._get(key, traces)" in source
    assert "self._conns[key].append((protocol, monotonic()))" in source
    assert "self._connector._release(" in inspect.getsource(aiohttp.connector.Connection)
    assert isinstance(ResponseHandler.should_close, property)
    assert callable(ResponseHandler.abort)
    # What conversation.py does in place of these.
    assert "conn.protocol.set_response_params(" in inspect.getsource(aiohttp.ClientSession._request)
    assert "await writer.write_headers(status_line, self.headers)" in inspect.getsource(ClientRequest.send)
    started = inspect.getsource(aiohttp.ClientResponse.start)
    assert "message, payload = await protocol.read()" in started
    assert "if message.code < 100 or message.code > 199 or message.code == 101:" in started


@pytest.mark.parametrize("url", ["http://h/", "https://h:8443/x?y", "http://127.0.0.1:80/", "http://[::1]:81/"])
def test_a_destination_is_all_that_a_connector_reads_of_a_request(url: str) -> None:
    async def whole() -> ClientRequest:
        return ClientRequest("GET", URL(url))

    asked, destination = asyncio.run(whole()), Destination(URL(url))
    read = set(re.findall(r"\breq\.(\w+)", inspect.getsource(aiohttp.connector)))
    assert {"connection_key", "proxy"} < read
    for name in read - {"headers", "request_info", "is_ssl"}:  # the first two for proxies alone
        assert getattr(destination, name) == getattr(asked, name)
    assert destination.is_ssl() == asked.is_ssl()


def connect(*addresses: str, passage: Passage) -> Future[socket.socket]:
    """What aiohttp does for a connection, past the resolver, as a careless version of it might."""

    async def start() -> socket.socket:
        token = PASSAGE.set(passage)
        try:
            infos = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 9)) for address in addresses]
            return await aiohappyeyeballs.start_connection(
                infos, socket_factory=guarded_socket, happy_eyeballs_delay=0.01
            )
        finally:
            PASSAGE.reset(token)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, start())


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("127.0.0.1", "127.0.0.2")])
def test_the_last_gate_holds_alone(addresses: tuple[str, ...]) -> None:
    passage = Passage("feeds.example:9", 100, {("127.0.0.1", 10)})
    assert isinstance(connect(*addresses, passage=passage).exception(), OSError)
    broken = passage.broken_rule()
    assert isinstance(broken, Refused)
    assert str(broken) == f"feeds.example:9: {addresses[-1]}:9 refused"


def test_a_quiet_socket_is_one_that_nothing_came_in_by() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = GuardedSocket(socket.AF_INET, socket.SOCK_STREAM)
        made.connect(listening.getsockname())
        made.setblocking(False)
        with made, listening.accept()[0] as peer:
            assert made.is_quiet()
            peer.sendall(b"x")
            select.select([made], [], [], 10)
            assert not made.is_quiet()
        assert not made.is_quiet()


def test_names_are_looked_up_by_the_system(make_client: Callable[..., Client]) -> None:
    assert isinstance(make_client().error("http://localhost/"), Refused)


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_failed_look_up_is_unreachable(make_client: Callable[..., Client], failure: Exception) -> None:
    def fails(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise failure

    error = make_client(look_up=SystemNames(fails)).error("http://feeds.example/")
    assert isinstance(error, NameNotFound)
    assert str(error).startswith("feeds.example:80: name not found")


def test_a_name_that_many_ask_for_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def slow(name: str, *_: object, **__: object) -> list[tuple[Any, ...]]:
        asked.append(name)
        time.sleep(0.1)
        if name == "dead.example":
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", ("127.0.0.1", 80))]

    async def look_up() -> None:
        monkeypatch.setattr("worker.fetch.names.AT_ONCE", 1)
        names = SystemNames(slow)
        found = await asyncio.gather(
            *[names(name, 80) for name in ["dead.example", "live.example"] * 4], return_exceptions=True
        )
        assert [repr(one) for one in found[1::2]] == ["['127.0.0.1']"] * 4
        assert {type(one) for one in found[::2]} == {socket.gaierror}
        assert len({id(one) for one in found[::2]}) == 4
        assert sorted(asked) == ["dead.example", "live.example"]
        assert await names("live.example", 80) == ["127.0.0.1"]
        assert len(asked) == 3

    asyncio.run(look_up())


def test_a_system_without_room_for_a_thread_finds_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def look_up() -> None:
        names = SystemNames()
        monkeypatch.setattr(threading.Thread, "start", full)
        for _ in range(AT_ONCE + 1):
            with pytest.raises(OSError, match="new thread"):
                await names("feeds.example", 80)

    asyncio.run(look_up())


def test_an_abandoned_look_up_hurts_nobody() -> None:
    answered = threading.Event()
    ended = threading.Event()

    def slow(*_: object, **__: object) -> list[tuple[Any, ...]]:
        answered.wait(10)
        ended.set()
        return []

    async def give_up(names: SystemNames) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(names("feeds.example", 80), 0.05)

    async def abandon() -> None:
        names = SystemNames(slow)
        await give_up(names)
        (waited_for,) = names._answers.values()
        answered.set()
        # Its place comes back once the system has answered; the answer goes nowhere.
        assert await asyncio.wait_for(waited_for, 10) == []
        assert names._free == AT_ONCE
        answered.clear()
        ended.clear()
        await give_up(names)

    asyncio.run(abandon())
    answered.set()  # after the loop was closed
    assert ended.wait(10)


def test_without_a_word_of_ours_the_authorities_that_come_with_httpx_are_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert trusting_tls().cert_store_stats()["x509_ca"] == 1, "the tests' own"
    monkeypatch.delenv("SSL_CERT_FILE")
    assert trusting_tls().cert_store_stats()["x509_ca"] > 50
