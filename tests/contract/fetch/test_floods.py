"""Servers that send too much, too slowly, or for ever: each ends at its cap, and frees its socket."""

from __future__ import annotations

import asyncio
import gzip
import io
import resource
import zlib
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import brotli
import pytest
from contract.fetch.raw_server import RawRequest, RawServer, response

from worker.errors import BadResponse, DeadlineExceeded, FetchError, NameNotFound, Unreachable
from worker.fetch.inflate import MEMBERS, zstd
from worker.fetch.model import FetchLimits, WireLimits
from worker.records import FetchRequest, FetchResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from contract.fetch.conftest import Client

BOMB = 64 << 20
CLOSE = b"Connection: close"
GROWTH = 32 << 20  # what a fetch may add to the process, the server's own part included: the decoded cap, and some
BOMB_GROWTH = 12 << 20
RANDOM = Random(7)
DENSE = b"".join(RANDOM.randbytes(4096) * 64 for _ in range(96))  # 24 MB; no coding packs it better than 64 to 1


FORGET = Path("/proc/self/clear_refs")
STATUS = Path("/proc/self/status")


def forget_peak() -> None:
    """Let the peak be what is held now, where the system can forget it."""
    if FORGET.exists():
        FORGET.write_text("5")


def peak() -> int:
    """The most memory that this process has held since, in bytes."""
    if FORGET.exists():
        return int(STATUS.read_text().split("VmHWM:")[1].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def gzip_bomb() -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as file:
        for _ in range(BOMB >> 20):
            file.write(bytes(1 << 20))
    return out.getvalue()


def deflate_bomb() -> bytes:
    packer = zlib.compressobj()
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(BOMB >> 20)) + packer.flush()


def br_bomb() -> bytes:
    packer = brotli.Compressor(quality=3)
    return b"".join(packer.process(bytes(1 << 20)) for _ in range(BOMB >> 20)) + packer.finish()


def zstd_bomb() -> bytes:
    packer = zstd.ZstdCompressor()
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(BOMB >> 20)) + packer.flush()


@pytest.mark.parametrize(("coding", "pack"), [(b"gzip", gzip_bomb), (b"deflate", deflate_bomb), (b"br", br_bomb), (b"zstd", zstd_bomb)])  # fmt: skip
def test_a_bomb_ends_at_the_cap(server: RawServer, client: Client, coding: bytes, pack: Callable[[], bytes]) -> None:
    packed = pack()
    assert len(packed) < BOMB // 100
    server.says("/", response(packed, b"Content-Encoding: " + coding))
    forget_peak()
    before = peak()
    error = client.error(server.url())
    grown = peak() - before
    assert isinstance(error, BadResponse)
    assert str(error) == f"{server.place}: the body inflates to more than 500 times its size"
    assert grown < BOMB_GROWTH


PACK: list[tuple[bytes, Callable[[bytes], bytes]]] = [
    (b"gzip", gzip.compress),
    (b"deflate", zlib.compress),
    (b"br", lambda plain: brotli.compress(plain, quality=1)),
    (b"zstd", zstd.compress),
]


@pytest.mark.parametrize(("coding", "pack"), PACK)
def test_a_body_that_inflates_too_far_ends_at_the_cap(
    server: RawServer, client: Client, coding: bytes, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(DENSE)
    assert len(packed) < 10 << 20
    server.says("/", response(packed, b"Content-Encoding: " + coding))
    forget_peak()
    before = peak()
    error = client.error(server.url())
    grown = peak() - before
    assert isinstance(error, BadResponse)
    assert str(error) == f"{server.place}: the body is over 20 MB inflated"
    assert grown < GROWTH


def test_a_body_just_within_the_caps_comes_whole(server: RawServer, client: Client) -> None:
    server.says("/gzip", response(gzip.compress(DENSE[: 20 << 20]), b"Content-Encoding: gzip", CLOSE))
    assert client.get(server.url("/gzip")).body == DENSE[: 20 << 20]
    server.says("/plain", response(DENSE[: 10 << 20]))
    assert client.get(server.url("/plain")).body == DENSE[: 10 << 20]


@pytest.mark.parametrize(("coding", "pack"), PACK)
def test_monotonous_documents_are_no_bombs(
    server: RawServer, client: Client, coding: bytes, pack: Callable[[bytes], bytes]
) -> None:
    item = "<item><title>All systems operational</title><guid>status-%d</guid><description>%s</description></item>\n"
    page = "".join(item % (number, "No incident has been reported. " * 9) for number in range(12_000)).encode()
    assert len(page) > 4 << 20
    server.says("/", response(pack(page), b"Content-Encoding: " + coding))
    assert client.get(server.url()).body == page


@pytest.mark.parametrize("coding", [b"gzip, gzip", b"gzip, br", b"br, identity, gzip", b"gzip,,gzip"])
def test_one_coding_and_no_more(server: RawServer, client: Client, coding: bytes) -> None:
    server.says("/", response(gzip.compress(gzip.compress(b"<rss/>")), b"Content-Encoding: " + coding, CLOSE))
    assert str(client.error(server.url())) == f"{server.place}: the body is encoded more than once"
    twice = response(gzip.compress(b"<rss/>"), b"Content-Encoding: gzip", b"Content-Encoding: gzip")
    server.says("/lines", twice)
    assert str(client.error(server.url("/lines"))) == f"{server.place}: the body is encoded more than once"


def test_a_bomb_behind_an_error_status_costs_no_more_than_its_opening(server: RawServer, client: Client) -> None:
    server.says("/", response(gzip_bomb(), b"Content-Encoding: gzip", status=b"500 x"))
    assert len(client.get(server.url()).body) == 64 * 1024


def test_a_window_over_8_mb_and_a_swarm_of_members_are_refused(server: RawServer, client: Client) -> None:
    wide = zstd.compress(bytes(32 << 20), options={zstd.CompressionParameter.window_log: 25})
    server.says("/wide", response(wide, b"Content-Encoding: zstd", CLOSE))
    assert isinstance(client.error(server.url("/wide")), BadResponse)
    server.says("/gzip", response(gzip.compress(b"") * (MEMBERS + 1), b"Content-Encoding: gzip", CLOSE))
    assert "members" in str(client.error(server.url("/gzip")))
    server.says("/zstd", response(zstd.compress(b"") * (MEMBERS + 1), b"Content-Encoding: zstd"))
    assert "frames" in str(client.error(server.url("/zstd")))


def test_an_endless_body_ends_at_the_cap(server: RawServer, client: Client) -> None:
    async def endless(request: RawRequest) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield bytes(65536)

    server.does("/", endless)
    assert str(client.error(server.url())) == f"{server.place}: the body is over 10 MB"
    server.wait(lambda: server.open == 0)


def test_an_announced_giant_is_not_even_read(server: RawServer, client: Client) -> None:
    server.says("/", response(b"", length=50 << 20))
    assert str(client.error(server.url())) == f"{server.place}: the body is over 10 MB"


async def drip(request: RawRequest) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    while True:
        yield b"."
        await asyncio.sleep(0.02)


async def head_drip(request: RawRequest) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX: "
    while True:
        yield b"."
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("trickle", [drip, head_drip])
def test_a_drip_hits_the_total_deadline_and_frees_the_socket(
    server: RawServer, make_client: Callable[..., Client], trickle: Callable[[RawRequest], AsyncIterator[bytes]]
) -> None:
    drips_until_the_deadline(server, make_client(limits=FetchLimits(total_seconds=0.4)), trickle)


@pytest.mark.parametrize("trickle", [drip, head_drip])
def test_a_drip_over_tls_frees_the_socket_as_soon(
    tls_server: RawServer, make_client: Callable[..., Client], trusting: object, trickle: Callable[[RawRequest], AsyncIterator[bytes]]
) -> None:  # fmt: skip
    client = make_client(tls_server.place, tls=trusting, limits=FetchLimits(total_seconds=0.4))
    drips_until_the_deadline(tls_server, client, trickle)


def drips_until_the_deadline(
    server: RawServer, client: Client, trickle: Callable[[RawRequest], AsyncIterator[bytes]]
) -> None:
    server.does("/secret", trickle)
    error = client.error(server.url("/secret"))
    assert isinstance(error, DeadlineExceeded)
    assert str(error) == f"{server.place}: no whole answer within 0.4 s"
    server.wait(lambda: server.open == 0)


def test_a_dripping_error_page_leaves_the_status(server: RawServer, client: Client) -> None:
    async def dripping(request: RawRequest) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 429 x\r\nRetry-After: 60\r\n\r\nslow"
        while True:
            yield b"."
            await asyncio.sleep(0.02)

    server.does("/", dripping)
    got = client.get(server.url())
    assert got.status == 429
    assert got.body.startswith(b"slow")
    server.wait(lambda: server.open == 0)


def test_redirects_do_not_prolong_the_deadline(server: RawServer, make_client: Callable[..., Client]) -> None:
    async def slow(request: RawRequest) -> AsyncIterator[bytes]:
        await asyncio.sleep(0.2)
        yield response(b"", b"Location: " + request.path.encode() + b"x", status=b"302 x")

    for path in ("/", "/x", "/xx", "/xxx", "/xxxx"):
        server.does(path, slow, close=False)
    client = make_client(limits=FetchLimits(total_seconds=0.5))
    assert isinstance(client.error(server.url()), DeadlineExceeded)
    assert len(server.requests) <= 3


def test_a_server_that_accepts_and_says_nothing(server: RawServer, make_client: Callable[..., Client]) -> None:
    client = make_client(limits=FetchLimits(total_seconds=0.3))
    assert isinstance(client.error(server.url("/hangs")), DeadlineExceeded)
    server.wait(lambda: server.open == 0)


def test_a_handshake_that_never_ends_is_no_connection(server: RawServer, make_client: Callable[..., Client]) -> None:
    client = make_client(wire=WireLimits(connect_seconds=0.3))
    error = client.error(server.url().replace("http:", "https:"))
    assert isinstance(error, Unreachable)
    assert not isinstance(error, NameNotFound)
    assert str(error) == f"{server.place}: no connection in time"


def test_a_name_server_that_never_answers_is_no_connection(make_client: Callable[..., Client]) -> None:
    async def look_up(name: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    client = make_client(look_up=look_up, wire=WireLimits(connect_seconds=0.3))
    error = client.error("http://feeds.example/")
    assert isinstance(error, NameNotFound)
    assert str(error) == "feeds.example:80: name not found in time"


HEADS = {
    "one long line": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 80_000 + b"\r\n\r\n<rss/>",
    "many bytes": b"HTTP/1.1 200 OK\r\n"
    + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(80))
    + b"\r\n<rss/>",
    "many lines": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: x\r\n" % n for n in range(120)) + b"\r\n<rss/>",
    "long status": b"HTTP/1.1 200 " + b"O" * 80_000 + b"\r\n\r\n<rss/>",
}


@pytest.mark.parametrize("name", HEADS)
def test_too_much_head_is_refused(server: RawServer, client: Client, name: str) -> None:
    server.says("/", HEADS[name])
    assert isinstance(client.error(server.url()), BadResponse)
    server.wait(lambda: server.open == 0)


def test_a_head_just_within_the_caps_is_fine(server: RawServer, client: Client) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 600) for n in range(98))
    server.says("/", b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 6\r\n\r\n<rss/>")
    assert client.get(server.url()).body == b"<rss/>"


def endless(start: bytes, more: bytes) -> Callable[[RawRequest], AsyncIterator[bytes]]:
    async def pieces(request: RawRequest) -> AsyncIterator[bytes]:
        yield start
        while True:
            yield more

    return pieces


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 500),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;ext\r\nx\r\n" * 5000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: x\r\n" * 5000),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n" * 5000),
        (b"", b"\r\n" * 30000),
        (b"HTTP/1.1 200 ", b"O" * 65536),
    ],
)
def test_a_flood_below_http_ends_at_the_wire(server: RawServer, client: Client, start: bytes, more: bytes) -> None:
    server.does("/", endless(start, more))
    error = client.error(server.url())
    assert isinstance(error, FetchError)
    assert not isinstance(error, DeadlineExceeded)
    server.wait(lambda: server.open == 0)


CROWD = 24
CROWD_SIZE = 6 << 20
CROWD_GROWTH = 50 << 20  # what is common, one body at its cap, its taker's, and the server's own part


@pytest.mark.parametrize("coding", [b"identity", b"gzip", b"br", b"zstd"])
def test_a_crowd_of_large_bodies_comes_in_turns(server: RawServer, client: Client, coding: bytes) -> None:
    pack = dict(PACK).get(coding, bytes)
    large = response(pack(DENSE[:CROWD_SIZE]), b"Content-Encoding: " + coding)

    async def pieces(request: RawRequest) -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    server.does("/large", pieces)
    server.says("/small", response(b"<rss/>"))
    wanted = [FetchRequest(key, server.url("/large")) for key in range(CROWD)]
    wanted += [FetchRequest(key, server.url("/small")) for key in range(CROWD, CROWD + 8)]
    forget_peak()
    before = peak()
    sizes: list[int] = []
    for fetched in client.fetcher.fetch(wanted, in_flight=CROWD + 8, stop=lambda: False):
        assert isinstance(fetched.result, FetchResponse), fetched.result
        sizes.append(len(fetched.result.body))
        del fetched
        server.wait(lambda: sum(request.path == "/small" for request in server.requests) == 8)
    grown = peak() - before
    assert sorted(sizes) == [6] * 8 + [CROWD_SIZE] * CROWD
    # Whoever needs no room does not wait for it.
    assert sizes.index(6) < 8
    assert grown < CROWD_GROWTH
