"""Hours of a person's day as the files write them: when digests are due, and quiet hours."""

from __future__ import annotations

import re
from typing import Final

from config.values import QuietHours, Schedule

MINUTES_A_DAY: Final = 24 * 60
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
IMMEDIATELY: Final = "immediately"

_TIME = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"
_DAILY = re.compile(rf"daily at {_TIME}")
_WEEKLY = re.compile(rf"weekly on ({'|'.join(WEEKDAYS)}) at {_TIME}")
_QUIET = re.compile(rf"{_TIME} ?- ?{_TIME}")

SCHEDULE_PATTERN: Final = rf"^(hourly|daily at {_TIME}|weekly on ({'|'.join(WEEKDAYS)}) at {_TIME})$"
QUIET_PATTERN: Final = rf"^{_TIME} ?- ?{_TIME}$"


def parse_schedule(text: str) -> Schedule | None:
    """Read `hourly`, `daily at 08:00` or `weekly on monday at 08:00`; None where it is none of these."""
    words = " ".join(text.lower().split())
    if words == "hourly":
        return Schedule()
    if daily := _DAILY.fullmatch(words):
        return Schedule(minute=_minute(daily[1], daily[2]))
    if weekly := _WEEKLY.fullmatch(words):
        return Schedule(minute=_minute(weekly[2], weekly[3]), weekday=WEEKDAYS.index(weekly[1]))
    return None


def write_schedule(schedule: Schedule | None) -> str:
    """Write what `parse_schedule` reads; None is `immediately`."""
    if schedule is None:
        return IMMEDIATELY
    if schedule.minute is None:
        return "hourly"
    time = _time(schedule.minute)
    return f"daily at {time}" if schedule.weekday is None else f"weekly on {WEEKDAYS[schedule.weekday]} at {time}"


def parse_quiet_hours(text: str) -> QuietHours | None:
    """Read `22:00-07:00`; None where it is no such thing, or lasts no time at all."""
    found = _QUIET.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    start, end = _minute(found[1], found[2]), _minute(found[3], found[4])
    return None if start == end else QuietHours(start, end)


def write_quiet_hours(hours: QuietHours) -> str:
    """Write what `parse_quiet_hours` reads."""
    return f"{_time(hours.start)}-{_time(hours.end)}"


def _minute(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute)


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
