"""TLS connections that know whether the peer has said its farewell."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from worker.fetch.passage import PASSAGE

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from worker.fetch.passage import Passage


class GuardedTls(ssl.SSLObject):
    """Notes the peer's close_notify, which asyncio tells nobody of: without it a plain end may be an attacker's.

    Made by an SSLContext whose `sslobject_class` it is.
    """

    _passage: Passage

    def serve(self, passage: Passage) -> None:
        """Note for this request from now on."""
        passage.farewell = False
        self._passage = passage

    def do_handshake(self) -> None:
        """Shake hands as usual, on behalf of the request that the connection is made for."""
        self.serve(PASSAGE.get())
        super().do_handshake()

    def read(self, len: int = 1024, buffer: WriteableBuffer | None = None) -> bytes:  # noqa: A002 - ssl's own name
        """Read as usual; nothing at all is what close_notify reads as."""
        # typeshed knows of the bytes that come without a buffer, not of the count that comes with one.
        received: bytes = super().read(len, buffer)
        if not received:
            self._passage.farewell = True
        return received
