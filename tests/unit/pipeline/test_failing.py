from dataclasses import replace
from datetime import timedelta

import pytest
from unit.pipeline.answers import EVERY, FEED, NOW, OCCASION, answer

from worker.errors import BadResponse, DeadlineExceeded, HtmlPage, NameNotFound, ParseError, Refused, Unreachable
from worker.feeds.health import BROKEN_FROM, Condition
from worker.feeds.model import Hints
from worker.feeds.moves import Candidate
from worker.pipeline.failing import failed, of_the_network
from worker.records import Fetched

CANDIDATE = Candidate("https://new.example/feed?key=secret", 1, NOW - timedelta(hours=1))


def raised(error):
    return Fetched(1, error, 0.1)


@pytest.mark.parametrize(
    ("fetched", "error", "outcome", "message"),
    [
        (answer(404), None, "error", "HTTP 404 Not Found"),
        (answer(599), None, "error", "HTTP 599 unknown status"),
        (answer(429, retry_after=timedelta(hours=2)), None, "backoff", "HTTP 429 Too Many Requests"),
        (answer(503), None, "backoff", "HTTP 503 Service Unavailable"),
        (answer(200, b"hello"), ParseError("this is\n no feed"), "error", "this is no feed"),
        (raised(Refused("127.0.0.1 is private")), None, "blocked", "127.0.0.1 is private"),
        (raised(DeadlineExceeded("20 s")), None, "error", "20 s"),
        (raised(BadResponse("")), None, "error", "BadResponse"),
        (raised(ValueError("secret")), None, "error", "ValueError"),
    ],
)
def test_failures_back_off_and_say_why(fetched, error, outcome, message):
    record = failed(FEED, fetched, error, OCCASION)
    assert (record.outcome, record.error, record.good) == (outcome, message, False)
    assert (record.condition.failures, record.condition.state) == (1, "backing_off")
    assert record.next_poll_at == NOW + (timedelta(hours=2) if record.status == 429 else 2 * EVERY)
    assert (record.notice, record.moved_to, record.pace) == (None, None, FEED.pace)


@pytest.mark.parametrize(
    ("fetched", "error", "kept"),
    [
        (answer(200, b"x"), ParseError("no"), False),
        (raised(BadResponse("a difference (226), which nobody asked for")), None, False),
        (answer(400), None, False),
        (answer(412), None, False),
        (answer(403), None, True),
        (answer(429), None, True),
        (answer(500), None, True),
        (raised(Unreachable("x")), None, True),
        (raised(DeadlineExceeded("x")), None, True),
    ],
)
def test_what_cannot_be_read_and_what_is_refused_for_its_conditions_loses_its_validators(fetched, error, kept):
    assert failed(FEED, fetched, error, OCCASION).keep_validators is kept


def test_410_is_gone_tried_weekly_and_told():
    record = failed(FEED, answer(410), None, OCCASION)
    assert (record.outcome, record.condition.state) == ("gone", "gone")
    assert (record.next_poll_at, record.notice) == (NOW + timedelta(days=7), "feed.broken")


def test_a_feed_that_keeps_failing_goes_to_the_slow_lane_and_its_owner_is_told_once():
    failing = replace(FEED, condition=Condition("backing_off", 9, BROKEN_FROM - 0.5))
    record = failed(failing, answer(500), None, OCCASION)
    assert (record.condition.state, record.notice) == ("broken", "feed.broken")
    assert record.next_poll_at == NOW + timedelta(days=1)
    again = failed(replace(FEED, condition=record.condition), answer(500), None, OCCASION)
    assert (again.condition.state, again.notice) == ("broken", None)
    assert again.next_poll_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("fetched", "error", "state"),
    [
        (answer(403, b"<title>Just a moment...</title>"), None, "blocked"),
        (answer(200, b"<html>"), HtmlPage("the document is an HTML page"), "html"),
    ],
)
def test_what_a_feed_turned_into_is_a_state_of_its_own(fetched, error, state):
    assert failed(FEED, fetched, error, OCCASION).condition.state == state


@pytest.mark.parametrize("error", [Unreachable("x"), NameNotFound("x"), DeadlineExceeded("x")])
def test_while_the_network_is_down_nothing_counts(error):
    assert of_the_network(raised(error))
    failing = replace(FEED, condition=Condition("backing_off", 2, 1.0))
    record = failed(failing, raised(error), None, OCCASION, network_down=True)
    assert record.condition == failing.condition
    assert record.next_poll_at == NOW + EVERY
    assert record.note == "the network seems to be down; not counted"
    assert record.error


@pytest.mark.parametrize(("state", "weight", "lane"), [("gone", 2.0, 7), ("gone", 6.0, 7), ("broken", 6.0, 1)])
def test_a_feed_that_was_gone_or_broken_keeps_its_lane_while_the_network_is_down(state, weight, lane):
    lost = replace(FEED, condition=Condition(state, 3, weight, told_at=NOW))
    record = failed(lost, raised(Unreachable("x")), None, OCCASION, network_down=True)
    assert (record.condition, record.next_poll_at) == (lost.condition, NOW + timedelta(days=lane))


@pytest.mark.parametrize("fetched", [answer(500), raised(BadResponse("x")), raised(Refused("x"))])
def test_other_errors_count_whatever_the_network_does(fetched):
    assert not of_the_network(fetched)
    assert failed(FEED, fetched, None, OCCASION, network_down=True).condition.failures == 1


def nameless(*, known):
    error = NameNotFound("x")
    error.known = known
    return raised(error)


@pytest.mark.parametrize("fetched", [nameless(known=False), raised(Unreachable("x")), answer(503)])
def test_what_may_pass_makes_no_redirect_believed(fetched):
    record = failed(replace(FEED, candidate=CANDIDATE), fetched, None, OCCASION)
    assert (record.outcome in {"error", "backoff"}, record.moved_to, record.candidate) == (True, None, CANDIDATE)


def test_while_the_network_is_down_no_name_is_missing():
    record = failed(replace(FEED, candidate=CANDIDATE), nameless(known=True), None, OCCASION, network_down=True)
    assert (record.moved_to, record.candidate, record.condition) == (None, CANDIDATE, FEED.condition)


@pytest.mark.parametrize("fetched", [answer(410), answer(404), nameless(known=True)])
def test_where_the_old_address_is_gone_the_redirect_is_believed_at_once(fetched):
    record = failed(replace(FEED, candidate=CANDIDATE), fetched, None, OCCASION)
    assert (record.outcome, record.moved_to, record.candidate) == ("moved", CANDIDATE.url, None)
    assert (record.condition, record.next_poll_at, record.notice) == (FEED.condition, NOW, None)
    assert "the old address is gone" in record.note
    assert "secret" not in record.note
    assert not record.good


def test_what_fails_behind_a_redirect_says_nothing_of_the_old_address():
    redirected = NameNotFound("x")
    redirected.redirected = True
    for fetched in (raised(redirected), answer(404, url="https://new.example/feed")):
        record = failed(replace(FEED, candidate=CANDIDATE), fetched, None, OCCASION)
        assert (record.moved_to, record.candidate) == (None, CANDIDATE)


def test_the_hours_that_the_publisher_skips_hold_for_failures_too():
    hinted = replace(FEED, hints=Hints(skip_hours=frozenset({12})))
    assert failed(hinted, answer(500), None, OCCASION).next_poll_at == NOW + timedelta(hours=1)
    own = replace(hinted, ignore_hints=True)
    assert failed(own, answer(500), None, OCCASION).next_poll_at == NOW + 2 * EVERY
