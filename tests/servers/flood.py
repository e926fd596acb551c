"""A receiver whose answer does not end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.loopback import LoopbackServer, body_of

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

TEN_GB = 10 * 2**30
_BLOCK = bytes(64 * 1024)


class Flood(LoopbackServer):
    """Says 200 and that ten gigabytes follow, and sends until the client has had enough.

    Attributes:
        sent: Of each answer that has come to its end, the bytes that went out; what lay in buffers counts.
    """

    def __init__(self) -> None:
        self.sent: list[int] = []
        super().__init__()

    def answer(self, exchange: BaseHTTPRequestHandler) -> None:
        body_of(exchange)
        exchange.send_response(200)
        exchange.send_header("Content-Length", str(TEN_GB))
        exchange.end_headers()
        exchange.close_connection = True
        sent = 0
        try:
            while sent < TEN_GB and not self.closing.is_set():
                exchange.wfile.write(_BLOCK)
                sent += len(_BLOCK)
        except OSError:
            pass  # that is what it waits for
        with self.changed:
            self.sent.append(sent)
            self.changed.notify_all()
