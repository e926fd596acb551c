from datetime import UTC, datetime, timedelta

import pytest

from worker.feeds.cadence import Bounds, after_failure, after_gone, after_good, interval

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOUNDS = Bounds(shortest=timedelta(minutes=5), longest=timedelta(hours=24))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("every", "bounds", "expected"),
    [
        (None, BOUNDS, 15 * MINUTE),
        (MINUTE, BOUNDS, MINUTE),
        (timedelta(days=3), BOUNDS, timedelta(hours=24)),
        (None, Bounds(shortest=30 * MINUTE, longest=60 * MINUTE), 30 * MINUTE),
        (None, Bounds(shortest=MINUTE, longest=10 * MINUTE), 10 * MINUTE),
    ],
)
def test_the_interval_is_every_or_the_default_within_the_bounds(every, bounds, expected):
    assert interval(every, bounds) == expected


def test_a_good_poll_counts_from_its_beginning():
    assert after_good(began=NOW - MINUTE, now=NOW, every=5 * MINUTE, bounds=BOUNDS) == NOW + 4 * MINUTE


def test_a_poll_that_took_longer_than_its_interval_is_due_at_once_and_not_before():
    assert after_good(began=NOW - 9 * MINUTE, now=NOW, every=MINUTE, bounds=BOUNDS) == NOW


def test_gaps_double_with_each_failure_in_a_row_up_to_the_longest_interval():
    gaps = [after_failure(now=NOW, every=15 * MINUTE, failures=n, bounds=BOUNDS) - NOW for n in range(1, 9)]
    assert gaps[:3] == [30 * MINUTE, 60 * MINUTE, 120 * MINUTE]
    assert gaps[-1] == BOUNDS.longest
    assert after_failure(now=NOW, every=MINUTE, failures=10**6, bounds=BOUNDS) == NOW + BOUNDS.longest


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(timedelta(hours=3), timedelta(hours=3)), (MINUTE, 30 * MINUTE), (timedelta(days=40), BOUNDS.longest)],
)
def test_retry_after_holds_where_it_is_longer_and_is_capped(asked, expected):
    assert after_failure(now=NOW, every=None, failures=1, bounds=BOUNDS, retry_after=asked) == NOW + expected


def test_a_feed_that_is_gone_is_tried_weekly():
    assert after_gone(now=NOW) == NOW + timedelta(days=7)
