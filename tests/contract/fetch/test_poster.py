"""Posting to a receiver: the status decides, however its body goes on."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from contract.fetch.conftest import CERTIFICATE
from contract.fetch.raw_server import RawRequest, RawServer, response

from worker.errors import BadResponse, DeadlineExceeded, Refused, Unreachable
from worker.fetch.model import Answer, PostLimits
from worker.fetch.transport import GuardedTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from contract.fetch.conftest import Client

HEADERS = {"Content-Type": "application/json", "webhook-id": "k"}


def test_a_message_arrives_as_it_was_given(server: RawServer, client: Client) -> None:
    server.says("/hook", response(b"thank you", status=b"202 Accepted"))
    body = b"{}" * 700_000
    url = f"http://u:p@{server.place}/hook"
    assert client.poster.post(url, headers=HEADERS, body=body) == Answer(202, None, b"thank you")
    (request,) = server.requests
    assert request.line == b"POST /hook HTTP/1.1"
    assert request.body == body
    assert {name.lower(): value for name, value in request.headers} == {
        b"host": server.place.encode(),
        b"user-agent": b"Tocsin/0",
        b"accept": b"*/*",
        b"accept-encoding": b"identity",
        b"authorization": b"Basic dTpw",
        b"content-type": b"application/json",
        b"content-length": b"1400000",
        b"webhook-id": b"k",
    }


@pytest.mark.parametrize("status", [200, 302, 410, 429, 500])
def test_any_status_is_an_answer_and_redirects_are_not_followed(server: RawServer, client: Client, status: int) -> None:
    raw = response(b"", b"Location: /other", b"Retry-After: 60", status=b"%d x" % status)
    server.says("/", raw, close=False)
    answer = client.poster.post(server.url(), headers=HEADERS, body=b"{}")
    assert answer == Answer(status, timedelta(seconds=60), b"")
    assert len(server.requests) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("size", [100_000, 20_000_000])
def test_an_answer_before_the_whole_message_was_sent_ends_its_connection(
    make_client: Callable[..., Client], trusting: ssl.SSLContext, scheme: str, size: int
) -> None:
    # What is left of the message would go ahead of the next one, whoever takes it for what then.
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        listening.settimeout(10)
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        client = make_client(place, tls=trusting)

        def accepted() -> socket.socket:
            peer, _ = listening.accept()
            return served.wrap_socket(peer, server_side=True) if scheme == "https" else peer

        def answer() -> bytes:
            with accepted() as first:
                first.recv(100)
                first.sendall(response(b"too much", status=b"413 x"))
                with accepted() as second:
                    asked = second.recv(4)
                    second.sendall(response(b"", status=b"202 x"))
                    return asked

        answering = pool.submit(answer)
        url = f"{scheme}://{place}/"
        posted = [client.poster.post(url, headers={}, body=body) for body in (bytes(size), b"{}")]
        assert posted == [Answer(413, None, b"too much"), Answer(202, None, b"")]
        assert answering.result() == b"POST"


def test_an_endless_answer_is_cut_off(server: RawServer, client: Client) -> None:
    async def endless(request: RawRequest) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 65536

    server.does("/", endless)
    assert client.poster.post(server.url(), headers={}, body=b"") == Answer(200, None, b"x" * 1000)
    server.wait(lambda: server.open == 0)


def test_a_dripping_or_truncated_answer_is_cut_off(server: RawServer, client: Client) -> None:
    async def drip(request: RawRequest) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\nfine"
        await asyncio.Event().wait()

    server.does("/drip", drip)
    server.says("/short", response(b"fine", length=100))
    for path in ("/drip", "/short"):
        assert client.poster.post(server.url(path), headers={}, body=b"") == Answer(200, None, b"fine")


def test_no_answer_in_time(server: RawServer, make_client: Callable[..., Client]) -> None:
    client = make_client(post_limits=PostLimits(total_seconds=0.3))
    with pytest.raises(DeadlineExceeded) as caught:
        client.poster.post(server.url("/secret"), headers={}, body=b"")
    assert str(caught.value) == f"{server.place}: no answer within 0.3 s"
    server.wait(lambda: server.open == 0)


def test_what_cannot_be_posted(server: RawServer, canary: RawServer, client: Client) -> None:
    with pytest.raises(Refused):
        client.poster.post(canary.url(), headers={}, body=b"")
    server.says("/", b"")
    with pytest.raises(Unreachable):
        client.poster.post(server.url(), headers={}, body=b"")
    server.says("/101", b"HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
    with pytest.raises(BadResponse, match="status 101 is no answer"):
        client.poster.post(server.url("/101"), headers={}, body=b"")
    with pytest.raises(Refused, match="cannot be written down"):
        client.poster.post(server.url(), headers={"x": "a\r\nb: c"}, body=b"")


def test_too_much_head_is_no_answer(server: RawServer, client: Client) -> None:
    server.says("/", b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(80)) + b"\r\n")
    with pytest.raises(BadResponse, match="the headers are over 64 KB"):
        client.poster.post(server.url(), headers={}, body=b"")
    server.wait(lambda: server.open == 0)


def test_many_threads_post_at_once(server: RawServer, client: Client) -> None:
    server.says("/", response(), close=False)
    with ThreadPoolExecutor(16) as pool:
        futures = [pool.submit(client.poster.post, server.url(), headers={}, body=b"%d" % n) for n in range(64)]
        assert {future.result().status for future in futures} == {200}
    assert sorted(int(request.body) for request in server.requests) == list(range(64))


def test_closing_while_posting(server: RawServer, client: Client) -> None:
    def close() -> None:
        server.wait(lambda: len(server.requests) == 1)
        client.close()

    poster = client.poster
    closer = threading.Thread(target=close)
    closer.start()
    with pytest.raises(Unreachable, match="closed") as caught:
        poster.post(server.url("/hangs"), headers={}, body=b"")
    closer.join()
    assert caught.value.sent, "it may have arrived"


def test_closing_before_anything_went_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    async def connecting(*_: object) -> None:
        asked.set()
        await asyncio.sleep(30)

    monkeypatch.setattr(GuardedTransport, "_connection", connecting)
    poster = client.poster
    with ThreadPoolExecutor(1) as pool:
        posting = pool.submit(poster.post, "https://h.example/", headers={}, body=b"")
        assert asked.wait(10)
        client.close()
        with pytest.raises(Unreachable, match="closed") as caught:
            posting.result(10)
    assert not caught.value.sent


def test_a_conversation_by_any_method(server: RawServer, client: Client) -> None:
    server.says("/room", response(b"x" * 70_000, b"X-Kind: a", b"X-Kind: b", b"Retry-After: 60"), close=False)
    asked = client.poster.request("GET", server.url("/room"), headers={"X-Token": "t"}, body=b"never sent")
    assert (asked.status, len(asked.content), asked.retry_after) == (200, 64 * 1024, timedelta(seconds=60))
    assert asked.fields["x-kind"] == "a"
    put = client.poster.request("PUT", server.url("/room"), headers={"Accept": "application/json"}, body=b"{}")
    assert put.status == 200
    first, second = server.requests
    assert (first.line, first.body) == (b"GET /room HTTP/1.1", b"")
    assert (second.line, second.body) == (b"PUT /room HTTP/1.1", b"{}")
    assert [value for name, value in second.headers if name.lower() == b"accept"] == [b"application/json"]


def test_it_is_known_whether_anything_was_sent(server: RawServer, make_client: Callable[..., Client]) -> None:
    client = make_client(post_limits=PostLimits(total_seconds=5))
    server.says("/", b"")
    for url, kind, sent in (
        (server.url("/hangs"), DeadlineExceeded, True),
        (server.url(), Unreachable, True),
        ("http://127.0.0.1:1/", Refused, False),
        ("ftp://h.example/", Refused, False),
    ):
        with pytest.raises(kind) as caught:
            client.poster.request("POST", url, headers={}, body=b"{}", seconds=0.3)
        assert caught.value.sent is sent
