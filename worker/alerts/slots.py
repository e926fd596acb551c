"""Slots: one local date and minute of one subscriber at which a digest is due. PURE.

A slot is kept twice: as the moment it is due (UTC, on a whole minute) and as local text, which is what
`digests UNIQUE(subscriber, kind, slot)` holds (DESIGN 4.1).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from worker.alerts.local_time import next_slot, quiet_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from config.values import QuietHours, Schedule
    from worker.alerts.planned import Hold

MINUTE = timedelta(minutes=1)


def whole_minute(at: datetime) -> datetime:
    """`at` if it falls on a whole minute, else the next whole minute after it."""
    cut = at.replace(second=0, microsecond=0)
    return cut if cut == at else cut + MINUTE


def slot_text(at: datetime, timezone: str) -> str:
    """The slot of the moment `at` as 'YYYY-MM-DDTHH:MM' of local time in `timezone`, an IANA name.

    Seconds are cut. Where clocks are put back, two moments have the same text. Raises zoneinfo.ZoneInfoNotFoundError
    for a name that the time zone data do not hold; the files are checked for it when they are read.
    """
    return at.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%dT%H:%M")


def slots_of(hold: Hold, timezone: str) -> Iterator[tuple[datetime, str]]:
    """The slots that may tell what is held, the first one first, each as its moment and its local text.

    A store takes the first one of which no digest is closed yet: the next of the schedule, else the next minute.
    """
    return slots_from(hold.due_at, timezone) if hold.when is None else _of_schedule(hold, hold.when, timezone)


def _of_schedule(hold: Hold, when: Schedule, timezone: str) -> Iterator[tuple[datetime, str]]:
    zone, due = ZoneInfo(timezone), hold.due_at
    while True:
        yield due, slot_text(due, timezone)
        due = scheduled_after(due, when, hold.quiet, zone)


def scheduled_after(after: datetime, when: Schedule, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """Return the first slot of a schedule later than `after`; one within quiet hours is told at their end."""
    slot = next_slot(when, after, zone)
    return quiet_until(quiet, slot, zone) or slot


def slots_from(at: datetime, timezone: str) -> Iterator[tuple[datetime, str]]:
    """Slots minute by minute, from the first whole minute not before `at`, each as its moment and its local text.

    A store takes the first one whose digest is not closed yet. Every text comes once, so the hour that comes twice
    when clocks are put back is passed over the second time.
    """
    due = whole_minute(at)
    latest = ""
    while True:
        text = slot_text(due, timezone)
        if text > latest:
            latest = text
            yield due, text
        due += MINUTE
