"""The Retry-After header."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=366)
"""A longer wish is cut to this; whoever schedules has a cap of its own."""


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """How long to wait from `now`, by seconds or HTTP date (RFC 9110 section 10.2.3); None where it says neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(moment - now, timedelta(0)), LONGEST)
    except (ValueError, OverflowError):
        return None
