"""Dates as documents write them, as aware UTC, and which of them are believed (DESIGN 4.5). PURE."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_FIRST_YEAR = 1990
_CLOCK_ERROR = timedelta(days=1)
_SECONDS = 59


def trusted(moment: datetime | None, now: datetime) -> datetime | None:
    """`moment`, or None where it lies outside 1990 to one day after `now`: such a date counts as absent."""
    return None if moment is None or moment > now + _CLOCK_ERROR else _late_enough(moment)


def from_struct(value: object) -> datetime | None:
    """A UTC time as feedparser gives it (`time.struct_time`); None where it is none, or before 1990."""
    if not isinstance(value, time.struct_time):
        return None
    year, month, day, hour, minute, second = value[:6]
    try:
        return _late_enough(datetime(year, month, day, hour, minute, min(second, _SECONDS), tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def from_text(value: object) -> datetime | None:
    """A date as RFC 3339 or RFC 5322 writes it, UTC where it names no zone; None as in `from_struct`."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, IndexError, OverflowError):
            return None
    try:
        return _late_enough(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
    except OverflowError:
        return None


def _late_enough(moment: datetime) -> datetime | None:
    return moment if moment.year >= _FIRST_YEAR else None
