"""The only caller of `datetime.now()`. Everything else gets `now` as an argument, or a `Clock` to ask."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment, aware, in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


class SteadyClock:
    """A clock read once, which then goes on by the monotonic clock: one look at the database's clock serves a claim."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the present moment."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)
