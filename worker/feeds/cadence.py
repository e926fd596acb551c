"""When to poll a feed next. Durations in, a moment out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_INTERVAL = timedelta(minutes=15)
"""The rhythm of a feed without `every`."""

GONE_INTERVAL = timedelta(days=7)
"""A feed that answered 410 is tried weekly, whatever `max_interval` says (INTERFACE 8.9)."""

_MOST_DOUBLINGS = 16  # past it every gap is over any cap, and a timedelta ends before 2 ** 30 days


@dataclass(frozen=True, slots=True)
class Bounds:
    """The settings min_interval and max_interval."""

    shortest: timedelta
    longest: timedelta


def interval(every: timedelta | None, bounds: Bounds) -> timedelta:
    """Return the gap between two good polls: `every`, else the default rhythm within the bounds."""
    wanted = max(DEFAULT_INTERVAL, bounds.shortest) if every is None else every
    return min(wanted, bounds.longest)


def after_good(*, began: datetime, now: datetime, every: timedelta | None, bounds: Bounds) -> datetime:
    """Return the next poll after a good one: one interval after it began, never in the past."""
    return max(began + interval(every, bounds), now)


def after_failure(
    *, now: datetime, every: timedelta | None, failures: int, bounds: Bounds, retry_after: timedelta | None = None
) -> datetime:
    """Return the next poll after the `failures`-th failure in a row: the gap doubles each time (RELIABILITY 28).

    Retry-After holds where it is longer (RFC 9110, 10.2.3); all is capped at the longest interval.
    """
    gap: timedelta = interval(every, bounds) * 2 ** min(failures, _MOST_DOUBLINGS)
    return now + min(max(gap, retry_after or timedelta(0)), bounds.longest)


def after_gone(*, now: datetime) -> datetime:
    """Return the next try of a feed that is gone (410)."""
    return now + GONE_INTERVAL
