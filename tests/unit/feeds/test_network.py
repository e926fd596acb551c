from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.network import NetworkWatch, is_down

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def watch(*polls: tuple[str, timedelta, bool]) -> NetworkWatch:
    """What has seen polls: host, how long ago, whether it failed."""
    seen = NetworkWatch()
    for host, ago, failed in polls:
        seen.record(host, at=NOW - ago, failed=failed)
    return seen


def hosts(failed: int, fine: int, ago: timedelta = MINUTE) -> list[tuple[str, timedelta, bool]]:
    return [(f"host{number}.example", ago, number < failed) for number in range(failed + fine)]


@pytest.mark.parametrize(
    ("failed", "fine", "down"),
    [
        (0, 0, False),
        (2, 0, False),
        (3, 0, True),
        (2, 1, False),
        (3, 1, True),
        (4, 2, False),
        (5, 2, True),
        (0, 9, False),
    ],
)
def test_the_network_is_down_when_more_than_two_thirds_of_three_hosts_or_more_fail(failed, fine, down):
    assert watch(*hosts(failed, fine)).is_down(NOW) is down


def test_each_host_counts_once_with_its_latest_poll():
    polls = [("one.example", 4 * MINUTE, True)] * 9
    assert not watch(*polls).is_down(NOW)
    mended = [*hosts(3, 0, 2 * MINUTE), ("host0.example", MINUTE, False)]
    assert not watch(*mended).is_down(NOW)
    broken = [*hosts(0, 3, 2 * MINUTE), *hosts(3, 0)]
    assert watch(*broken).is_down(NOW)


def test_what_was_more_than_five_minutes_ago_is_forgotten():
    seen = watch(*hosts(4, 1, 5 * MINUTE))
    assert seen.is_down(NOW)
    assert not seen.is_down(NOW + SECOND)
    assert not seen.is_down(NOW)  # for good
    old = [(f"old{number}.example", 6 * MINUTE, False) for number in range(9)]
    assert watch(*old, *hosts(3, 0)).is_down(NOW)


def test_where_few_hosts_are_polled_the_last_three_count():
    """A dozen feeds at half an hour: no five minutes see three of them."""
    apart = [("a.example", 59 * MINUTE, False), ("b.example", 40 * MINUTE, True), ("c.example", 20 * MINUTE, True)]
    assert not watch(*apart).is_down(NOW)
    seen = watch(*apart, ("d.example", MINUTE, True))
    assert seen.is_down(NOW)
    assert not seen.is_down(NOW + timedelta(hours=2))
    seen.record("a.example", at=NOW, failed=False)
    assert not seen.is_down(NOW)


def test_the_last_three_are_three_hosts():
    assert not watch(*[("a.example", 20 * MINUTE, True)] * 3, ("b.example", 9 * MINUTE, True)).is_down(NOW)


def test_a_clock_that_was_put_back_holds_nothing_for_ever():
    seen = watch(*hosts(3, 0, timedelta(hours=-3)))
    assert not seen.is_down(NOW)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 12).map(lambda number: f"host{number}.example"),
            st.integers(0, 600).map(lambda seconds: seconds * SECOND),
            st.booleans(),
        )
    )
)
def test_it_agrees_with_counting_all_of_them(polls):
    polls = sorted(polls, key=lambda poll: poll[1], reverse=True)
    recent = {host: failed for host, ago, failed in polls if ago <= 5 * MINUTE}
    if len(recent) >= 3:
        assert watch(*polls).is_down(NOW) == (sum(recent.values()) * 3 > len(recent) * 2)


def test_of_many_hosts_only_those_of_five_minutes_are_kept():
    seen = NetworkWatch()
    for number in range(20_000):
        seen.record(f"host{number}.example", at=NOW + number * SECOND / 10, failed=True)
    assert len(seen._latest) == 3_001


@pytest.mark.parametrize(("polled", "answered", "down"), [(0, 0, True), (9, 0, True), (9, 2, True), (9, 3, False)])
def test_of_all_that_were_polled_a_third_with_an_answer_means_that_it_is_up(polled, answered, down):
    assert is_down(polled, answered) is down


def test_since_when_it_is_down_is_kept_until_it_is_up_again():
    seen = watch(*hosts(3, 0))
    since = NOW - 5 * MINUTE
    assert [seen.down_since(NOW), seen.down_since(NOW + MINUTE)] == [since, since]
    assert seen.down_since(NOW - 3 * MINUTE) == since, "the clock was put back a little"
    assert seen.down_since(NOW - 5.5 * MINUTE) == NOW - 10.5 * MINUTE
    seen.record("host0.example", at=NOW, failed=False)
    assert seen.down_since(NOW) is None
