"""How long a pause lasts. PURE."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo

from worker.alerts.local_time import DAY, moment_of

if TYPE_CHECKING:
    from datetime import datetime

Length = Literal["hour", "tomorrow", "week", "open"]
LENGTHS: tuple[Length, ...] = get_args(Length)

MORNING = 8 * 60
"""When "tomorrow" begins: minutes of the local day."""


def pause_end(length: Length, *, now: datetime, timezone: str) -> datetime | None:
    """Return when a pause of this length that begins now is over, UTC; None: when somebody ends it."""
    if length == "open":
        return None
    if length == "tomorrow":
        zone = ZoneInfo(timezone)
        return moment_of(now.astimezone(zone).date() + DAY, MORNING, zone)
    return now + (timedelta(hours=1) if length == "hour" else timedelta(days=7))


def lasts(since: datetime | None, until: datetime | None, *, now: datetime) -> bool:
    """Say whether a pause is on."""
    return since is not None and (until is None or now < until)
