from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from worker.pipeline.health import is_silent, late_work, patience_s

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ages:
    oldest_due_feed_s: float | None = None
    oldest_pending_delivery_s: float | None = None
    oldest_unmatched_s: float | None = None


@pytest.mark.parametrize(
    ("ages", "late"),
    [
        (Ages(), []),
        (Ages(63.0, 63.0, 63.0), []),
        (Ages(63.1), [("feed", 63.1)]),
        (Ages(None, 70.0, 80.0), [("delivery", 70.0), ("item", 80.0)]),
    ],
)
def test_work_is_late_that_waits_longer_than_a_minute_and_three_ticks(ages, late):
    assert late_work(ages, tick=timedelta(seconds=1)) == late


def test_patience_grows_with_the_pause_between_ticks():
    assert patience_s(timedelta(seconds=30)) == 150.0


@pytest.mark.parametrize(("seconds", "silent"), [(19.9, False), (20.0, True)])
def test_who_is_not_heard_of_for_20_s_is_silent(seconds, silent):
    assert is_silent(NOW - timedelta(seconds=seconds), NOW) is silent
