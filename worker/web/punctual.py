"""HTTP with a deadline: a connection whose request has not come whole in time is closed.

uvicorn ends connections that idle between two requests, and waits for ever for the rest of one. Whoever sends halves of
requests would take all the places that there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

REQUEST_S: Final = 15.0
"""So long a request may take to come, head and body, from its first byte on; the first of a connection, from there."""


class Punctual(H11Protocol):
    """One connection."""

    request_s = REQUEST_S
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.request_s, self._too_late)

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on with what came meanwhile."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Wait on while a request has begun and is not complete; a deadline that runs is kept, however much comes.

        What idles between two requests has a deadline of uvicorn's, until anything comes.
        """
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and self.timeout_keep_alive_task is None):
            if self._deadline is None:
                self._deadline = self.loop.call_later(self.request_s, self._too_late)
        else:
            self._forget()

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        self.transport.abort()


def punctual(request_s: float) -> type[H11Protocol]:
    """Return the protocol with this deadline."""
    return type("Punctual", (Punctual,), {"request_s": request_s})
