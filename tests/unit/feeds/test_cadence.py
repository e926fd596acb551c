from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.cadence import (
    DEFAULT_INTERVAL,
    Bounds,
    Brought,
    Pace,
    Wishes,
    after_broken,
    after_failure,
    after_gone,
    after_good,
    interval,
    is_gap,
    paced,
    wants_whole,
)
from worker.feeds.model import Hints

NOW = datetime(2026, 3, 1, 12, 20, tzinfo=UTC)  # a Sunday
BOUNDS = Bounds(shortest=timedelta(minutes=5), longest=timedelta(hours=24))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUARTER = Pace(interval=15 * MINUTE, item_gap=30 * MINUTE, last_new_at=NOW - 30 * MINUTE)

gaps = st.timedeltas(timedelta(0), timedelta(days=400))
bounds = st.tuples(
    st.timedeltas(timedelta(seconds=1), DAY), st.timedeltas(timedelta(seconds=1), timedelta(days=90))
).map(lambda pair: Bounds(min(pair), max(pair)))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2026, 3, 2)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
paces = st.builds(Pace, interval=st.none() | gaps, item_gap=st.none() | gaps, last_new_at=st.none() | moments)
brought = st.builds(
    Brought,
    new=st.integers(0, 2000),
    known=st.integers(0, 2000),
    dates=st.lists(moments, max_size=12).map(tuple),
    whole=st.booleans(),
)
hints = st.builds(
    Hints,
    at_least=st.none() | st.timedeltas(timedelta(0), timedelta(days=10**6)),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
wished = st.none() | st.timedeltas(-DAY, timedelta(days=10**6))
wishes = st.builds(Wishes, fresh_for=wished, retry_after=wished, hints=hints, ignored=st.booleans())
jitters = st.floats(0, 1, exclude_max=True)


def learned(pace: Pace, what: Brought | None, *, now: datetime = NOW, bounds: Bounds = BOUNDS) -> Pace:
    return paced(pace, what, now=now, last_good_at=now - 15 * MINUTE, bounds=bounds)


def good(gap: timedelta = HOUR, *, every: timedelta | None = None, **more) -> timedelta:
    """The time from a poll to the next; without jitter where that changes nothing."""
    asked = {"began": NOW, "now": NOW, "bounds": BOUNDS, "wishes": Wishes(), "jitter": 0.5, "first": False} | more
    return after_good(every=every, pace=Pace(interval=gap), **asked) - NOW


# What is learned


@pytest.mark.parametrize(
    ("hours_ago", "item_gap", "expected"),
    [
        pytest.param([], None, DEFAULT_INTERVAL, id="no dates"),
        pytest.param([1], None, DEFAULT_INTERVAL, id="one date"),
        pytest.param([1, 1, 1], None, DEFAULT_INTERVAL, id="equal dates"),
        pytest.param([0, 1], HOUR, 30 * MINUTE, id="two dates"),
        pytest.param([5, 1, 1, 3, 1], 2 * HOUR, HOUR, id="any order, with equal ones"),
        pytest.param([0, 1, 2, 3, 9000], HOUR, 30 * MINUTE, id="one old item pinned to the top"),
        pytest.param([-1, 0.5, 1, 1.5], HOUR / 2, 15 * MINUTE, id="one date in the future"),
        pytest.param([*range(0, 100, 10), *range(1000, 9000, 1000)], 10 * HOUR, HOUR, id="at first no longer than 1 h"),
        pytest.param([0, 0.01, 0.02], 36 * timedelta(seconds=1), 5 * MINUTE, id="no shorter than the shortest"),
    ],
)
def test_the_dates_of_the_first_document_tell_the_rhythm(hours_ago, item_gap, expected):
    what = Brought(new=len(hours_ago) or 1, known=0, dates=tuple(NOW - hours * HOUR for hours in hours_ago))
    pace = learned(Pace(), what)
    assert (pace.item_gap, pace.interval) == (item_gap, expected)
    assert pace.last_new_at == NOW - max(min(hours_ago, default=0), 0) * HOUR


@pytest.mark.parametrize("what", [None, Brought(new=0, known=0)])
def test_of_an_empty_first_document_nothing_is_known(what):
    assert learned(Pace(), what) == Pace(interval=DEFAULT_INTERVAL)


def test_a_feed_that_was_known_before_rhythms_were_learned_learns_from_its_dates():
    what = Brought(new=0, known=3, dates=(NOW - HOUR, NOW - 2 * HOUR))
    assert learned(Pace(), what) == Pace(interval=30 * MINUTE, item_gap=HOUR, last_new_at=NOW - HOUR)


@pytest.mark.parametrize(
    ("new", "known", "factor"),
    [(20, 0, 0.25), (1, 0, 0.25), (11, 9, 0.5), (19, 1, 0.5)],
)
def test_low_overlap_halves_the_interval_and_none_quarters_it(new, known, factor):
    pace = Pace(interval=8 * HOUR, item_gap=30 * MINUTE, last_new_at=NOW - 30 * MINUTE)
    assert learned(pace, Brought(new, known)).interval == 8 * HOUR * factor


def test_high_overlap_lets_it_grow_gently_to_half_the_time_between_two_items():
    pace = Pace(interval=10 * MINUTE, item_gap=HOUR, last_new_at=NOW - HOUR)
    seen = [pace]
    for _ in range(20):
        seen.append(replace(learned(seen[-1], Brought(1, 29)), last_new_at=NOW - HOUR))
    assert seen[1].interval == 11 * MINUTE
    assert all(one.interval <= two.interval for one, two in pairwise(seen))
    assert seen[-1].interval == 30 * MINUTE


def test_an_interval_in_which_several_items_come_shrinks_though_the_overlap_is_high():
    pace = Pace(interval=6 * HOUR, item_gap=HOUR, last_new_at=NOW - 4 * HOUR)
    assert learned(pace, Brought(4, 46)).interval == 3 * HOUR
    assert learned(replace(pace, interval=90 * MINUTE), Brought(4, 46)).interval == HOUR


def test_an_interval_of_the_right_length_stays():
    pace = Pace(interval=40 * MINUTE, item_gap=HOUR, last_new_at=NOW - HOUR)
    assert learned(pace, Brought(1, 29)) == replace(pace, last_new_at=NOW)


def test_new_items_alone_say_nothing_of_overlap_but_are_news():
    pace = learned(QUARTER, Brought(new=1, known=0, whole=False))
    assert pace == replace(QUARTER, last_new_at=NOW)


def test_news_moves_the_time_between_items():
    slower = learned(QUARTER, Brought(1, 29), now=NOW + 30 * MINUTE)
    faster = learned(QUARTER, Brought(3, 27))
    assert faster.item_gap == 25 * MINUTE
    assert slower.item_gap == 37.5 * MINUTE


def test_one_long_night_says_little_of_the_day():
    assert learned(QUARTER, Brought(1, 29), now=NOW + DAY).item_gap == 30 * MINUTE * 1.75


def test_the_first_news_after_a_first_poll_without_dates_tells_the_time_between_items():
    pace = Pace(interval=15 * MINUTE, last_new_at=NOW - 2 * HOUR)
    assert learned(pace, Brought(2, 28)).item_gap == HOUR


def test_the_first_news_of_a_feed_that_was_empty_counts_from_the_last_good_poll():
    pace = learned(Pace(interval=15 * MINUTE), Brought(3, 9))
    assert pace == Pace(interval=7.5 * MINUTE, item_gap=5 * MINUTE, last_new_at=NOW)


@pytest.mark.parametrize(("dates", "item_gap"), [((), None), ((NOW, NOW - HOUR), HOUR)])
def test_without_any_earlier_moment_only_dates_tell_it(dates, item_gap):
    pace = paced(Pace(interval=20 * MINUTE), Brought(1, 9, dates), now=NOW, last_good_at=None, bounds=BOUNDS)
    assert pace.item_gap == item_gap
    assert pace.interval == (20 * MINUTE if item_gap is None else 22 * MINUTE)
    known = Pace(interval=15 * MINUTE, item_gap=30 * MINUTE)
    assert paced(known, Brought(1, 9, dates), now=NOW, last_good_at=None, bounds=BOUNDS).item_gap == 30 * MINUTE


def test_a_clock_that_was_put_back_makes_no_negative_gap():
    assert learned(replace(QUARTER, last_new_at=NOW + HOUR), Brought(2, 8)).item_gap == 22.5 * MINUTE


@pytest.mark.parametrize("what", [None, Brought(new=0, known=30)])
def test_polls_without_news_come_ever_more_slowly_as_far_as_the_silence_allows(what):
    assert learned(replace(QUARTER, last_new_at=NOW - DAY), what).interval == 18.75 * MINUTE
    assert learned(replace(QUARTER, last_new_at=NOW), what) == replace(QUARTER, last_new_at=NOW)
    rare = Pace(interval=HOUR, item_gap=DAY, last_new_at=NOW)
    assert learned(rare, what).interval == 75 * MINUTE


def polls_until(pace: Pace, what: Brought | None, reached: timedelta) -> int:
    """How many polls of one kind it takes until the interval is `reached`."""
    now = NOW
    for count in range(1000):
        if pace.interval == reached:
            return count
        now += pace.interval
        pace = paced(pace, what, now=now, last_good_at=now - pace.interval, bounds=BOUNDS)
    raise AssertionError(pace)


@pytest.mark.parametrize("pace", [QUARTER, Pace(interval=5 * MINUTE, last_new_at=NOW), Pace(interval=15 * MINUTE)])
def test_a_feed_that_never_changes_is_asked_daily_after_some_thirty_polls(pace):
    assert 15 <= polls_until(pace, None, BOUNDS.longest) <= 35


@pytest.mark.parametrize(
    ("what", "polls"),
    [(Brought(50, 0), 5), (Brought(30, 20), 9), (Brought(300, 1700), 9), (Brought(300, 0, whole=False), 9)],
)
def test_a_busy_feed_soon_reaches_the_shortest_interval(what, polls):
    idle = Pace(interval=DAY, item_gap=MINUTE, last_new_at=NOW)
    assert polls_until(idle, what, BOUNDS.shortest) <= polls


def test_a_steady_feed_is_asked_about_twice_per_item():
    """Sixty items listed, one more every 20 minutes for three days."""
    pace, now = Pace(), NOW
    dates = [NOW - count * 20 * MINUTE for count in range(60)]
    seen = 60
    polls = 0
    last = None
    while now < NOW + 3 * DAY:
        total = 60 + (now - NOW) // (20 * MINUTE)
        new = 60 if last is None else total - seen
        what = Brought(new, 60 - new, tuple(dates)) if new else None
        pace = paced(pace, what, now=now, last_good_at=last, bounds=BOUNDS)
        seen, last, polls = total, now, polls + 1
        now += pace.interval
    assert 1.5 * 216 <= polls <= 2.5 * 216
    assert 15 * MINUTE <= pace.item_gap <= 25 * MINUTE


@given(paces, brought | st.none(), bounds, moments, st.none() | moments)
def test_the_learned_interval_never_leaves_its_bounds(pace, what, limits, now, last_good_at):
    after = paced(pace, what, now=now, last_good_at=last_good_at, bounds=limits)
    assert limits.shortest <= after.interval <= limits.longest
    assert after.item_gap is None or after.item_gap >= timedelta(0)
    assert after.last_new_at is None or after.last_new_at in {now, pace.last_new_at} or pace.interval is None


@given(paces, st.integers(1, 500), st.lists(st.integers(0, 500), min_size=2, max_size=2), bounds)
def test_the_more_was_known_the_longer_the_interval(pace, new, known, limits):
    less, more = sorted(known)
    assert (
        learned(pace, Brought(new, less), bounds=limits).interval
        <= learned(pace, Brought(new, more), bounds=limits).interval
    )


@given(paces, st.timedeltas(BOUNDS.shortest, BOUNDS.longest), brought | st.none())
def test_low_overlap_speeds_up_and_polls_without_news_do_not(pace, before, what):
    pace = replace(pace, interval=before)
    after = learned(pace, what)
    if what is None or not what.new:
        assert after.interval >= pace.interval
        assert (after.item_gap, after.last_new_at) == (pace.item_gap, pace.last_new_at)
    elif what.whole and what.known < what.new:
        assert after.interval <= max(pace.interval / 2, BOUNDS.shortest)


@pytest.mark.parametrize(
    ("what", "listed", "expected"),
    [
        (Brought(20, 0), 20, True),
        (Brought(1, 0), 1, True),
        (Brought(20, 0), 0, False),
        (Brought(19, 1), 20, False),
        (Brought(0, 0), 20, False),
        (Brought(3, 0, whole=False), 20, False),
    ],
)
def test_a_gap_is_a_whole_document_of_which_nothing_was_known(what, listed, expected):
    assert is_gap(what, listed=listed) is expected


# When the next poll is


@pytest.mark.parametrize(
    ("every", "known", "limits", "expected"),
    [
        (None, None, BOUNDS, 15 * MINUTE),
        (None, 2 * HOUR, BOUNDS, 2 * HOUR),
        (None, MINUTE, BOUNDS, 5 * MINUTE),
        (None, 9 * DAY, BOUNDS, DAY),
        (MINUTE, 2 * HOUR, BOUNDS, MINUTE),
        (timedelta(days=3), None, BOUNDS, DAY),
        (None, None, Bounds(shortest=30 * MINUTE, longest=60 * MINUTE), 30 * MINUTE),
        (None, None, Bounds(shortest=MINUTE, longest=10 * MINUTE), 10 * MINUTE),
        (None, None, Bounds(shortest=2 * HOUR, longest=HOUR), HOUR),
    ],
)
def test_the_interval_is_every_or_the_learned_one_within_the_bounds(every, known, limits, expected):
    assert interval(every, Pace(interval=known), limits) == expected


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_a_configured_interval_is_kept_exactly_and_counts_from_the_beginning_of_the_poll(jitter):
    assert good(every=5 * MINUTE, began=NOW - MINUTE, jitter=jitter) == 4 * MINUTE


def test_a_poll_that_took_longer_than_its_interval_is_due_at_once_and_not_before():
    assert good(every=MINUTE, began=NOW - 9 * MINUTE) == timedelta(0)


def test_a_learned_interval_is_spread_a_little_within_its_bounds():
    assert good(HOUR, jitter=0.0) == 57 * MINUTE
    assert good(HOUR, jitter=0.5) == HOUR
    assert HOUR < good(HOUR, jitter=0.999) < 63 * MINUTE
    assert good(5 * MINUTE, jitter=0.0) == 5 * MINUTE
    assert good(DAY, jitter=0.999) <= DAY


@pytest.mark.parametrize("every", [None, HOUR])
def test_the_poll_after_the_first_comes_within_the_latter_half_of_the_interval(every):
    assert good(HOUR, every=every, jitter=0.0, first=True) == HOUR
    assert good(HOUR, every=every, jitter=0.5, first=True) == 45 * MINUTE
    assert 30 * MINUTE < good(HOUR, every=every, jitter=0.999, first=True) < 31 * MINUTE


def test_the_poll_after_the_first_is_spread_where_the_interval_is_the_shortest_too():
    assert good(5 * MINUTE, jitter=0.0, first=True) == 7.5 * MINUTE
    assert 5 * MINUTE < good(5 * MINUTE, jitter=0.999, first=True) < 6 * MINUTE


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(Wishes(fresh_for=2 * HOUR), 2 * HOUR, id="max-age counts from the answer"),
        pytest.param(Wishes(fresh_for=MINUTE), 9 * MINUTE, id="a short max-age changes nothing"),
        pytest.param(Wishes(hints=Hints(at_least=2 * HOUR)), 2 * HOUR, id="ttl counts from the answer"),
        pytest.param(Wishes(retry_after=3 * HOUR), 3 * HOUR, id="Retry-After of a good answer"),
        pytest.param(Wishes(fresh_for=HOUR, retry_after=2 * HOUR, hints=Hints(3 * HOUR)), 3 * HOUR, id="longest"),
        pytest.param(Wishes(fresh_for=timedelta(days=999_999)), DAY, id="max-age is capped"),
        pytest.param(Wishes(retry_after=timedelta(days=999_999)), DAY, id="Retry-After is capped"),
        pytest.param(Wishes(hints=Hints(timedelta(days=999_999))), DAY, id="ttl is capped"),
        pytest.param(
            Wishes(2 * HOUR, None, Hints(3 * HOUR, frozenset(range(13))), ignored=True), 9 * MINUTE, id="ignored"
        ),
        pytest.param(Wishes(2 * HOUR, 30 * MINUTE, ignored=True), 30 * MINUTE, id="Retry-After cannot be ignored"),
    ],
)
def test_what_the_publisher_wishes_holds_whatever_is_configured(asked, expected):
    assert good(every=10 * MINUTE, began=NOW - MINUTE, wishes=asked) == expected


def test_a_learned_interval_is_never_shorter_than_allowed_from_the_answer_on():
    assert good(BOUNDS.shortest, began=NOW - MINUTE, jitter=0.0) == BOUNDS.shortest
    assert good(every=BOUNDS.shortest, began=NOW - MINUTE) == BOUNDS.shortest - MINUTE


SUNDAY, MONDAY, TUESDAY = 6, 0, 1


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        pytest.param({13}, set(), timedelta(0), id="another hour"),
        pytest.param({12}, set(), 40 * MINUTE, id="this hour"),
        pytest.param({12, 13, 14}, set(), 160 * MINUTE, id="several hours"),
        pytest.param(set(range(24)) - {11}, set(), 22 * HOUR + 40 * MINUTE, id="all but one"),
        pytest.param(set(range(24)), set(), timedelta(0), id="all of them say nothing"),
        pytest.param(set(), {MONDAY}, timedelta(0), id="another day"),
        pytest.param(set(), {SUNDAY}, 11 * HOUR + 40 * MINUTE, id="this day"),
        pytest.param({0, 1}, {SUNDAY}, 13 * HOUR + 40 * MINUTE, id="this day and the hours after it"),
        pytest.param(set(), {SUNDAY, MONDAY}, DAY, id="capped at the longest interval"),
        pytest.param(set(), set(range(7)), timedelta(0), id="all days say nothing"),
    ],
)
def test_skipped_hours_and_days_are_waited_for(hours, days, expected):
    asked = Wishes(hints=Hints(None, frozenset(hours), frozenset(days)))
    assert good(every=MINUTE, began=NOW - HOUR, wishes=asked, jitter=0.0) == expected


def test_after_a_skipped_hour_feeds_do_not_come_all_at_once():
    asked = Wishes(hints=Hints(skip_hours=frozenset({12})))
    assert good(every=MINUTE, began=NOW - HOUR, wishes=asked, jitter=0.5) == 42.5 * MINUTE


@given(
    asked=st.fixed_dictionaries(
        {"every": st.none() | gaps, "pace": paces, "bounds": bounds, "wishes": wishes, "jitter": jitters}
    ),
    first=st.booleans(),
    took=st.timedeltas(timedelta(0), HOUR),
)
def test_a_good_poll_is_followed_by_one_neither_in_the_past_nor_too_late(asked, first, took):
    due = after_good(began=NOW - took, now=NOW, first=first, **asked)
    limits, wanted = asked["bounds"], asked["wishes"]
    assert NOW <= due <= NOW + limits.longest
    if asked["every"] is None:
        assert due >= NOW - took + limits.shortest
    for floor in [wanted.retry_after, None if wanted.ignored else wanted.fresh_for]:
        assert floor is None or due >= NOW + min(floor, limits.longest)


# After failures


def failed(failures: int, *, every: timedelta | None = 15 * MINUTE, jitter: float = 0.0, **more) -> timedelta:
    asked = {"bounds": BOUNDS, "wishes": Wishes()} | more
    return after_failure(now=NOW, every=every, pace=Pace(), failures=failures, jitter=jitter, **asked) - NOW


def test_gaps_double_with_each_failure_in_a_row_up_to_the_longest_interval():
    waits = [failed(count) for count in range(1, 9)]
    assert waits[:3] == [30 * MINUTE, 60 * MINUTE, 120 * MINUTE]
    assert waits[-1] == BOUNDS.longest
    assert failed(10**6, every=MINUTE) == BOUNDS.longest


def test_tries_after_failures_are_spread():
    assert failed(1, jitter=0.5) == 31.5 * MINUTE
    assert 0.95 * DAY < failed(9, jitter=0.5) < DAY


def test_a_failure_that_is_nobodys_fault_costs_one_interval():
    assert failed(0) == 15 * MINUTE


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(3 * HOUR, 3 * HOUR), (MINUTE, 30 * MINUTE), (timedelta(days=40), BOUNDS.longest)],
)
def test_retry_after_holds_where_it_is_longer_and_is_capped(asked, expected):
    assert failed(1, every=None, wishes=Wishes(retry_after=asked)) == expected
    assert failed(1, every=None, wishes=Wishes(retry_after=asked, ignored=True)) == expected


def test_what_the_document_said_holds_after_failures_too():
    assert failed(1, wishes=Wishes(hints=Hints(at_least=2 * HOUR))) == 2 * HOUR
    assert failed(1, wishes=Wishes(hints=Hints(skip_hours=frozenset({12})))) == 40 * MINUTE
    assert failed(1, wishes=Wishes(hints=Hints(at_least=2 * HOUR), ignored=True)) == 30 * MINUTE


def test_the_age_of_an_error_page_does_not_matter():
    assert failed(1, wishes=Wishes(fresh_for=9 * HOUR)) == 30 * MINUTE


@given(
    asked=st.fixed_dictionaries({"every": st.none() | gaps, "pace": paces, "bounds": bounds, "wishes": wishes}),
    failures=st.integers(0, 10**9),
    jitter=jitters,
)
def test_after_a_failure_the_gap_never_shrinks_nor_passes_the_longest(asked, failures, jitter):
    waits = [
        after_failure(now=NOW, failures=count, jitter=spread, **asked) - NOW
        for count, spread in [(failures, 0.0), (failures + 1, 0.0), (failures, jitter)]
    ]
    assert timedelta(0) <= waits[0] <= waits[1]
    assert max(waits) <= asked["bounds"].longest


def test_a_broken_feed_is_tried_daily_or_as_often_as_the_longest_interval_allows():
    def broken(limits: Bounds, jitter: float = 0.0, asked: Wishes | None = None) -> timedelta:
        return after_broken(now=NOW, bounds=limits, wishes=asked or Wishes(), jitter=jitter) - NOW

    assert broken(BOUNDS) == DAY
    assert 0.95 * DAY < broken(BOUNDS, 0.5) < DAY
    assert broken(replace(BOUNDS, longest=HOUR)) == HOUR
    weekly = replace(BOUNDS, longest=7 * DAY)
    assert broken(weekly, 0.5) == 1.05 * DAY
    assert broken(weekly, asked=Wishes(retry_after=3 * DAY)) == 3 * DAY


def test_a_feed_that_is_gone_is_tried_weekly():
    assert after_gone(now=NOW, jitter=0.0) == NOW + timedelta(days=7)
    assert timedelta(days=7) < after_gone(now=NOW, jitter=0.5) - NOW < timedelta(days=7.5)


# Whether a 304 is to be believed


def whole(*, silent: timedelta | None, since_whole: timedelta | None, item_gap=HOUR, polled=MINUTE, failures=0) -> bool:
    pace = Pace(interval=HOUR, item_gap=item_gap, last_new_at=None if silent is None else NOW - silent)
    return wants_whole(
        pace,
        now=NOW,
        last_whole_at=None if since_whole is None else NOW - since_whole,
        last_good_at=None if polled is None else NOW - polled,
        failures=failures,
    )


@pytest.mark.parametrize(
    ("silent", "since_whole", "item_gap", "expected"),
    [
        pytest.param(4 * HOUR, DAY, HOUR, True, id="overdue"),
        pytest.param(2 * HOUR, DAY, HOUR, False, id="not overdue"),
        pytest.param(4 * HOUR, DAY - MINUTE, HOUR, False, id="a whole one today"),
        pytest.param(25 * HOUR, DAY, None, True, id="rhythm unknown, silent for a day"),
        pytest.param(23 * HOUR, DAY, None, False, id="rhythm unknown"),
        pytest.param(MINUTE, 7 * DAY, HOUR, True, id="weekly, overdue or not"),
        pytest.param(None, 7 * DAY, None, True, id="weekly, nothing known"),
        pytest.param(None, 6 * DAY, None, False, id="nothing known"),
        pytest.param(20 * DAY, 4 * DAY, HOUR, False, id="a long silence that whole documents have borne out"),
        pytest.param(20 * DAY, 5 * DAY, HOUR, True, id="but not for ever"),
        pytest.param(999 * DAY, 7 * DAY, HOUR, True, id="at least weekly"),
        pytest.param(DAY, None, HOUR, False, id="never whole: no 304 either"),
    ],
)
def test_whole_documents_are_asked_for_when_news_is_overdue(silent, since_whole, item_gap, expected):
    assert whole(silent=silent, since_whole=since_whole, item_gap=item_gap) is expected


@pytest.mark.parametrize("polled", [None, 2 * DAY, 3 * DAY])
def test_without_a_good_poll_since_the_last_whole_document_there_is_no_304_to_doubt(polled):
    assert not whole(silent=3 * DAY, since_whole=2 * DAY, polled=polled)


@pytest.mark.parametrize(
    ("failures", "since_whole", "expected"),
    [(2, 2 * DAY, False), (3, DAY - MINUTE, False), (3, DAY, True), (99, 99 * DAY, True), (99, None, False)],
)
def test_a_server_that_may_stumble_over_the_conditions_is_asked_without(failures, since_whole, expected):
    for polled in (since_whole, MINUTE):
        found = whole(silent=MINUTE, since_whole=since_whole, item_gap=99 * DAY, polled=polled, failures=failures)
        assert found is expected


def test_a_server_whose_304s_lie_is_asked_for_everything_at_most_daily():
    pace = Pace(interval=HOUR, item_gap=HOUR, last_new_at=NOW)
    asked = []
    good_at = whole_at = NOW
    for hour in range(1, 24 * 5):
        now = NOW + hour * HOUR
        if wants_whole(pace, now=now, last_whole_at=whole_at, last_good_at=good_at, failures=0):
            asked.append(hour)
            whole_at = now
        good_at = now
    assert asked == [24, 48, 72, 96]
