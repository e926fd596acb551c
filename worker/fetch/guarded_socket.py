"""Sockets that know whose request they serve: made only for admitted endpoints, they count every byte received."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

from worker.fetch.passage import PASSAGE, Passage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from aiohttp import AddrInfoType


class GuardedSocket(socket.socket):
    """Counts what it receives against the passage of the request that it serves at the moment.

    Needs asyncio's own selector loop: others (uvloop) read the descriptor themselves.
    """

    __slots__ = ("passage",)
    passage: Passage

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive as usual, and count; ConnectionAbortedError past the cap."""
        try:
            received = super().recv(bufsize, flags)
        except OSError as error:
            self._note(error)
            raise
        self.passage.took(len(received))
        return received

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0, /) -> int:
        """As `recv`, for TLS connections."""
        try:
            count = super().recv_into(buffer, nbytes, flags)
        except OSError as error:
            self._note(error)
            raise
        self.passage.took(count)
        return count

    def _note(self, error: OSError) -> None:
        """Tell the passage that the connection broke: the parser takes that for the end of a body without a length."""
        if not isinstance(error, BlockingIOError | InterruptedError):
            self.passage.broken = True

    def is_quiet(self) -> bool:
        """Whether nothing waits to be read: neither an answer that nobody asked for nor the peer's farewell."""
        try:
            super().recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


def guarded_socket(info: AddrInfoType) -> GuardedSocket:
    """Make the socket for one connection: the last gate, which aiohttp passes for IP literals too.

    Raises PermissionError unless the policy admitted this very endpoint for the request at hand.
    """
    family, kind, protocol, _, address = info
    passage = PASSAGE.get()
    host, port = str(address[0]), int(address[1])
    if (str(ip_address(host)), port) not in passage.endpoints:
        passage.refused = f"{host}:{port}"
        raise PermissionError(f"{passage.refused} was not admitted")
    made = GuardedSocket(family, kind, protocol)
    made.passage = passage
    return made
