"""Which hour is waited for is told in test_cadence; here, that it is the first one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.model import Hints
from worker.feeds.welcome import when_welcome

HOUR = timedelta(hours=1)


def welcome(moment: datetime, hints: Hints) -> bool:
    skipped = len(hints.skip_hours) < 24 and moment.hour in hints.skip_hours
    return not skipped and (len(hints.skip_days) == 7 or moment.weekday() not in hints.skip_days)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.frozensets(st.integers(0, 23)),
    st.frozensets(st.integers(0, 6)),
    st.floats(0, 1, exclude_max=True),
)
def test_it_is_in_the_first_hour_that_is_not_skipped(due, hours, days, jitter):
    due, hints = due.replace(tzinfo=UTC), Hints(None, hours, days)
    found = when_welcome(due, hints, jitter)
    assert welcome(found, hints)
    if welcome(due, hints):
        assert found == due
    else:
        on_the_hour = found.replace(minute=0, second=0, microsecond=0)
        assert timedelta(0) <= found - on_the_hour <= HOUR / 12
        hour = due.replace(minute=0, second=0, microsecond=0)
        while hour < on_the_hour:
            assert not welcome(hour, hints)
            hour += HOUR
