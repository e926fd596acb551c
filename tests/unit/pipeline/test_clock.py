from datetime import UTC, timedelta

from golden.newsroom import BEGIN

from worker.clock import SteadyClock, SystemClock


def test_this_machines_clock_is_aware_utc():
    first = SystemClock().now()
    assert first.tzinfo is UTC
    assert SystemClock().now() >= first


def test_a_steady_clock_goes_on_from_where_it_was_read():
    clock = SteadyClock(BEGIN)
    first, second = clock.now(), clock.now()
    assert BEGIN <= first <= second < BEGIN + timedelta(hours=1)
