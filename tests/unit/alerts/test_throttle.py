"""The sliding hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.alerts.throttle import freed_at, recent

NOW = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_recent_is_the_last_hour_sorted() -> None:
    assert recent([NOW, ago(60), ago(59.9), ago(-1), ago(90)], now=NOW) == [ago(59.9), NOW, ago(-1)]


@pytest.mark.parametrize(
    ("counted", "at_most", "expected"),
    [
        pytest.param([ago(30)] * 500, None, None, id="no limit"),
        pytest.param([], 1, None, id="nothing counted"),
        pytest.param([ago(30)], 2, None, id="room left"),
        pytest.param([ago(30)], 1, datetime(2022, 2, 12, 17, 33, tzinfo=UTC), id="full: when the oldest leaves"),
        pytest.param([ago(30), ago(20)], 2, datetime(2022, 2, 12, 17, 33, tzinfo=UTC), id="one must leave"),
        pytest.param([ago(30), ago(20), ago(10)], 2, datetime(2022, 2, 12, 17, 43, tzinfo=UTC), id="limit was lowered"),
        pytest.param([], 0, datetime(2022, 2, 12, 18, 0, tzinfo=UTC), id="nothing may go out: the next whole hour"),
        pytest.param([NOW.replace(second=0)], 1, datetime(2022, 2, 12, 18, 2, tzinfo=UTC), id="already whole"),
    ],
)
def test_freed_at(counted: list[datetime], at_most: int | None, expected: datetime | None) -> None:
    assert freed_at(counted, at_most, now=NOW) == expected


def test_with_limit_0_a_whole_hour_waits_for_the_next_one() -> None:
    assert freed_at([], 0, now=NOW.replace(minute=0, second=0)) == datetime(2022, 2, 12, 18, 0, tzinfo=UTC)
