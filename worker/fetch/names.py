"""Looking up names with the system's resolver, each look-up in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE = 64
"""Look-ups under way at most; the system's resolver may sit on each for half a minute, asked for or not."""


class SystemNames:
    """`getaddrinfo` on daemon threads: asyncio's executor has few threads and holds up the interpreter's exit."""

    def __init__(self, getaddrinfo: Callable[..., Sequence[tuple[Any, ...]]] = socket.getaddrinfo) -> None:
        self._getaddrinfo = getaddrinfo
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, name: str, port: int) -> list[str]:
        """Return the addresses of `name`, best first; OSError where it has none."""
        loop = asyncio.get_running_loop()
        await self._slots.acquire()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(found: list[str] | OSError) -> None:
            self._slots.release()
            if answer.done():  # nobody waits any more
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def ask() -> None:
            found: list[str] | OSError
            try:
                found = [str(info[4][0]) for info in self._getaddrinfo(name, port, type=socket.SOCK_STREAM)]
            except (OSError, UnicodeError) as error:
                found = error if isinstance(error, OSError) else OSError(str(error))
            with suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(settle, found)

        threading.Thread(target=ask, name="tocsin-name", daemon=True).start()
        return await answer
