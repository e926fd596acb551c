"""The hostile server: raw streams on a thread of its own, for half of what it says is no HTTP."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from servers.hostile.doors import AT_SLAM, AT_TLS
from servers.hostile.house import every_endpoint
from servers.hostile.visit import LONGEST, Enough, Places, Visit, break_off

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from servers.hostile.endpoint import Endpoint

    Door = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

LONGEST_HEAD = 128 * 1024
TLS_RECORD = b"\x16"


@dataclass(slots=True)
class Asked:
    """One request of an endpoint; `at` and `ended` (None while it lasts) in seconds of `time.time`."""

    target: str
    headers: Mapping[str, str]
    at: float
    ended: float | None = field(default=None)


class HostileServer:
    """Runs from its construction until `close`; `endpoints` by path.

    `strays`: what was asked where nothing is; `faults`: what went wrong in an endpoint itself, raised by `close`.
    """

    def __init__(self, canary: int) -> None:
        found = every_endpoint()
        self.endpoints: dict[str, Endpoint] = {one.path: one for one in found}
        assert len(self.endpoints) == len(found), "two endpoints share a path"
        self.strays: list[str] = []
        self.faults: list[BaseException] = []
        self._asked: dict[str, list[Asked]] = {path: [] for path in self.endpoints}
        self._changed = threading.Condition()
        self._canary = canary
        self._opened = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="hostile", daemon=True)
        self._thread.start()
        assert self._opened.wait(10), "the hostile server does not come up"

    @property
    def allowed(self) -> list[str]:
        """What `fetch_allow` must name for the endpoints to be reached, and nothing else."""
        return [self.places.here, self.places.slam]

    def url(self, endpoint: Endpoint) -> str:
        """The address to configure."""
        return self.places.fill(endpoint.template)

    def asked(self, path: str) -> list[Asked]:
        """The requests of one endpoint so far, redirects within it included."""
        with self._changed:
            return list(self._asked[path])

    def wait_until(self, happened: Callable[[], bool], timeout: float, what: Callable[[], object]) -> None:
        """Wait until `happened()`; fail with `what()` after `timeout` seconds."""
        with self._changed:
            assert self._changed.wait_for(happened, timeout), f"not within {timeout:g} s: {what()}"

    def unfinished(self) -> list[str]:
        """Paths that were not asked as often as they must be, or whose last visitor is still there."""
        with self._changed:
            return [
                path
                for path, endpoint in self.endpoints.items()
                if endpoint.seen
                and (len(self._asked[path]) < endpoint.polls or any(visit.ended is None for visit in self._asked[path]))
            ]

    def close(self) -> None:
        """End every connection and the thread; raise what went wrong in an endpoint."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(10)
            assert not self._thread.is_alive(), "the hostile server does not end"
        if self.faults:
            raise self.faults[0]

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._open())

    async def _open(self) -> None:
        self._closing = asyncio.Event()
        main = await asyncio.start_server(self._guarded(self._meet), "127.0.0.1", 0, backlog=256)
        slam = await asyncio.start_server(self._guarded(self._slam), "127.0.0.1", 0, backlog=256)
        here, slamming = (f"127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in (main, slam))
        self.places = Places(here, slamming, self._canary)
        self._opened.set()
        await self._closing.wait()
        main.close()
        slam.close()
        # The runner cancels the visits that are under way.

    def _guarded(self, door: Door) -> Door:
        """A door that keeps its faults: asyncio would only log them."""

        async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                async with asyncio.timeout(LONGEST):
                    await door(reader, writer)
            except (ConnectionError, TimeoutError, Enough, asyncio.CancelledError):
                pass  # visitors may go, and some are thrown out
            except Exception as fault:  # noqa: BLE001 - the test shall hear of it, whatever it is
                self.faults.append(fault)
            finally:
                with suppress(ConnectionError):
                    writer.close()

        return meet

    async def _slam(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = self._note(AT_SLAM, "", {})
        break_off(writer)
        self._end(asked)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await _head(reader)
        if not head:
            return
        target, headers = (AT_TLS, {}) if head.startswith(TLS_RECORD) else _parsed(head)
        path = self._path(target)
        if path is None:
            self.strays.append(target)
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        nth = len(self._asked[path])
        asked = self._note(path, target, headers)
        try:
            await self.endpoints[path].serve(
                Visit(self.places, target, target[len(path) :], headers, nth, reader, writer)
            )
        finally:
            self._end(asked)

    def _path(self, target: str) -> str | None:
        """The endpoint that holds `target`: the longest path that it equals or lies under."""
        path = target.partition("?")[0]
        while path and path not in self.endpoints:
            path = path.rpartition("/")[0]
        return path or None

    def _note(self, path: str, target: str, headers: Mapping[str, str]) -> Asked:
        asked = Asked(target, headers, time.time())
        with self._changed:
            self._asked[path].append(asked)
            self._changed.notify_all()
        return asked

    def _end(self, asked: Asked) -> None:
        with self._changed:
            asked.ended = time.time()
            self._changed.notify_all()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The request's head, or the first bytes of a TLS handshake; b"" where nobody says anything whole."""
    head = b""
    while b"\r\n\r\n" not in head and not head.startswith(TLS_RECORD):
        piece = await reader.read(4096)
        head += piece
        if not piece or len(head) > LONGEST_HEAD:
            return b""
    return head


def _parsed(head: bytes) -> tuple[str, dict[str, str]]:
    """Target and headers, by lower-case name."""
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    named = (line.partition(":") for line in lines)
    return [*first.split(" "), "", ""][1], {name.lower(): value.strip() for name, _, value in named}
