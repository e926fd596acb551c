"""Notices from outside that a part of the service stands still, by the monotonic clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Watchdog:
    """Watches one sign of life, and says which children to start anew when it no longer changes.

    A backward jump of the wall clock stops Celery beat (RELIABILITY 23), and a worker may be connected but deaf
    (DESIGN 4.6). `steps` are the children that can be at fault, the likeliest first: each is tried in its turn.
    `patience_s`: seconds without a change that are too many; four times as many while processes come up.
    """

    def __init__(self, steps: Sequence[str], patience_s: float) -> None:
        self._steps = steps
        self._patience_s = patience_s
        self._seen: object = None
        self._since: float | None = None
        self._coming_up = True
        self._step = 0

    def expect_a_pause(self, *, now: float) -> None:
        """Begin to wait anew, with the patience for processes that come up: one of them was started just now."""
        if self._since is not None:
            self._since = now
        self._coming_up = True

    def overdue(self, sign: object, *, now: float) -> str | None:
        """Return the child to start anew, given the sign as it is at `now` (monotonic seconds), or None."""
        if self._since is None:
            self._seen, self._since = sign, now
        elif sign != self._seen:
            self._seen, self._since, self._coming_up, self._step = sign, now, False, 0
        if now - self._since < self._patience_s * (4 if self._coming_up else 1):
            return None
        name = self._steps[self._step % len(self._steps)]
        self._step += 1
        self._since = now
        self._coming_up = True
        return name


class Every:
    """Says yes once per period."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due = 0.0

    def is_due(self, now: float) -> bool:
        """Say whether the period is over at `now` (monotonic seconds), and begin the next one if so."""
        if now < self._due:
            return False
        self._due = now + self._seconds
        return True
