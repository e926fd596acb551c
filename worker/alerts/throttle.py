"""The arithmetic of `at_most`: messages of one subscription within a sliding hour (INTERFACE 8.5). PURE."""

from __future__ import annotations

from bisect import insort
from datetime import timedelta
from typing import TYPE_CHECKING

from worker.alerts.slots import whole_minute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from worker.alerts.planned import Subscription

WINDOW = timedelta(hours=1)
"""How far back `at_most` looks."""


class Counted:
    """The messages of subscriptions that count at `now`, those that are being planned too.

    Args:
        messaged: As in `Past`.
    """

    def __init__(self, messaged: Iterable[tuple[int, Iterable[datetime]]], *, now: datetime) -> None:
        self._times = {subscription: recent(times, now=now) for subscription, times in messaged}
        self._now = now

    def count(self, subscription: int) -> None:
        """Count one message more, told now."""
        insort(self._times.setdefault(subscription, []), self._now)

    def freed_at(self, subscription: Subscription) -> datetime | None:
        """Return when the limit allows one message more; None: now."""
        return freed_at(self._times.get(subscription.id, []), subscription.at_most, now=self._now)


def recent(times: Iterable[datetime], *, now: datetime) -> list[datetime]:
    """Those of `times` that still count at `now`, oldest first.

    A message told at 12:00:00 counts up to, and no longer at, 13:00:00. One that another worker's faster clock dates
    after `now` counts too; not one from the time of a clock that has been put back since.
    """
    return sorted(time for time in times if now - WINDOW < time <= now + WINDOW)


def freed_at(counted: Sequence[datetime], at_most: int | None, *, now: datetime) -> datetime | None:
    """When one more message fits into the window, on a whole minute; None: it fits now.

    `counted` is what `recent` gives. With `at_most` 0 the window never frees: everything waits for the next whole hour
    of UTC, so that such a subscription gets one digest an hour at the most.
    """
    if at_most is None or len(counted) < at_most:
        return None
    if at_most == 0:
        return now.replace(minute=0, second=0, microsecond=0) + WINDOW
    # Only at_most - 1 may be left; more than that can be counted where the limit was lowered within the hour.
    last_to_leave = counted[len(counted) - at_most]
    return whole_minute(last_to_leave + WINDOW)
