"""The order to stop, and for how long it has stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from worker.clock import Clock


class Stop:
    """Whether a batch is to stop, as `asked` says. May be called by several threads."""

    def __init__(self, asked: Callable[[], bool], clock: Clock) -> None:
        self._asked = asked
        self._clock = clock
        self._went_on = clock.now()

    def __call__(self) -> bool:
        """Whether nothing more may begin."""
        now = self._clock.now()
        stopped = self._asked()
        if not stopped:
            self._went_on = now
        return stopped

    def stands_for(self, grace: timedelta) -> bool:
        """Whether that has been so for longer than `grace`, as far as anybody can know.

        Counted from when it was last known not to be so: nobody may have asked while one long piece of work was done.
        """
        return self() and self._clock.now() - self._went_on > grace
