"""Bodies that only the end of the connection ends: whole where it ended in order (RFC 9112 sections 8 and 9.8)."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Literal

import pytest
from contract.fetch.raw_server import RawServer, response

from worker.errors import BadResponse
from worker.fetch.guarded_socket import GuardedSocket
from worker.fetch.passage import Passage

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from contract.fetch.conftest import Client

BODY = b"<rss><channel/></rss>" * 50
TO_THE_END = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
BROKEN = "the body is cut short (the connection broke)"
UNSAID = "the body is cut short (TLS ended without saying so)"
FRAMED = {
    "length": response(BODY, b"Connection: close"),
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
    % (len(BODY), BODY),
}


@pytest.fixture
def tls_client(make_client: Callable[..., Client], tls_server: RawServer, trusting: ssl.SSLContext) -> Client:
    return make_client(tls_server.place, tls=trusting)


@pytest.mark.parametrize(
    "head", [TO_THE_END, TO_THE_END.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: identity\r\n\r\n")]
)
def test_an_end_in_order_is_the_bodys(server: RawServer, client: Client, head: bytes) -> None:
    server.says("/", head + BODY)
    assert client.get(server.url()).body == BODY


@pytest.mark.parametrize(
    "head", [TO_THE_END, TO_THE_END.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: identity\r\n\r\n")]
)
def test_a_reset_is_none(server: RawServer, client: Client, head: bytes) -> None:
    server.breaks_off("/", head + BODY)
    error = client.error(server.url())
    assert isinstance(error, BadResponse)
    assert str(error) == f"{server.place}: {BROKEN}"


def test_a_reset_before_the_first_byte_is_none_either(server: RawServer, client: Client) -> None:
    server.breaks_off("/robots.txt", TO_THE_END)
    assert str(client.error(server.url("/robots.txt"), purpose="any")) == f"{server.place}: {BROKEN}"


def test_a_farewell_over_tls_is_the_bodys_end(tls_server: RawServer, tls_client: Client) -> None:
    tls_server.says("/", TO_THE_END + BODY)
    assert tls_client.get(tls_server.url()).body == BODY


def test_a_large_body_over_tls_ends_with_its_farewell(tls_server: RawServer, tls_client: Client) -> None:
    # The end arrives while much of the body still waits to be read.
    tls_server.says("/", TO_THE_END + BODY * 4_000)
    assert tls_client.get(tls_server.url()).body == BODY * 4_000


@pytest.mark.parametrize(("how", "fault"), [("end", UNSAID), ("reset", BROKEN)])
def test_tls_that_ends_without_a_farewell_is_cut_short(
    tls_server: RawServer, tls_client: Client, how: Literal["end", "reset"], fault: str
) -> None:
    tls_server.breaks_off("/", TO_THE_END + BODY, how)
    error = tls_client.error(tls_server.url())
    assert isinstance(error, BadResponse)
    assert str(error) == f"{tls_server.place}: {fault}"


@pytest.mark.parametrize("framing", FRAMED)
def test_what_says_where_it_ends_may_break_off_then(server: RawServer, client: Client, framing: str) -> None:
    server.breaks_off("/", FRAMED[framing])
    assert client.get(server.url()).body == BODY


@pytest.mark.parametrize("framing", FRAMED)
def test_what_says_where_it_ends_needs_no_farewell(tls_server: RawServer, tls_client: Client, framing: str) -> None:
    tls_server.breaks_off("/", FRAMED[framing], "end")
    assert tls_client.get(tls_server.url()).body == BODY


def test_each_answer_of_a_kept_connection_has_its_own_end(tls_server: RawServer, tls_client: Client) -> None:
    tls_server.says("/kept", response(BODY), close=False)
    tls_server.says("/ended", TO_THE_END + BODY)
    tls_server.breaks_off("/broken", TO_THE_END + BODY, "end")
    assert tls_client.get(tls_server.url("/kept")).body == BODY
    assert tls_client.get(tls_server.url("/ended")).body == BODY
    assert tls_client.get(tls_server.url("/kept")).body == BODY
    assert str(tls_client.error(tls_server.url("/broken"))) == f"{tls_server.place}: {UNSAID}"
    assert [request.connection for request in tls_server.requests] == [1, 1, 2, 2]


def test_of_an_error_page_what_came_is_enough(server: RawServer, client: Client) -> None:
    server.breaks_off("/", b"HTTP/1.1 503 x\r\nConnection: close\r\n\r\nback soon")
    got = client.get(server.url())
    assert (got.status, got.body) == (503, b"back soon")


@pytest.mark.parametrize("receive", ["recv", "recv_into"])
def test_nothing_to_receive_yet_is_no_break(receive: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = GuardedSocket(socket.AF_INET, socket.SOCK_STREAM)
        made.connect(listening.getsockname())
        made.setblocking(False)
        made.passage = Passage("h:80", 10)
        with made, listening.accept()[0], pytest.raises(BlockingIOError):
            made.recv(10) if receive == "recv" else made.recv_into(bytearray(10))
        assert not made.passage.broken
