"""The Retry-After header."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from worker.fetch.header_times import LONGEST, delta_seconds, http_date

if TYPE_CHECKING:
    from datetime import datetime


def retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """How long to wait from `now`, by seconds or HTTP date (RFC 9110 section 10.2.3); None where it says neither."""
    if value is None:
        return None
    text = value.strip()
    seconds = delta_seconds(text)
    if seconds is not None:
        return seconds
    moment = http_date(text)
    return None if moment is None else min(max(moment - now, timedelta(0)), LONGEST)
