"""Bodies that are small on the wire and large inside (RELIABILITY 9)."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]  # has no stubs
from servers.hostile.codings import in_zstd
from servers.hostile.endpoint import Endpoint, error, serves
from servers.hostile.feed import HEAD, TAIL, feed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from servers.hostile.visit import Visit

INSIDE = 32 << 20
"""Bytes in each bomb: more than a body may hold."""
TOO_MUCH = r"over 20 MB|times|ratio|inflate"


def endpoints() -> list[Endpoint]:
    """The family."""
    opening = HEAD.encode()
    bomb = opening + b" " * INSIDE
    zipped = gzip.compress(bomb, 1)
    # Under the cap on decoded bytes, and only its ratio gives it away.
    dense = gzip.compress(opening + b" " * (16 << 20) + feed().removeprefix(opening), 9)
    # Every member is honest; there are many of them.
    members = gzip.compress(b" " * (1 << 20), 9) * 256
    return [
        serves("/bombs/gzip", zipped, error(TOO_MUCH), "Content-Encoding: gzip"),
        serves("/bombs/x-gzip", zipped, error(TOO_MUCH), "Content-Encoding: x-gzip"),
        serves("/bombs/deflate", zlib.compress(bomb, 1), error(TOO_MUCH), "Content-Encoding: deflate"),
        serves("/bombs/br", brotli.compress(bomb, quality=2), error(TOO_MUCH), "Content-Encoding: br"),
        serves("/bombs/zstd", in_zstd(bomb), error(TOO_MUCH), "Content-Encoding: zstd"),
        serves("/bombs/ratio", dense, error(TOO_MUCH), "Content-Encoding: gzip"),
        serves("/bombs/members", gzip.compress(opening) + members, error(TOO_MUCH), "Content-Encoding: gzip"),
        serves("/bombs/in-bomb", gzip.compress(zipped), error("more than once"), "Content-Encoding: gzip, gzip"),
        serves("/bombs/in-404", zipped, error("404", 404), "Content-Encoding: gzip", status="404 Not Found"),
        Endpoint("/bombs/chunked", _chunked(zipped), error(TOO_MUCH)),
        serves(
            "/bombs/tail",
            gzip.compress(feed() + b" " * INSIDE + TAIL.encode(), 1),
            error(TOO_MUCH),
            "Content-Encoding: gzip",
        ),
    ]


def _chunked(zipped: bytes) -> Callable[[Visit], Awaitable[None]]:
    async def serve(visit: Visit) -> None:
        await visit.head("Transfer-Encoding: chunked", "Content-Encoding: gzip")
        for start in range(0, len(zipped), 512):
            await visit.chunk(zipped[start : start + 512])
        await visit.chunk(b"")
        await visit.send(b"\r\n")

    return serve
