from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.moves import Candidate, Move, after_good, where_gone

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD, NEW, OTHER = "http://news.example/feed", "http://paper.example/feed", "http://third.example/feed"


def judged(
    before: Candidate | None,
    moved_to: str | None,
    *,
    at: datetime = NOW,
    polled_url: str = OLD,
    redirect_after: timedelta = 24 * HOUR,
) -> Move:
    return after_good(before, moved_to, polled_url=polled_url, now=at, redirect_after=redirect_after)


def days_until_believed(targets: list[str | None], *, every: timedelta, redirect_after: timedelta = 24 * HOUR):
    """The index of the poll that believes its redirect, and where it leads; None where none does."""
    candidate = None
    for number, target in enumerate(targets):
        move = judged(candidate, target, at=NOW + number * every, redirect_after=redirect_after)
        if move.moved_to is not None:
            assert move.candidate is None
            return number, move.moved_to
        candidate = move.candidate
    return None


@pytest.mark.parametrize("moved_to", [None, OLD])
def test_a_good_poll_without_a_redirect_forgets_the_candidate(moved_to):
    assert judged(Candidate(NEW, 2, NOW - HOUR), moved_to) == Move(None)


def test_a_redirect_is_a_candidate_at_first():
    assert judged(None, NEW) == Move(Candidate(NEW, 1, NOW))
    assert judged(Candidate(NEW, 1, NOW - HOUR), NEW) == Move(Candidate(NEW, 2, NOW - HOUR))


@pytest.mark.parametrize(
    ("every", "redirect_after", "expected"),
    [
        (HOUR, 24 * HOUR, 24),
        (13 * HOUR, 24 * HOUR, 2),
        (24 * HOUR, 24 * HOUR, 2),
        (HOUR, timedelta(0), 2),
    ],
)
def test_it_is_believed_at_the_third_agreeing_poll_and_not_before_its_time(every, redirect_after, expected):
    assert days_until_believed([NEW] * 50, every=every, redirect_after=redirect_after) == (expected, NEW)


def test_another_target_starts_anew():
    assert judged(Candidate(NEW, 9, NOW - HOUR), OTHER) == Move(Candidate(OTHER, 1, NOW))
    assert days_until_believed([NEW, NEW, OTHER, OTHER, OTHER], every=24 * HOUR) == (4, OTHER)
    assert days_until_believed([NEW, NEW, None, NEW, NEW], every=24 * HOUR) is None


@given(st.lists(st.sampled_from([NEW, OTHER, None]), max_size=40), st.integers(0, 60))
def test_what_is_believed_was_seen_three_times_in_a_row_and_long_enough(targets, hours):
    believed = days_until_believed(targets, every=HOUR, redirect_after=hours * HOUR)
    run, first = 0, None
    for number, target in enumerate(targets):
        run = run + 1 if number and target == targets[number - 1] else 1
        if target is not None and run >= max(3, hours + 1):
            first = first or (number, target)
    assert believed == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://news.example/feed", "https://news.example/feed"),
        ("http://news.example/feed", "https://NEWS.example/other?a=b"),
        ("http://news.example:80/feed", "https://news.example:443/feed"),
        ("http://news.example:8080/feed", "https://news.example:8080/feed"),
        ("http://reader:pass@news.example/feed", "https://news.example/feed"),
    ],
)
def test_from_http_to_https_on_the_same_host_it_is_believed_at_once(old, new):
    assert judged(None, new, polled_url=old) == Move(None, new)
    assert judged(Candidate(OTHER, 1, NOW), new, polled_url=old) == Move(None, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://news.example/feed", "https://www.news.example/feed"),
        ("http://news.example/feed", "https://news.example:8443/feed"),
        ("http://news.example:8080/feed", "https://news.example/feed"),
        ("http://news.example/feed", "http://news.example/other"),
        ("https://news.example/feed", "https://news.example/other"),
        ("https://news.example/feed", "https://paper.example/feed"),
    ],
)
def test_elsewhere_it_must_be_seen_again(old, new):
    assert judged(None, new, polled_url=old) == Move(Candidate(new, 1, NOW))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://news.example/feed", "http://news.example/feed"),
        ("https://news.example/feed", "http://paper.example/feed"),
        (OLD, "ftp://news.example/feed"),
        (OLD, "http:///feed"),
        (OLD, "http://news.example:99999/feed"),
        ("feed", NEW),
    ],
)
def test_from_https_to_http_and_to_what_we_do_not_poll_it_is_never_believed(old, new):
    candidate = Candidate(new, 99, NOW - 999 * HOUR)
    assert judged(candidate, new, polled_url=old) == Move(None)


@pytest.mark.parametrize(
    ("status", "nameless", "expected"),
    [
        (410, False, NEW),
        (404, False, NEW),
        (None, True, NEW),
        (None, False, None),
        (503, False, None),
        (403, False, None),
        (200, False, None),
    ],
)
def test_where_the_old_address_is_gone_the_candidate_is_believed_at_once(status, nameless, expected):
    assert where_gone(Candidate(NEW, 1, NOW), status, nameless=nameless) == expected
    assert where_gone(None, status, nameless=nameless) is None


@pytest.mark.parametrize(("status", "nameless"), [(410, False), (404, False), (None, True)])
def test_an_old_address_that_leads_to_one_that_is_gone_is_there_still(status, nameless):
    assert where_gone(Candidate(NEW, 1, NOW), status, nameless=nameless, redirected=True) is None
