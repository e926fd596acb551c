"""Slots of subscribers in their own time zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfoNotFoundError

import pytest

from config.values import QuietHours, Schedule
from worker.alerts.planned import Hold
from worker.alerts.slots import slot_text, slots_from, slots_of, whole_minute


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "timezone", "expected"),
    [
        (utc(2022, 2, 12, 17, 2, 59), "UTC", "2022-02-12T17:02"),
        (utc(2022, 2, 12, 22, 30), "Europe/Kyiv", "2022-02-13T00:30"),
        (utc(2022, 2, 12, 18, 20), "Asia/Kathmandu", "2022-02-13T00:05"),
        (utc(2022, 3, 27, 0, 59), "Europe/Kyiv", "2022-03-27T02:59"),
        (utc(2022, 3, 27, 1, 0), "Europe/Kyiv", "2022-03-27T04:00"),
        (utc(2022, 10, 30, 0, 30), "Europe/Kyiv", "2022-10-30T03:30"),
        (utc(2022, 10, 30, 1, 30), "Europe/Kyiv", "2022-10-30T03:30"),
    ],
)
def test_slot_text(at: datetime, timezone: str, expected: str) -> None:
    assert slot_text(at, timezone) == expected


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        slot_text(utc(2022, 2, 12), "Mars/Phobos")


def test_whole_minute_rounds_up() -> None:
    assert whole_minute(utc(2022, 2, 12, 17, 2)) == utc(2022, 2, 12, 17, 2)
    assert whole_minute(utc(2022, 2, 12, 17, 59, 0, 1)) == utc(2022, 2, 12, 18, 0)


def test_slots_go_on_minute_by_minute() -> None:
    assert list(islice(slots_from(utc(2022, 2, 12, 23, 58, 1), "UTC"), 2)) == [
        (utc(2022, 2, 12, 23, 59), "2022-02-12T23:59"),
        (utc(2022, 2, 13, 0, 0), "2022-02-13T00:00"),
    ]


def test_the_hour_that_comes_twice_is_passed_over_the_second_time() -> None:
    found = list(islice(slots_from(utc(2022, 10, 30, 0, 59), "Europe/Kyiv"), 2))
    assert found == [
        (utc(2022, 10, 30, 0, 59), "2022-10-30T03:59"),
        (utc(2022, 10, 30, 2, 0), "2022-10-30T04:00"),
    ]


@pytest.mark.parametrize("start", [utc(2022, 3, 26, 23, 0), utc(2022, 10, 29, 23, 0)])
def test_no_text_comes_twice_on_the_days_the_clocks_change(start: datetime) -> None:
    slots = list(islice(slots_from(start, "Europe/Kyiv"), 600))
    assert len({text for _, text in slots}) == 600
    assert all(later[0] - earlier[0] >= timedelta(minutes=1) for earlier, later in pairwise(slots))


def test_a_closed_slot_is_followed_by_the_next_of_its_schedule() -> None:
    hourly = Hold("when", utc(2022, 2, 12, 19), Schedule(), QuietHours(22 * 60, 7 * 60))
    found = [name for _, name in islice(slots_of(hourly, "Europe/Kyiv"), 4)]
    assert found == ["2022-02-12T21:00", "2022-02-13T07:00", "2022-02-13T08:00", "2022-02-13T09:00"]


def test_without_a_schedule_the_next_minute_follows() -> None:
    spill = Hold("limit", utc(2022, 2, 12, 17, 4))
    assert list(islice(slots_of(spill, "UTC"), 3)) == list(islice(slots_from(spill.due_at, "UTC"), 3))
