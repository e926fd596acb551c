"""Status lines and headers: too many, too long, or nothing of the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.hostile.doors import AT_TLS
from servers.hostile.endpoint import Endpoint, error, new, says, serves
from servers.hostile.feed import GOOD

if TYPE_CHECKING:
    from servers.hostile.endpoint import Ending
    from servers.hostile.visit import Visit

NO_HTTP = "not HTTP"
WRONG = error(NO_HTTP)
TOO_LONG = "not HTTP|over 64 KB|more bytes"


def endpoints() -> list[Endpoint]:
    """The family."""
    rest = b"Content-Type: application/rss+xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(GOOD), GOOD)

    def began(name: str, first: bytes, ending: Ending = WRONG) -> Endpoint:
        return says(f"/heads/{name}", first + b"\r\n" + rest, ending)

    return [
        began("status-in-words", b"HTTP/1.1 fine OK"),
        began("status-of-two-digits", b"HTTP/1.1 20 OK"),
        began("status-with-letters", b"HTTP/1.1 2OO OK"),
        began("status-negative", b"HTTP/1.1 -200 OK"),
        began("version-of-another-world", b"HTTQ/1.1 200 OK"),
        began("shoutcast", b"ICY 200 OK"),
        began("status-line-of-100-KB", b"HTTP/1.1 200 " + b"O" * 100_000, error(TOO_LONG)),
        began("without-a-reason", b"HTTP/1.1 200 ", new()),
        began("header-without-a-colon", b"HTTP/1.1 200 OK\r\nnothing to see here"),
        began("header-without-a-name", b"HTTP/1.1 200 OK\r\n: value"),
        began("header-with-NUL", b"HTTP/1.1 200 OK\r\nX-Nul: a\0b"),
        began("header-of-100-KB", b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 100_000, error(TOO_LONG)),
        began("headers-of-90-KB-together", b"HTTP/1.1 200 OK\r\n" + _lines(45, 2_000), error(TOO_LONG)),
        began("200-header-lines", b"HTTP/1.1 200 OK\r\n" + _lines(200, 5), error(TOO_LONG)),
        began("10,000-header-lines", b"HTTP/1.1 200 OK\r\n" + _lines(10_000, 5), error(TOO_LONG)),
        began("60-header-lines", b"HTTP/1.1 200 OK\r\n" + _lines(60, 500), new()),
        began("header-in-latin-1", b"HTTP/1.1 200 OK\r\nX-Town: K\xf6ln", new()),
        says("/heads/no-head", GOOD, error(NO_HTTP)),
        says("/heads/greeting", b"220 mail.example ESMTP ready\r\n", error(NO_HTTP)),
        says("/heads/ssh", b"SSH-2.0-OpenSSH_9.2\r\n", error(NO_HTTP)),
        says("/heads/tls-alert", b"\x15\x03\x03\x00\x02\x02\x50", error(NO_HTTP)),
        says("/heads/noise", bytes(range(256)) * 40, error(NO_HTTP)),
        says("/heads/request", b"GET / HTTP/1.1\r\nHost: you\r\n\r\n", error(NO_HTTP)),
        Endpoint("/heads/three-early-hints", _hints, new()),
        Endpoint(AT_TLS, _plain, error("TLS"), url="https://{here}" + AT_TLS),
        serves("/heads/type-of-20-KB", GOOD, new(), kind="application/rss+xml; x=" + "y" * 20_000),
        serves("/heads/type-of-nonsense", GOOD, new(), kind=";;;=charset,\"'"),
        serves("/heads/type-of-a-picture", GOOD, new(), kind="image/jpeg"),
        serves("/heads/etag-of-30-KB", GOOD, new(), f'ETag: "{"e" * 30_000}"'),
    ]


def _lines(count: int, length: int) -> bytes:
    return b"\r\n".join(b"X-Line-%d: %b" % (number, b"y" * length) for number in range(count))


async def _hints(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 3)
    await visit.answer(GOOD)


async def _plain(visit: Visit) -> None:
    """The visitor has offered a TLS handshake."""
    await visit.answer(b"This is a plain port.\n", status="400 Bad Request", kind="text/plain")
