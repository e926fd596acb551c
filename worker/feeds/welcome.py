"""Hours and days at which a publisher does not want to be asked. PURE."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from worker.feeds.model import Hints

_HOUR = timedelta(hours=1)
_HOURS, _DAYS = 24, 7

_SPREAD = timedelta(minutes=5)
"""Whoever waited for an hour to come does not come on its stroke, when all the others do."""


def when_welcome(due: datetime, hints: Hints, jitter: float) -> datetime:
    """Return `due` (UTC), or a moment within the first minutes of the first hour after it that is not skipped.

    A hint that skips every hour of the day, or every day of the week, is ignored. `jitter` lies in [0, 1).
    """
    hours = hints.skip_hours if len(hints.skip_hours) < _HOURS else frozenset[int]()
    days = hints.skip_days if len(hints.skip_days) < _DAYS else frozenset[int]()
    if due.hour not in hours and due.weekday() not in days:
        return due
    hour = due.replace(minute=0, second=0, microsecond=0)
    while hour.hour in hours or hour.weekday() in days:
        hour += _HOUR
    return hour + _SPREAD * jitter
