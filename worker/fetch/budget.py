"""What the bodies of one batch may hold in memory, all together; who wants more waits until others have been taken."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from worker.fetch.model import HoldLimits


class Waiting(NamedTuple):
    """A share that asks for so many bytes more; `granted` is done once it has them."""

    share: Share
    more: int
    granted: asyncio.Future[None]


class Budget:
    """Every body holds a little unasked; a larger one takes from what is common to all, in steps, as it grows.

    When that is used up, one body has a seat of its own and goes on to whatever cap it has elsewhere; the others wait,
    first come first served. So there is always one that can end, and then gives back what it held, seat and all, once
    its taker has let go of it: nothing waits for ever as long as the taker takes. For that very reason each batch has
    a budget to itself: a taker may fetch something else before it goes on. Belongs to one event loop.
    """

    def __init__(self, limits: HoldLimits) -> None:
        self._limits = limits
        self._left = limits.common
        self._seated: Share | None = None
        self._line: deque[Waiting] = deque()

    def share(self) -> Share:
        """The share of one body."""
        return Share(self, self._limits.unasked)

    async def grant(self, share: Share, more: int) -> None:
        """Return once `share` may hold so many bytes more: at least; some are given ahead."""
        more = max(more, self._limits.step)
        if not self._line and self._grant(share, more):
            return
        waiting = Waiting(share, more, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        try:
            await waiting.granted
        except asyncio.CancelledError:
            if waiting in self._line:
                self._line.remove(waiting)
                self._serve()
            raise

    def take_back(self, share: Share, held: int) -> None:
        """Take back what `share` held of what is common, and the seat if it has that."""
        if share is self._seated:
            self._seated = None
        self._left += held
        self._serve()

    def settle(self, share: Share, needed: int) -> None:
        """Let `share` hold no more than `needed` bytes of what is common, and give its seat up if they are there."""
        if share is not self._seated:
            self._left += share.held - needed
        elif self._left >= needed:
            self._left -= needed
            self._seated = None
        else:
            return
        share.held = needed
        share.allowed = self._limits.unasked + needed
        self._serve()

    def _serve(self) -> None:
        while self._line and self._grant(self._line[0].share, self._line[0].more):
            waiting = self._line.popleft()
            if not waiting.granted.done():
                waiting.granted.set_result(None)

    def _grant(self, share: Share, more: int) -> bool:
        if self._left >= more:
            self._left -= more
            share.held += more
            share.allowed += more
            return True
        if self._seated is None:
            self._seated = share
            self._left += share.held
            share.held = 0
            share.allowed = sys.maxsize
            return True
        return False


class Share:
    """What one body may hold.

    Attributes:
        allowed: So many bytes; ask before there are more.
        held: Those of them that are taken from what is common.
    """

    __slots__ = ("_budget", "_unasked", "allowed", "held")

    def __init__(self, budget: Budget, unasked: int) -> None:
        self._budget = budget
        self._unasked = unasked
        self.allowed = unasked
        self.held = 0

    @property
    def is_large(self) -> bool:
        """Whether it holds anything that others may wait for."""
        return self.allowed > self._unasked

    async def grow(self, size: int) -> None:
        """Return once `size` bytes are allowed."""
        if size > self.allowed:
            await self._budget.grant(self, size - self.allowed)

    def settle(self, size: int) -> None:
        """Give back what is not needed: the body has ended with `size` bytes."""
        if self.is_large:
            self._budget.settle(self, max(0, size - self._unasked))

    def let_go(self) -> None:
        """Give everything back: nothing is held any more. It may be said twice."""
        if self.is_large:
            held, self.held, self.allowed = self.held, 0, self._unasked
            self._budget.take_back(self, held)
