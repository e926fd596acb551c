"""The one event loop of a process, in a thread of its own; synchronous callers hand it coroutines."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from worker.memory import return_large_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

T = TypeVar("T")

CLOSING_SECONDS = 5.0


class LoopThread:
    """Starts with the first coroutine and ends when the last client that joined it has left.

    A daemon thread, so that it never holds up the interpreter's exit; asyncio's own selector loop, because
    `GuardedSocket` counts only there. Make it after the fork: RuntimeError in another process than its maker's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: dict[object, set[asyncio.Task[Any]]] = {}
        self._pid = os.getpid()

    @property
    def is_foreign(self) -> bool:
        """Whether this process is not the one that made it (after a fork its thread does not exist)."""
        return self._pid != os.getpid()

    def start(self, client: object, coroutine: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Run what `coroutine` makes, for `client`; the future's cancel() cancels it in the loop."""
        if self.is_foreign:
            raise RuntimeError("the loop thread crossed a fork: make it in the process that uses it")
        with self._lock:
            tasks = self._tasks.setdefault(client, set())
            if self._loop is None:
                return_large_blocks()  # this thread makes bodies, and others free them
                self._loop = asyncio.SelectorEventLoop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="tocsin-fetch", daemon=True)
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(_noted(tasks, coroutine), self._loop)

    def call(self, function: Callable[[], object]) -> None:
        """Call `function` in the loop, soon; nothing once it is closed."""
        with self._lock:
            if self._loop is not None and not self.is_foreign:
                self._loop.call_soon_threadsafe(function)

    def leave(self, client: object, farewell: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Cancel what runs for `client`, then run its `farewell`; the last to leave stops the thread.

        Nothing happens after a fork, or for a client that never began anything.
        """
        with self._lock:
            if self.is_foreign or self._loop is None or client not in self._tasks:
                return
            ending = asyncio.run_coroutine_threadsafe(_end(self._tasks.pop(client), farewell), self._loop)
            loop, thread = self._loop, self._thread
            last = not self._tasks
            if last:
                self._loop = self._thread = None
        ending.result(CLOSING_SECONDS)
        if last and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(CLOSING_SECONDS)
            loop.close()


async def _noted(tasks: set[asyncio.Task[Any]], coroutine: Callable[[], Coroutine[Any, Any, T]]) -> T:
    task = asyncio.current_task()
    if task is not None:
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    return await coroutine()


async def _end(tasks: set[asyncio.Task[Any]], farewell: Callable[[], Coroutine[Any, Any, None]]) -> None:
    running = tuple(tasks)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await farewell()
    # Transports close by call_soon: let these calls happen before the loop stops.
    await asyncio.sleep(0)
