"""Statuses that are no document: each has its word, and none of them empties a feed (RELIABILITY 12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from servers.hostile.endpoint import Ending, backoff, error, says, serves
from servers.hostile.feed import GOOD

if TYPE_CHECKING:
    from servers.hostile.endpoint import Endpoint

CHALLENGE = b"""<!DOCTYPE html><html><head><title>Just a moment...</title>
<script src="/cdn-cgi/challenge-platform/scripts/go.js"></script></head>
<body><h1>Checking your browser</h1><noscript>Enable JavaScript and cookies to continue.</noscript>
<form id="challenge-form" class="cf-challenge"><p>Please verify you are human: solve this captcha.</p></form></body></html>"""
PAGE = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>No such ferry.</body></html>"
UNASKED = "nobody asked|unasked|not asked"


def endpoints() -> list[Endpoint]:
    """The family."""

    def page(status: str, ending: Ending, *lines: str, body: bytes = PAGE) -> Endpoint:
        name = "-".join([status.lower().replace(" ", "-"), *(lines and ["and", *lines[0].lower().split(" ")[:1]])])
        return serves(f"/statuses/{name.strip(':')}", body, ending, *lines, status=status, kind="text/html")

    def waits(name: str, status: str, retry_after: str) -> Endpoint:
        return serves(
            f"/statuses/{name}",
            PAGE,
            backoff(int(status[:3])),
            f"Retry-After: {retry_after}",
            status=status,
            kind="text/html",
        )

    soon = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    many, away = "429 Too Many Requests", "503 Service Unavailable"
    return [
        page("400 Bad Request", error("400", 400)),
        page("401 Unauthorized", error("401", 401), 'WWW-Authenticate: Basic realm="feeds"'),
        page("402 Payment Required", error("402", 402)),
        page("403 Forbidden", error("403", 403)),
        serves(
            "/statuses/403-with-a-challenge",
            CHALLENGE,
            error("403", 403, state="blocked"),
            "Server: cloudflare",
            "cf-mitigated: challenge",
            status="403 Forbidden",
            kind="text/html; charset=UTF-8",
        ),
        page("404 Not Found", error("404", 404)),
        serves("/statuses/404-with-a-feed", GOOD, error("404", 404), status="404 Not Found"),
        page("405 Method Not Allowed", error("405", 405)),
        page("406 Not Acceptable", error("406", 406)),
        page("407 Proxy Authentication Required", error("407", 407)),
        serves("/statuses/410-gone", PAGE, Ending("gone", 410, "gone", 0, "410"), status="410 Gone", kind="text/html"),
        page("418 I'm a teapot", error("418", 418)),
        page("421 Misdirected Request", error("421", 421)),
        page("426 Upgrade Required", error("426", 426), "Upgrade: h2c"),
        page("451 Unavailable For Legal Reasons", error("451", 451)),
        page("500 Internal Server Error", error("500", 500)),
        page("502 Bad Gateway", error("502", 502)),
        page("504 Gateway Timeout", error("504", 504)),
        page("999 Request denied", error("999", 999)),
        waits("429-in-seconds", many, "120"),
        waits("429-by-date", many, soon),
        waits("429-absurd", many, "99999999999999999999"),
        waits("429-negative", many, "-120"),
        waits("429-in-words", many, "when you like"),
        waits("503-in-seconds", away, "3600"),
        waits("503-in-the-past", away, "Thu, 01 Jan 1970 00:00:00 GMT"),
        waits("503-in-year-9999", away, "Fri, 31 Dec 9999 23:59:59 GMT"),
        serves("/statuses/503-bare", b"", backoff(503), status=away),
        serves("/statuses/200-empty", b"", error("empty")),
        says("/statuses/204-no-content", b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", error("empty|204")),
        serves("/statuses/205-reset-content", b"", error("empty|205"), status="205 Reset Content"),
        serves(
            "/statuses/206-unasked",
            GOOD[:400],
            error(UNASKED),
            f"Content-Range: bytes 0-399/{len(GOOD)}",
            status="206 Partial Content",
        ),
        serves("/statuses/226-unasked", GOOD, error(UNASKED), "IM: feed", status="226 IM Used"),
        says(
            "/statuses/304-unasked",
            b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nConnection: close\r\n\r\n',
            error(UNASKED),
        ),
        says(
            "/statuses/101-unasked",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            error("101|not HTTP|hung up"),
        ),
        serves(
            "/statuses/300-choices",
            PAGE,
            error("300", 300),
            "Location: /statuses/404-with-a-feed",
            status="300 Multiple Choices",
        ),
        serves(
            "/statuses/305-use-proxy", PAGE, error("305", 305), "Location: http://127.0.0.1:9/", status="305 Use Proxy"
        ),
    ]
