"""Times as headers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=366)
"""A longer time is cut to this; whoever schedules has a cap of its own."""
_LONGEST_DATE = 100


def delta_seconds(text: str) -> timedelta | None:
    """A whole number of seconds (RFC 9111 section 1.2.2), at most LONGEST; None for anything else."""
    if not (text.isascii() and text.isdigit()):
        return None
    return min(timedelta(seconds=int(text.lstrip("0")[:9] or "0")), LONGEST)


def http_date(text: str) -> datetime | None:
    """A moment in one of the forms of RFC 9110 section 5.6.7, and some more that servers use; None for no date."""
    if len(text) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
