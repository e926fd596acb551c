"""Answers without an end, and answers that announce one."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from servers.hostile.endpoint import Endpoint, error
from servers.hostile.feed import GOOD, HEAD, item

if TYPE_CHECKING:
    from servers.hostile.visit import Visit

BLOCK = item(1).encode() * 250
FLOOD = "more bytes|over 10 MB|not HTTP"


def endpoints() -> list[Endpoint]:
    """The family."""
    return [
        Endpoint("/endless/plain", _plain, error("over 10 MB")),
        Endpoint("/endless/chunked", _chunked, error("over 10 MB")),
        Endpoint("/endless/blank", _blank, error("over 10 MB")),
        Endpoint("/endless/tiny-chunks", _tiny_chunks, error(FLOOD)),
        Endpoint("/endless/chunk-extensions", _extensions, error(FLOOD)),
        Endpoint("/endless/one-chunk-extension", _one_extension, error(FLOOD)),
        Endpoint("/endless/trailer", _trailer, error(f"{FLOOD}|cut short")),
        Endpoint("/endless/early-hints", _hints, error(FLOOD)),
        Endpoint("/endless/continue", _continue, error(FLOOD)),
        Endpoint("/endless/header-lines", _lines, error(FLOOD)),
        Endpoint("/endless/one-header", _one_line, error(FLOOD)),
        Endpoint("/endless/status-line", _status, error(FLOOD)),
        Endpoint("/endless/error-page", _page, error("500", 500)),
        Endpoint("/endless/redirect-body", _redirect, error("more than 10 redirects|circle")),
        Endpoint("/endless/announced", _announced, error("over 10 MB")),
        Endpoint("/endless/announced-20-digits", _absurd, error("over 10 MB|not HTTP")),
    ]


async def _plain(visit: Visit) -> None:
    await visit.head()
    await visit.send(HEAD.encode())
    for _ in count():
        await visit.send(BLOCK)


async def _chunked(visit: Visit) -> None:
    await visit.head("Transfer-Encoding: chunked")
    await visit.chunk(HEAD.encode())
    for _ in count():
        await visit.chunk(BLOCK)


async def _blank(visit: Visit) -> None:
    await visit.head()
    for _ in count():
        await visit.send(b" \n" * 20_000)


async def _tiny_chunks(visit: Visit) -> None:
    await visit.head("Transfer-Encoding: chunked")
    for _ in count():
        await visit.send(b"1\r\n \r\n" * 5_000)


async def _extensions(visit: Visit) -> None:
    await visit.head("Transfer-Encoding: chunked")
    for _ in count():
        await visit.chunk(b" ", b";x=" + b"y" * 4_000)


async def _one_extension(visit: Visit) -> None:
    await visit.head("Transfer-Encoding: chunked")
    await visit.send(b"1;x=")
    for _ in count():
        await visit.send(b"y" * 30_000)


async def _trailer(visit: Visit) -> None:
    await visit.head("Transfer-Encoding: chunked")
    await visit.chunk(GOOD)
    await visit.chunk(b"")
    for number in count():
        await visit.send(b"X-Trailer-%d: %b\r\n" % (number, b"y" * 2_000))


async def _hints(visit: Visit) -> None:
    for _ in count():
        await visit.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 200)


async def _continue(visit: Visit) -> None:
    for _ in count():
        await visit.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 500)


async def _lines(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    for number in count():
        await visit.send(b"X-Line-%d: %b\r\n" % (number, b"y" * 500))


async def _one_line(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\nX-Line: ")
    for _ in count():
        await visit.send(b"y" * 20_000)


async def _status(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 ")
    for _ in count():
        await visit.send(b"O" * 20_000)


async def _page(visit: Visit) -> None:
    await visit.head(status="500 Internal Server Error", kind="text/html")
    for _ in count():
        await visit.send(b"<p>Something went wrong.</p>" * 1_000)


async def _redirect(visit: Visit) -> None:
    await visit.head("Location: /endless/redirect-body", status="302 Found")
    for _ in count():
        await visit.send(b"Elsewhere. " * 2_000)


async def _announced(visit: Visit) -> None:
    await visit.head("Content-Length: 5000000000")
    await visit.hold()


async def _absurd(visit: Visit) -> None:
    await visit.head("Content-Length: 99999999999999999999")
    await visit.hold()
