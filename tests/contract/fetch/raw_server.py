"""An HTTP server that says exactly the bytes it is told to, on loopback, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable

PATIENCE = 20.0  # seconds until a test gives up waiting for something that must happen


@dataclass(frozen=True, slots=True)
class RawRequest:
    """One request as it came; `connection` numbers the connection it came over, from 1."""

    line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.line.split(b" ")[1].decode("ascii")

    def header(self, name: bytes) -> bytes | None:
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a path answers: `pieces` makes the bytes anew for each request; then the connection closes, or stays.

    `breaks`: instead of closing in order it breaks off, by a reset or (over TLS) by an end without a farewell.

    A client that asks again before it has noticed the close gets a hang-up: say `Connection: close` where it may.
    """

    pieces: Callable[[RawRequest], AsyncIterator[bytes]]
    close: bool
    breaks: Literal["reset", "end"] | None = None


class RawServer:
    """Answers on a loopback address and, if `tls` is given, over TLS.

    A path without a reply hangs until the peer goes away.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, host: str = "127.0.0.1") -> None:
        self._host = host
        self.requests: list[RawRequest] = []
        self.connections = 0
        self.open = 0
        self.port = 0
        self._tls = tls
        self._replies: dict[str, Reply] = {}
        self._tasks: set[asyncio.Task[None] | None] = set()
        self._changed = threading.Condition()
        self._loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    @property
    def place(self) -> str:
        return f"[{self._host}]:{self.port}" if ":" in self._host else f"{self._host}:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{'https' if self._tls else 'http'}://{self.place}{path}"

    def says(self, path: str, raw: bytes, *, close: bool = True) -> None:
        """Answer `path` with these bytes."""

        async def pieces(request: RawRequest) -> AsyncIterator[bytes]:
            del request
            yield raw

        self._replies[path] = Reply(pieces, close)

    def breaks_off(self, path: str, raw: bytes, how: Literal["reset", "end"] = "reset") -> None:
        """Answer `path` with these bytes, then break off."""

        async def pieces(request: RawRequest) -> AsyncIterator[bytes]:
            del request
            yield raw
            await asyncio.sleep(0.05)  # a reset takes with it what had not been read

        self._replies[path] = Reply(pieces, close=True, breaks=how)

    def does(self, path: str, pieces: Callable[[RawRequest], AsyncIterator[bytes]], *, close: bool = True) -> None:
        """Answer `path` with what `pieces` yields."""
        self._replies[path] = Reply(pieces, close)

    def wait(self, happened: Callable[[], bool]) -> None:
        """Return once `happened()` after some request or end of a connection; fail after PATIENCE."""
        with self._changed:
            assert self._changed.wait_for(happened, PATIENCE), "it never happened"

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls, backlog=256)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._changed:
            self.connections += 1
            self.open += 1
            number = self.connections
        self._tasks.add(asyncio.current_task())  # the loop itself holds tasks weakly
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._answer(reader, writer, number):
                    pass
        finally:
            writer.transport.abort()
            with self._changed:
                self.open -= 1
                self._changed.notify_all()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        line, *lines = head[:-4].split(b"\r\n")
        headers = tuple((name, value.strip()) for name, _, value in (entry.partition(b":") for entry in lines))
        length = next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)
        request = RawRequest(line, headers, await reader.readexactly(length), number)
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        reply = self._replies.get(request.path)
        if reply is None:
            await reader.read()
            return False
        sending = asyncio.create_task(self._send(reply, request, writer))
        # A reply that waits or goes on for ever still ends when the peer is gone.
        gone = [asyncio.create_task(reader.read(1))] if reply.close else []
        try:
            await asyncio.wait([sending, *gone], return_when=asyncio.FIRST_COMPLETED)
        finally:
            whole = sending.done()
            for task in (sending, *gone):
                task.cancel()
            await asyncio.gather(sending, *gone, return_exceptions=True)
        if not whole or sending.cancelled() or sending.exception() is not None:
            return False
        if reply.breaks == "reset":
            # A linger of 0 makes abort() a reset (socket(7)).
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif reply.close and not reply.breaks:
            writer.close()
            await writer.wait_closed()
        return not reply.close

    async def _send(self, reply: Reply, request: RawRequest, writer: asyncio.StreamWriter) -> None:
        async for piece in reply.pieces(request):
            writer.write(piece)
            await writer.drain()


def response(body: bytes = b"<rss/>", *headers: bytes, status: bytes = b"200 OK", length: int | None = None) -> bytes:
    """A whole response; `length` overrides the true Content-Length."""
    lines = [b"HTTP/1.1 " + status, *headers, b"Content-Length: %d" % (len(body) if length is None else length)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
