"""The newswire's HTTP server: one thread a connection, keep-alive, GET and HEAD."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING

from worker.service.newswire.answer import answer
from worker.service.newswire.script import read_script

if TYPE_CHECKING:
    from datetime import datetime

    from worker.clock import Clock
    from worker.service.newswire.script import Script

HOST = "127.0.0.1"
_IDLE_S = 60.0


class Newswire(ThreadingHTTPServer):
    """Serves `script` on a loopback port (0: any free one) from construction on; `serve_forever` runs it.

    Args:
        port: Where to listen; OSError where it is taken.
        script: What to publish.
        start: The aware moment to which the script's seconds are added.
        clock: Tells how many of them have passed.
    """

    daemon_threads = True  # an idle connection must not hold up the end

    def __init__(self, port: int, script: Script, *, start: datetime, clock: Clock) -> None:
        self.script = script
        self.start = start
        self.clock = clock
        super().__init__((HOST, port), _Handler)

    @property
    def elapsed(self) -> float:
        """Seconds since `start`."""
        return (self.clock.now() - self.start).total_seconds()

    @property
    def base(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://{HOST}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_S
    wbufsize = -1  # headers and body in one packet
    server: Newswire

    def do_GET(self) -> None:
        wire = self.server
        request = {name.lower(): value for name, value in self.headers.items()}
        given = answer(wire.script, self.path, request, elapsed=wire.elapsed, start=wire.start, base=wire.base)
        self.send_response(given.status)
        for name, value in given.headers.items():
            self.send_header(name, value)
        if given.status != 304:  # noqa: PLR2004 - Not Modified, which has no body and says nothing of its length
            self.send_header("Content-Length", str(len(given.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given.body)

    do_HEAD = do_GET  # noqa: N815 - as above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: the demonstration shows alerts, and the journal of polls shows the requests."""


def bundled_script() -> Script:
    """Return the script that comes with the package."""
    return read_script(files(__package__).joinpath("script.yaml").read_text(encoding="utf-8"))


def free_port() -> int:
    """Return a loopback port that was free just now: to be named in the configuration before the newswire starts."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
