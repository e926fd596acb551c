"""A scriptable feed server: documents by path, conditional GET, delays, faults, and a log of what was asked."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from servers.loopback import LoopbackServer, body_of, lower, send

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.server import BaseHTTPRequestHandler

RSS_TYPE = "application/rss+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came. `headers` by lower-case name; `at` in seconds of `time.monotonic`."""

    method: str
    path: str
    headers: Mapping[str, str]
    at: float
    status: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers.

    `body` may be a callable, asked at each request. `etag` True: a strong one made of the body; a string: as it stands;
    False: none. `delay` in seconds. `cut`: hang up in the middle of the body.
    """

    body: bytes | Callable[[], bytes] = b""
    content_type: str = RSS_TYPE
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    etag: bool | str = True
    last_modified: str | None = None
    cut: bool = False


_ABSENT = Answer(b"There is no such feed.\n", "text/plain; charset=utf-8", 404, etag=False)


class FeedServer(LoopbackServer):
    """Serves what `publish` was given; knows every request that was answered."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._next: dict[str, deque[Answer]] = {}
        self._requests: list[Request] = []
        super().__init__()

    def publish(self, path: str, body: bytes | Callable[[], bytes] = b"", **answer: Any) -> str:
        """Let `path` answer so from now on (see `Answer`); return its URL."""
        with self.changed:
            self._answers[path] = Answer(body, **answer)
        return self.url(path)

    def answer_next(self, path: str, *answers: Answer) -> None:
        """Let `path` give these answers once each, in this order, before its usual one."""
        with self.changed:
            self._next.setdefault(path, deque()).extend(answers)

    def requests(self, path: str | None = None) -> list[Request]:
        """What was asked so far, of one path or of all; the query string is part of a path."""
        with self.changed:
            return [request for request in self._requests if path is None or request.path == path]

    def wait_for(self, path: str, count: int, timeout: float = 10.0) -> list[Request]:
        """Wait until `path` was asked `count` times; return those requests."""
        self.wait_until(
            lambda: len(self.requests(path)) >= count,
            timeout,
            what=f"{count} requests of {path}; got {self.requests(path)}",
        )
        return self.requests(path)

    def answer(self, exchange: BaseHTTPRequestHandler) -> None:
        at = time.monotonic()
        body_of(exchange)
        headers = lower(exchange.headers)
        with self.changed:
            waiting = self._next.get(exchange.path)
            chosen = waiting.popleft() if waiting else self._answers.get(exchange.path, _ABSENT)
        if chosen.delay and self.closing.wait(chosen.delay):
            exchange.close_connection = True
            return
        status, sent, body = _render(chosen, headers)
        try:
            if chosen.cut:
                sent["Content-Length"] = str(len(body))
                body, exchange.close_connection = body[: len(body) // 2], True
            send(exchange, status, sent, body)
        finally:
            with self.changed:
                self._requests.append(Request(exchange.command, exchange.path, headers, at, status))
                self.changed.notify_all()


def _render(answer: Answer, request: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body: 304 where the validators of `request` still hold (RFC 9110 section 13.2.2)."""
    body = answer.body() if callable(answer.body) else answer.body
    headers = {"Content-Type": answer.content_type}
    if answer.etag is True:
        headers["ETag"] = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
    elif answer.etag:
        headers["ETag"] = answer.etag
    if answer.last_modified:
        headers["Last-Modified"] = answer.last_modified
    headers |= answer.headers
    if answer.status == 200 and _unchanged(headers, request):
        return 304, headers, b""
    return answer.status, headers, body


def _unchanged(headers: Mapping[str, str], request: Mapping[str, str]) -> bool:
    if "if-none-match" in request:
        return request["if-none-match"] == headers.get("ETag")
    return "if-modified-since" in request and request["if-modified-since"] == headers.get("Last-Modified")
