"""Hours of a person's day as moments: schedules and quiet hours in their time zone. PURE.

Each is counted in local time when it is asked for, so that it holds across both changes of the clocks, and where the
zone's rules, or the subscriber's zone, have changed meanwhile (RELIABILITY 8): an hour that there is not begins with
the first minute after the gap, one that comes twice is its first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from config.values import QuietHours, Schedule

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MINUTES_AN_HOUR = 60


def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return when it is `minute` of the local `day`, UTC."""
    local = datetime.combine(day, time(*divmod(minute, MINUTES_AN_HOUR)), tzinfo=zone)
    moment = local.astimezone(UTC)
    if _is_at(moment, local, zone):
        return moment
    # A gap: counted by the offset after it, the same reading lies before it. In between is the minute sought.
    before, after = local.replace(fold=1).astimezone(UTC), moment
    offset = after.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def next_slot(schedule: Schedule, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment later than `after` at which a digest of this schedule is due."""
    return next(_hours(after, zone) if schedule.minute is None else _days(schedule, schedule.minute, after, zone))


def quiet_until(hours: QuietHours | None, at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours end in which `at` falls; None where it does in none."""
    if hours is None:
        return None
    today = at.astimezone(zone).date()
    for day in (today - DAY, today):
        begin = moment_of(day, hours.start, zone)
        end = moment_of(day if hours.start < hours.end else day + DAY, hours.end, zone)
        if begin <= at < end:
            return end
    return None


def _is_at(moment: datetime, local: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None)


def _hours(after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Whole local hours; one that comes twice is its first."""
    moment = after.replace(second=0, microsecond=0)
    while True:
        moment += MINUTE * (MINUTES_AN_HOUR - moment.astimezone(zone).minute)
        local = moment.astimezone(zone)
        if local.minute == 0 and not local.fold:
            yield moment


def _days(schedule: Schedule, minute: int, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    day = after.astimezone(zone).date() - DAY
    while True:
        if schedule.weekday in (None, day.weekday()):
            moment = moment_of(day, minute, zone)
            if moment > after:
                yield moment
        day += DAY
