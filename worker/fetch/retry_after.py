"""The Retry-After header."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from worker.fetch.header_times import LONGEST, delta_seconds, http_date

if TYPE_CHECKING:
    from datetime import datetime

    from worker.fetch.head import Head


def retry_after(head: Head, *, now: datetime) -> timedelta | None:
    """How long to wait from now, by seconds or HTTP date (RFC 9110 section 10.2.3); None where it says neither.

    A date counts from the response's own Date, where it has one: two readings of the server's clock, whatever that
    shows. Between 0 and LONGEST.
    """
    text = head.first(b"retry-after")
    if text is None:
        return None
    seconds = delta_seconds(text)
    if seconds is not None:
        return seconds
    moment = http_date(text)
    if moment is None:
        return None
    return min(max(moment - (http_date(head.first(b"date") or "") or now), timedelta(0)), LONGEST)
