"""Looking up names with the system's resolver, each look-up in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE = 256
"""Look-ups under way at most. The system's resolver may sit on each for half a minute, whoever still waits for it: two
dozen requests that give a dead name up after 5 s and go on to the next one come to some 150."""


class SystemNames:
    """`getaddrinfo` on daemon threads: asyncio's executor has few threads and holds up the interpreter's exit.

    Whoever asks for a name that is being looked up shares that answer: a dead one takes one thread. Belongs to one
    event loop.
    """

    def __init__(self, getaddrinfo: Callable[..., Sequence[tuple[Any, ...]]] = socket.getaddrinfo) -> None:
        self._getaddrinfo = getaddrinfo
        self._answers: dict[tuple[str, int], asyncio.Future[list[str] | OSError]] = {}
        self._line: deque[tuple[str, int]] = deque()
        self._free = AT_ONCE

    async def __call__(self, name: str, port: int) -> list[str]:
        """Return the addresses of `name`, best first; OSError where it has none."""
        answer = self._answers.get((name, port))
        if answer is None:
            answer = self._answers[name, port] = asyncio.get_running_loop().create_future()
            self._line.append((name, port))
            self._go_on()
        found = await asyncio.shield(answer)  # who gives up leaves the others their answer
        if isinstance(found, OSError):
            raise type(found)(*found.args)  # one for each
        return found

    def _go_on(self) -> None:
        while self._line and self._free:
            self._free -= 1
            self._ask(*self._line.popleft())

    def _ask(self, name: str, port: int) -> None:
        loop = asyncio.get_running_loop()

        def settle(found: list[str] | OSError) -> None:
            self._free += 1
            self._answers.pop((name, port)).set_result(found)
            self._go_on()

        def ask() -> None:
            found: list[str] | OSError
            try:
                found = [str(info[4][0]) for info in self._getaddrinfo(name, port, type=socket.SOCK_STREAM)]
            except (OSError, UnicodeError) as error:
                found = error if isinstance(error, OSError) else OSError(str(error))
            with suppress(RuntimeError):  # the loop has been closed meanwhile
                loop.call_soon_threadsafe(settle, found)

        try:
            threading.Thread(target=ask, name="tocsin-name", daemon=True).start()
        except RuntimeError as error:  # the system has no room for another
            loop.call_soon(settle, OSError(str(error)))
