"""Dates as documents write them, as aware UTC. PURE."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FIRST_YEAR = 1990
_SECONDS = 59


def from_struct(value: object) -> datetime | None:
    """A UTC time as feedparser gives it (`time.struct_time`); None where it is none, or before 1990 (DESIGN 4.5)."""
    if not isinstance(value, time.struct_time):
        return None
    year, month, day, hour, minute, second = value[:6]
    try:
        return _trusted(datetime(year, month, day, hour, minute, min(second, _SECONDS), tzinfo=UTC))
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
        return _trusted(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
    except OverflowError:
        return None


def _trusted(moment: datetime) -> datetime | None:
    return moment if moment.year >= _FIRST_YEAR else None
