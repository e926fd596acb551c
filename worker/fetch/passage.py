"""What one request may do on the wire; the sockets below the parser hold it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from worker.errors import BadResponse, FetchError, Refused


@dataclass(slots=True)
class Passage:
    """One request's permission: the endpoints it may connect to and the bytes it may still receive.

    Attributes:
        place: `host:port` of the request, for messages.
        bytes_left: Falls with every read; below 0 the connection is cut off.
        endpoints: (address, port) pairs that the policy has admitted for this very request.
        refused: An endpoint that was asked for without being admitted.
        naming: Whether the name is being looked up.
        broken: Whether receiving ended in an error (a reset) instead of the peer's end.
        farewell: Whether the peer has said that its TLS ends here (close_notify, RFC 8446 section 6.1); None: no TLS.
    """

    place: str
    bytes_left: int
    endpoints: set[tuple[str, int]] = field(default_factory=set)
    refused: str | None = None
    naming: bool = False
    broken: bool = False
    farewell: bool | None = None

    def took(self, count: int) -> None:
        """Count received bytes; ConnectionAbortedError once there are too many."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise ConnectionAbortedError("more bytes than this request may receive")

    def gave(self, count: int) -> None:
        """Give back for `count` bytes of body handed on: these have a cap of their own, where they are read."""
        self.bytes_left += count + count // 4

    def broken_rule(self) -> FetchError | None:
        """The error that explains a broken connection, where it was we who broke it."""
        if self.refused is not None:
            return Refused(f"{self.place}: {self.refused} refused")
        if self.bytes_left < 0:
            return BadResponse(f"{self.place}: more bytes on the wire than a response may take")
        return None

    def faulty_close(self) -> FetchError | None:
        """Why the connection's end is not that of a body which nothing else ends (RFC 9112 sections 8 and 9.8)."""
        fault = self.broken_rule()
        if fault is None and self.broken:
            return BadResponse(f"{self.place}: the body is cut short (the connection broke)")
        if fault is None and self.farewell is False:
            return BadResponse(f"{self.place}: the body is cut short (TLS ended without saying so)")
        return fault


# Tasks copy their context when made, so what aiohttp starts for a request finds that request's passage.
PASSAGE: ContextVar[Passage] = ContextVar("passage")
