"""One connection to a hostile endpoint, and all that may be done to it; bounded in bytes and in time."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from servers.hostile.feed import RSS

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 32 << 20
"""Bytes that one visit sends at most."""
LONGEST = 45.0
"""Seconds that one visit lasts at most: over twice what a poll may take."""
PIECE = 64 * 1024


class Enough(Exception):
    """The visitor took more than anybody should."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: the doors as host:port, the canary's port on every address that it sits on."""

    here: str
    slam: str
    canary: int

    def fill(self, template: str) -> str:
        """Put the places into an address."""
        return template.format(here=self.here, slam=self.slam, canary=self.canary, port=self.here.rpartition(":")[2])


@dataclass(slots=True)
class Visit:
    """A request that came. `target`: path and query as asked; `rest`: what follows the endpoint's path; `nth` from 0."""

    places: Places
    target: str
    rest: str
    headers: Mapping[str, str]
    nth: int
    reader: asyncio.StreamReader = field(repr=False)
    writer: asyncio.StreamWriter = field(repr=False)
    sent: int = 0

    async def send(self, *pieces: bytes) -> None:
        """Send bytes as they are; Enough past the bound."""
        for piece in pieces:
            for start in range(0, len(piece), PIECE):
                part = piece[start : start + PIECE]
                self.sent += len(part)
                if self.sent > MOST:
                    raise Enough
                self.writer.write(part)
                await self.writer.drain()

    async def head(self, *lines: str, status: str = "200 OK", kind: str = RSS) -> None:
        """Send a head that says how the connection ends, and whatever `lines` say."""
        named = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close", *lines]
        await self.send("\r\n".join([*named, "\r\n"]).encode("latin-1"))

    async def answer(self, body: bytes, *lines: str, status: str = "200 OK", kind: str = RSS) -> None:
        """Send a whole answer in perfect HTTP."""
        await self.head(f"Content-Length: {len(body)}", *lines, status=status, kind=kind)
        await self.send(body)

    async def redirect(self, location: str, status: str = "302 Found") -> None:
        """Send the visitor on."""
        await self.answer(b"", f"Location: {location}", status=status)

    async def chunk(self, data: bytes, extension: bytes = b"") -> None:
        """Send one chunk (RFC 9112, 7.1); an empty one is the last, and its trailer is the caller's."""
        await self.send(b"%x%b\r\n%b\r\n" % (len(data), extension, data) if data else b"0%b\r\n" % extension)

    async def trickle(self, data: bytes, every: float) -> None:
        """Send `data` byte by byte, `every` so many seconds, until the visitor has gone."""
        for byte in data:
            await self.send(bytes((byte,)))
            await asyncio.sleep(every)

    async def hold(self) -> None:
        """Say nothing more, until the visitor goes."""
        with suppress(ConnectionError):
            while await self.reader.read(PIECE):
                pass

    async def reset(self) -> None:
        """Break the connection off (RST), after what was sent has arrived."""
        await asyncio.sleep(0.05)
        break_off(self.writer)


def break_off(writer: asyncio.StreamWriter) -> None:
    """Close with a reset instead of an end (socket(7), SO_LINGER of 0)."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
