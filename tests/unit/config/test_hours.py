from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.hours import (
    MINUTES_A_DAY,
    QUIET_PATTERN,
    SCHEDULE_PATTERN,
    parse_quiet_hours,
    parse_schedule,
    write_quiet_hours,
    write_schedule,
)
from config.values import QuietHours, Schedule

minutes = st.integers(0, MINUTES_A_DAY - 1)
schedules = st.one_of(
    st.just(Schedule()), st.builds(Schedule, minutes), st.builds(Schedule, minutes, st.integers(0, 6))
)


@given(schedules)
def test_a_schedule_that_was_written_is_read_as_what_it_was(schedule):
    written = write_schedule(schedule)
    assert parse_schedule(written) == schedule
    assert re.search(SCHEDULE_PATTERN, written)


@given(minutes, minutes)
def test_quiet_hours_that_were_written_are_read_as_what_they_were(start, end):
    hours = QuietHours(start, end)
    written = write_quiet_hours(hours)
    assert parse_quiet_hours(written) == (None if start == end else hours)
    assert re.search(QUIET_PATTERN, written)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hourly", Schedule()),
        ("Daily at 8:00", Schedule(480)),
        ("weekly  on Sunday at 23:59", Schedule(1439, 6)),
        ("daily at 24:00", None),
        ("daily", None),
        ("weekly at 08:00", None),
        ("weekly on someday at 08:00", None),
        ("immediately", None),
        ("", None),
    ],
)
def test_what_is_a_schedule(text, expected):
    assert parse_schedule(text) == expected


def test_immediately_is_no_schedule():
    assert write_schedule(None) == "immediately"


@pytest.mark.parametrize("text", ["22:00", "22-7", "22:00-25:00", "22:00-07:00-08:00", ""])
def test_what_is_no_quiet_hours(text):
    assert parse_quiet_hours(text) is None


def test_quiet_hours_may_be_written_with_spaces():
    assert parse_quiet_hours(" 22:00 - 7:00 ") == QuietHours(1320, 420)
