from datetime import UTC, datetime, timedelta

import pytest

from worker.alerts.pauses import lasts, pause_end

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "timezone", "end"),
    [
        ("hour", "Europe/Kyiv", NOW + timedelta(hours=1)),
        ("week", "Europe/Kyiv", NOW + timedelta(days=7)),
        ("tomorrow", "Europe/Kyiv", datetime(2022, 2, 13, 6, 0, tzinfo=UTC)),
        # There it is tomorrow already.
        ("tomorrow", "Pacific/Kiritimati", datetime(2022, 2, 13, 18, 0, tzinfo=UTC)),
        ("open", "UTC", None),
    ],
)
def test_a_pause_ends_by_its_length_and_the_local_clock(length, timezone, end):
    assert pause_end(length, now=NOW, timezone=timezone) == end


def test_tomorrow_is_a_local_morning_across_a_change_of_clocks():
    before = datetime(2022, 3, 26, 12, 0, tzinfo=UTC)
    assert pause_end("tomorrow", now=before, timezone="Europe/Kyiv") == datetime(2022, 3, 27, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "on"),
    [
        (None, None, False),
        (NOW, None, True),
        (NOW, NOW + timedelta(seconds=1), True),
        (NOW, NOW, False),
        (None, NOW + timedelta(days=1), False),
    ],
)
def test_a_pause_is_on_until_its_end(since, until, on):
    assert lasts(since, until, now=NOW) is on
