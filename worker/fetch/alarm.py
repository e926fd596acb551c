"""One timer for many deadlines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.fetch.deadline import Deadline


class Alarm:
    """Tells deadlines when their time is up.

    Almost none of them comes to that, and a timer of its own for each, made and cancelled, costs several times what
    it does to be noted here. Belongs to one event loop.
    """

    def __init__(self) -> None:
        self._watched: set[Deadline] = set()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, deadline: Deadline) -> None:
        """Look after `deadline`; say it again whenever it comes nearer."""
        self._watched.add(deadline)
        self._wake_by(deadline.at)

    def leave(self, deadline: Deadline) -> None:
        """Look after it no more; the timer stays, for the next one."""
        self._watched.discard(deadline)

    def _wake_by(self, at: float) -> None:
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(at, self._look)

    def _look(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for deadline in [one for one in self._watched if one.at <= now]:
            self.leave(deadline)
            deadline.expire()
        if self._watched:
            self._wake_by(min(one.at for one in self._watched))
