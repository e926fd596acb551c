"""What clients of the network send with."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

    from worker.clock import Clock
    from worker.fetch.loop_thread import LoopThread
    from worker.fetch.transport import GuardedTransport

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Egress:
    """One kind of traffic on its way out, for any number of clients (fetchers with limits of their own, posters).

    Each client leaves by itself, and cancels only what it began; the last to leave closes the connections, which all
    of them share. A client may start again later: then it is one again, and must leave again.

    Attributes:
        thread: Runs what is started; may be shared with other kinds.
        transport: Belongs to this egress alone.
        user_agent: What the service calls itself.
        clock: Tells what a date in Retry-After or Expires is counted from.
    """

    thread: LoopThread
    transport: GuardedTransport
    user_agent: str
    clock: Clock
    _clients: set[object] = field(default_factory=set, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def start(self, client: object, coroutine: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Run what `coroutine` makes, in the loop, for `client`; the future's cancel() cancels it there."""
        with self._lock:
            running = self.thread.start(client, coroutine)
            self._clients.add(client)
            return running

    def leave(self, client: object) -> None:
        """Cancel what is in flight for `client`, and close every connection if no other client is left.

        Nothing happens for a client that never began anything.
        """
        # Held to the end: whoever starts meanwhile must find either the connections or none, not their closing.
        with self._lock:
            self._clients.discard(client)
            self.thread.leave(client, _nothing if self._clients else self.transport.aclose)


async def _nothing() -> None:
    """The farewell of a client that others stay behind."""
