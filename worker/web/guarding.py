"""Around every answer: headers that keep browsers careful, a cap on what is read, one line of log without tokens."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.status import HTTP_413_CONTENT_TOO_LARGE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("worker.web.access")

BODY_LIMIT: Final = 64 * 1024
"""Bytes of a request's body."""

GONE_AWAY: Final = 499
"""What the log says where a connection ended before the request did."""

LONGEST_PATH: Final = 200

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "x-robots-tag": "noindex",
}
"""On everything; an answer that says nothing about caches is not to be kept."""

QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked for every few seconds by whatever watches over us."""

_TOKEN = re.compile(r"(?<=^/links/).+|(?<=^/out/)[^/.]+|(?<=/)[^/.]{24,}", re.DOTALL)


def shown_path(path: str) -> str:
    """Return a path as a log may hold it: no tokens, nor what may be one, and not all of what somebody made up."""
    return _TOKEN.sub("***", path)[:LONGEST_PATH]


class Guarded:
    """The application, guarded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, read = time.monotonic(), 500, 0

        async def receive_some() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > BODY_LIMIT:
                raise HTTPException(HTTP_413_CONTENT_TOO_LARGE)
            return message

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            await self._app(_announced(scope), receive_some, send_guarded)
        except ClientDisconnect:
            status = GONE_AWAY  # its choice or ours, and no mistake of the application
        finally:
            say = log.debug if scope["path"] in QUIET else log.info
            path, took = shown_path(scope["path"]), round(time.monotonic() - began, 4)
            say("answered", method=scope["method"], path=path, status=status, seconds=took)


def _announced(scope: Scope) -> Scope:
    """Mark a request that says itself that its body is too long; `refuse_too_long` answers it."""
    length = Headers(scope=scope).get("content-length", "0")
    too_long = not length.isdecimal() or len(length) > len(str(BODY_LIMIT)) or int(length) > BODY_LIMIT
    return {**scope, "state": {**scope.get("state", {}), "too_long": too_long}}
