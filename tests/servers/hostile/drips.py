"""Answers that take for ever: one deadline holds for the whole poll (RELIABILITY 11)."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

from servers.hostile.endpoint import Endpoint, error, new
from servers.hostile.feed import GOOD

if TYPE_CHECKING:
    from servers.hostile.visit import Visit

LATE = "within 20 s"


def endpoints() -> list[Endpoint]:
    """The family."""
    return [
        Endpoint("/drips/silence", _silence, error(LATE)),
        Endpoint("/drips/head", _head, error(LATE)),
        Endpoint("/drips/body", _body, error(LATE)),
        Endpoint("/drips/chunks", _chunks, error(LATE)),
        Endpoint("/drips/gzip", _gzip, error(LATE)),
        Endpoint("/drips/head-alone", _head_alone, error(LATE)),
        Endpoint("/drips/all-but-the-last-byte", _last_byte, error(LATE)),
        Endpoint("/drips/all-but-the-last-chunk", _last_chunk, error(LATE)),
        Endpoint("/drips/early-hints", _hints, error(LATE)),
        Endpoint("/drips/redirects", _redirects, error(LATE)),
        Endpoint("/drips/error-page", _page, error("500", 500)),
        Endpoint("/drips/slow-but-whole", _slow, new()),
    ]


async def _silence(visit: Visit) -> None:
    await visit.hold()


async def _head(visit: Visit) -> None:
    await visit.trickle(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: and steady\r\n" * 50, 0.2)


async def _body(visit: Visit) -> None:
    await visit.head(f"Content-Length: {len(GOOD)}")
    await visit.trickle(GOOD, 0.2)


async def _chunks(visit: Visit) -> None:
    await visit.head("Transfer-Encoding: chunked")
    for byte in GOOD:
        await visit.chunk(bytes((byte,)))
        await asyncio.sleep(0.2)


async def _gzip(visit: Visit) -> None:
    zipped = gzip.compress(GOOD)
    await visit.head(f"Content-Length: {len(zipped)}", "Content-Encoding: gzip")
    await visit.trickle(zipped, 0.5)


async def _head_alone(visit: Visit) -> None:
    await visit.head(f"Content-Length: {len(GOOD)}")
    await visit.hold()


async def _last_byte(visit: Visit) -> None:
    await visit.head(f"Content-Length: {len(GOOD)}")
    await visit.send(GOOD[:-1])
    await visit.hold()


async def _last_chunk(visit: Visit) -> None:
    await visit.head("Transfer-Encoding: chunked")
    await visit.chunk(GOOD)
    await visit.hold()


async def _hints(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await asyncio.sleep(1)


async def _redirects(visit: Visit) -> None:
    await asyncio.sleep(3)
    await visit.redirect(f"/drips/redirects/{visit.nth}")


async def _page(visit: Visit) -> None:
    await visit.head(status="500 Internal Server Error", kind="text/html")
    await visit.trickle(b"<p>We are sorry. </p>" * 20, 0.3)


async def _slow(visit: Visit) -> None:
    await visit.head(f"Content-Length: {len(GOOD)}")
    for start in range(0, len(GOOD), 200):
        await visit.send(GOOD[start : start + 200])
        await asyncio.sleep(0.5)
