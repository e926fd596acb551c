"""What is told at once, and what waits for which digest (INTERFACE 8.5). PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from worker.alerts.local_time import quiet_until
from worker.alerts.planned import Hold
from worker.alerts.slots import scheduled_after
from worker.alerts.throttle import Counted

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.planned import Ended, Past, Subscription


class Holding:
    """The order of holding at `now`, over all that is planned at once."""

    def __init__(self, past: Past, *, now: datetime) -> None:
        self._counted = Counted(past.messaged, now=now)
        self._independent = dict(past.independent)
        self._muted = past.muted
        self._now = now

    def count(self, subscription: int) -> None:
        """Count one message more of the subscription with this id, told now."""
        self._counted.count(subscription)

    def ended(self, subscription: Subscription, story: int) -> Ended | None:
        """Say why nobody is to hear of a story by this subscription, if that is so."""
        if (story, subscription.subscriber) in self._muted:
            return "muted"
        return "paused" if subscription.paused else None

    def breaks_through(self, subscription: Subscription, story: int) -> bool:
        """Whether so many report the story that it passes quiet hours and the limit."""
        return subscription.break_through is not None and (
            self._independent.get(story, 1) >= subscription.break_through
        )

    def hold(self, subscription: Subscription, story: int, *, due_at: datetime) -> Hold | None:
        """Return what a message due at `due_at` waits for instead; None: nothing, and who tells it is to `count` it.

        1. A list that is told at set times waits for the next, and if that falls in quiet hours for their end.
        2. In quiet hours all waits for their end.
        3. What exceeds `at_most` waits until the window frees, and if that is in quiet hours for their end.
        """
        zone, quiet = ZoneInfo(subscription.timezone), subscription.quiet
        if subscription.when is not None:
            slot = scheduled_after(self._now, subscription.when, quiet, zone)
            return Hold("when", slot, subscription.when, quiet)
        if self.breaks_through(subscription, story):
            return None
        over = quiet_until(quiet, due_at, zone)
        if over is not None:
            return Hold("quiet", over)
        freed = self._counted.freed_at(subscription)
        if freed is None:
            return None
        return Hold("limit", quiet_until(quiet, freed, zone) or freed)
