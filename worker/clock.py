"""The only caller of `datetime.now()`. Everything else gets `now` as an argument, or a `Clock` to ask."""

from __future__ import annotations

from datetime import UTC, datetime
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
