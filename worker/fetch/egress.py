"""What a client of the network sends with."""

from __future__ import annotations

from dataclasses import dataclass
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
    """One kind of traffic on its way out: `thread` may be shared with other kinds, `transport` is its own.

    Attributes:
        thread: Runs what is started.
        transport: Closed with this.
        user_agent: What the service calls itself.
        clock: Tells what a date in Retry-After is counted from.
    """

    thread: LoopThread
    transport: GuardedTransport
    user_agent: str
    clock: Clock

    def start(self, coroutine: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Run what `coroutine` makes, in the loop; the future's cancel() cancels it there."""
        return self.thread.start(self, coroutine)

    def close(self) -> None:
        """Cancel what is in flight and close every connection."""
        self.thread.leave(self, self.transport.aclose)
