"""Schedules and quiet hours by people's clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.values import QuietHours, Schedule
from worker.alerts.local_time import moment_of, next_slot, quiet_until

KYIV, NEW_YORK, LORD_HOWE, KATHMANDU, APIA = map(
    ZoneInfo, ("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
)
ZONES = [KYIV, NEW_YORK, LORD_HOWE, KATHMANDU, APIA, ZoneInfo("UTC"), ZoneInfo("America/St_Johns")]
HOUR = timedelta(hours=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "minute", "zone", "expected"),
    [
        pytest.param(date(2022, 2, 12), 480, KYIV, utc(2022, 2, 12, 6), id="winter"),
        pytest.param(date(2022, 7, 12), 480, KYIV, utc(2022, 7, 12, 5), id="summer"),
        pytest.param(date(2022, 3, 27), 180, KYIV, utc(2022, 3, 27, 1), id="a gap's first minute: the first after it"),
        pytest.param(date(2022, 3, 27), 239, KYIV, utc(2022, 3, 27, 1), id="a gap's last minute too"),
        pytest.param(date(2022, 3, 27), 240, KYIV, utc(2022, 3, 27, 1), id="the minute after a gap"),
        pytest.param(date(2022, 3, 27), 179, KYIV, utc(2022, 3, 27, 0, 59), id="the minute before"),
        pytest.param(date(2022, 10, 30), 210, KYIV, utc(2022, 10, 30, 0, 30), id="an hour that comes twice: the first"),
        pytest.param(date(2022, 10, 2), 135, LORD_HOWE, utc(2022, 10, 1, 15, 30), id="a gap of half an hour"),
        pytest.param(date(2011, 12, 30), 480, APIA, utc(2011, 12, 30, 10), id="a day that there was not"),
        pytest.param(date(2022, 3, 13), 150, NEW_YORK, utc(2022, 3, 13, 7), id="another country's gap"),
    ],
)
def test_the_moment_of_a_local_minute(day: date, minute: int, zone: ZoneInfo, expected: datetime) -> None:
    assert moment_of(day, minute, zone) == expected


@pytest.mark.parametrize(
    ("schedule", "after", "zone", "expected"),
    [
        (Schedule(), utc(2022, 2, 12, 17, 2, 11), KYIV, utc(2022, 2, 12, 18)),
        (Schedule(), utc(2022, 2, 12, 17), KYIV, utc(2022, 2, 12, 18)),
        (Schedule(), utc(2022, 2, 12, 17, 2), KATHMANDU, utc(2022, 2, 12, 17, 15)),
        (Schedule(), utc(2022, 3, 27, 0, 30), KYIV, utc(2022, 3, 27, 1)),
        (Schedule(), utc(2022, 10, 30, 0, 30), KYIV, utc(2022, 10, 30, 2)),  # 03:00 comes at 0:00 and at 1:00
        (Schedule(480), utc(2022, 2, 12, 5, 59, 59), KYIV, utc(2022, 2, 12, 6)),
        (Schedule(480), utc(2022, 2, 12, 6), KYIV, utc(2022, 2, 13, 6)),
        (Schedule(480), utc(2022, 3, 26, 6), KYIV, utc(2022, 3, 27, 5)),
        (Schedule(210), utc(2022, 10, 30, 0, 30), KYIV, utc(2022, 10, 31, 1, 30)),
        (Schedule(480, 0), utc(2022, 2, 12, 6), KYIV, utc(2022, 2, 14, 6)),
        (Schedule(480, 0), utc(2022, 2, 14, 6), KYIV, utc(2022, 2, 21, 6)),
    ],
)
def test_the_next_slot(schedule: Schedule, after: datetime, zone: ZoneInfo, expected: datetime) -> None:
    assert next_slot(schedule, after, zone) == expected


schedules = st.one_of(
    st.just(Schedule()),
    st.builds(Schedule, st.integers(0, 1439)),
    st.builds(Schedule, st.integers(0, 1439), st.integers(0, 6)),
)
moments = st.integers(1_230_768_000, 2_082_758_400).map(lambda second: datetime.fromtimestamp(second, UTC))
minutes = st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda two: two[0] != two[1])


@given(schedules, moments, st.sampled_from(ZONES))
def test_slots_follow_each_other_and_each_local_one_comes_once(
    schedule: Schedule, after: datetime, zone: ZoneInfo
) -> None:
    slots = [after]
    for _ in range(12):
        slots.append(next_slot(schedule, slots[-1], zone))
    local = [slot.astimezone(zone).replace(tzinfo=None) for slot in slots[1:]]
    assert all(earlier < later for earlier, later in pairwise(slots))
    assert len(set(local)) == len(local)
    longest = timedelta(hours=2) if schedule.minute is None else timedelta(days=1 if schedule.weekday is None else 7)
    if zone is not APIA:
        assert all(later - earlier <= longest + HOUR for earlier, later in pairwise(slots))


@pytest.mark.parametrize(
    ("start", "end", "at", "expected"),
    [
        pytest.param(1320, 420, utc(2022, 2, 12, 19, 59), None, id="21:59"),
        pytest.param(1320, 420, utc(2022, 2, 12, 20), utc(2022, 2, 13, 5), id="22:00"),
        pytest.param(1320, 420, utc(2022, 2, 13, 4, 59), utc(2022, 2, 13, 5), id="06:59"),
        pytest.param(1320, 420, utc(2022, 2, 13, 5), None, id="07:00"),
        pytest.param(780, 840, utc(2022, 2, 12, 11, 30), utc(2022, 2, 12, 12), id="within a day"),
        pytest.param(1320, 420, utc(2022, 3, 26, 21), utc(2022, 3, 27, 4), id="the short night"),
        pytest.param(1320, 420, utc(2022, 10, 29, 21), utc(2022, 10, 30, 5), id="the long night"),
        pytest.param(1320, 210, utc(2022, 3, 27, 0, 30), utc(2022, 3, 27, 1), id="they end in a gap"),
        pytest.param(1320, 210, utc(2022, 10, 30, 1, 15), None, id="they ended in the first of two hours"),
        pytest.param(210, 420, utc(2022, 10, 30, 1, 15), utc(2022, 10, 30, 5), id="they began in the first of two"),
    ],
)
def test_quiet_hours(start: int, end: int, at: datetime, expected: datetime | None) -> None:
    assert quiet_until(QuietHours(start, end), at, KYIV) == expected


def test_without_quiet_hours_nothing_is_quiet() -> None:
    assert quiet_until(None, utc(2022, 2, 12), KYIV) is None


@given(minutes, moments, st.sampled_from(ZONES))
def test_they_end_later_than_they_are_asked_for_and_are_over_then(
    hours: tuple[int, int], at: datetime, zone: ZoneInfo
) -> None:
    quiet_hours = QuietHours(*hours)
    end = quiet_until(quiet_hours, at, zone)
    if end is not None:
        assert at < end <= at + timedelta(hours=49)
        assert quiet_until(quiet_hours, end - timedelta(microseconds=1), zone) == end
