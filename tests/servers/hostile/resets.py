"""Connections that break, by a reset or an early end, at every stage of an answer."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

from servers.hostile.doors import AT_SLAM
from servers.hostile.endpoint import Endpoint, error
from servers.hostile.feed import GOOD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from servers.hostile.visit import Visit

BROKEN = "broke|reset|hung up|cut short"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"


def endpoints() -> list[Endpoint]:
    """The family."""
    half = GOOD[: len(GOOD) // 2]
    length, chunked = b"Content-Length: %d\r\n\r\n" % len(GOOD), b"Transfer-Encoding: chunked\r\n\r\n"
    zipped = gzip.compress(GOOD)
    stages = {
        "before-the-answer": b"",
        "in-the-status-line": HEAD[:11],
        "in-the-headers": HEAD[:40],
        "behind-the-headers": HEAD + length,
        "in-the-body": HEAD + length + half,
        "before-the-last-byte": HEAD + length + GOOD[:-1],
        "in-a-chunk": HEAD + chunked + b"%x\r\n%b" % (len(GOOD), half),
        "in-a-chunk-size": HEAD + chunked + b"1",
        "before-the-last-chunk": HEAD + chunked + b"%x\r\n%b\r\n" % (len(GOOD), GOOD),
        "in-a-body-without-length": HEAD + b"\r\n" + half,
        "in-gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(zipped), zipped[:100]),
        "behind-a-hint": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    }
    found = [Endpoint(AT_SLAM, _nothing, error(BROKEN), url="http://{slam}/")]
    for stage, raw in stages.items():
        found.append(Endpoint(f"/resets/{stage}", _then(raw, reset=True), error(BROKEN)))
        if stage != "in-a-body-without-length":  # whose end is the close: nobody can tell (RFC 9112, 6.3)
            found.append(Endpoint(f"/ends/{stage}", _then(raw, reset=False), error(f"{BROKEN}|not HTTP")))
    return found


def _then(raw: bytes, *, reset: bool) -> Callable[[Visit], Awaitable[None]]:
    async def serve(visit: Visit) -> None:
        await visit.send(raw)
        if reset:
            await visit.reset()
        else:
            await asyncio.sleep(0.05)

    return serve


async def _nothing(_: Visit) -> None:
    """The door itself does it all."""
