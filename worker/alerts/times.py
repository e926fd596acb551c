"""Moments as people read them. PURE."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def to_the_minute(at: datetime) -> str:
    """Write an aware moment as '2022-02-12 17:02 UTC'."""
    # Not strftime: how wide it writes a year before 1000 is the system's choice.
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes") + " UTC"
