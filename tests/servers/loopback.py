"""What the HTTP servers of the tests share: a thread, a free loopback port, an end that leaves no socket open."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message


class _Server(ThreadingHTTPServer):
    """Knows its connections, so that closing ends the threads that wait on them."""

    daemon_threads = False  # so that `server_close` joins them
    request_queue_size = 128

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.connections: set[socket.socket] = set()
        self.errors: list[BaseException] = []
        super().__init__(("127.0.0.1", 0), handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what went wrong for `close`, but for clients that go away: some tests are about them."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.errors.append(error)

    def server_close(self) -> None:
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    """Gives every request, whatever its method, to `answer`."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    wbufsize = -1  # one packet an answer, not one a header line

    owner: LoopbackServer

    def __getattr__(self, name: str) -> Any:
        """`do_GET` and its like: the caller asks for the method by name."""
        if name.startswith("do_"):
            return partial(self.owner.answer, self)
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Stay silent; the tests read `requests`."""


class LoopbackServer:
    """A threaded HTTP server on 127.0.0.1, running from its construction until `close`.

    A subclass answers in `answer(exchange)`, called in the connection's thread. Everything shared is guarded by
    `self.changed`, a condition that is notified whenever something happened.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.closing = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = _Server(handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """Host and port, as `fetch_allow` and `deliver_allow` take it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.address}{path}"

    def answer(self, exchange: BaseHTTPRequestHandler) -> None:
        raise NotImplementedError

    def wait_until(self, happened: Callable[[], bool], timeout: float, *, what: str) -> None:
        """Wait, without polling, until `happened()`; fail the test with `what` after `timeout` seconds."""
        with self.changed:
            assert self.changed.wait_for(happened, timeout), f"not within {timeout:g} s: {what}"

    def close(self) -> None:
        """End every exchange, thread and socket; raise what went wrong in a thread (a document's callable)."""
        if self.closing.is_set():
            return
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._server.errors:
            raise self._server.errors[0]


def body_of(exchange: BaseHTTPRequestHandler) -> bytes:
    """The request's body, by its Content-Length."""
    return exchange.rfile.read(int(exchange.headers.get("Content-Length") or 0))


def send(exchange: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    """Answer as told, with Content-Length unless `headers` names another framing."""
    exchange.send_response(status)
    for name, value in headers.items():
        exchange.send_header(name, value)
    framed = {name.lower() for name in headers} & {"content-length", "transfer-encoding"}
    if not framed and status not in {204, 304}:
        exchange.send_header("Content-Length", str(len(body)))
    exchange.end_headers()
    if exchange.command != "HEAD" and status not in {204, 304}:
        exchange.wfile.write(body)
    exchange.wfile.flush()


def lower(headers: Message) -> dict[str, str]:
    """Header lines by lower-case name; repeated ones joined as RFC 9110 section 5.3 allows."""
    joined: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined
