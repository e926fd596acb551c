from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import BadResponse, DeadlineExceeded, HtmlPage, NameNotFound, ParseError, Refused, Unreachable
from worker.feeds.cadence import Pace
from worker.feeds.health import BROKEN_FROM, WEIGHTS, Condition, after_failure, after_good, fault_of, is_challenge

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAULTS = st.lists(st.sampled_from(sorted(WEIGHTS)), min_size=1, max_size=30)


def after(*faults: str) -> Condition:
    """The condition after these failures, an hour between them, the last one now."""
    first = NOW - HOUR * (len(faults) - 1)
    condition = Condition("ok")
    for number, fault in enumerate(faults):
        condition = after_failure(condition, fault, now=first + HOUR * number)
    return condition


@pytest.mark.parametrize(
    ("item_gap", "silence", "expected"),
    [
        (HOUR, DAY, "ok"),
        (HOUR, 3 * DAY, "ok"),
        (HOUR, 3 * DAY + HOUR, "stale"),
        (7 * DAY, 70 * DAY, "ok"),
        (7 * DAY, 71 * DAY, "stale"),
        (None, 999 * DAY, "ok"),
        (HOUR, None, "ok"),
    ],
)
def test_a_feed_is_stale_when_silent_for_much_longer_than_its_rhythm(item_gap, silence, expected):
    pace = Pace(HOUR, item_gap, None if silence is None else NOW - silence)
    assert after_good(pace, now=NOW) == Condition(expected)


@pytest.mark.parametrize(
    ("fault", "polls"), [("gone", 3), ("hard", 5), ("soft", 10), ("name", 20), ("turned_away", 5), ("html", 5)]
)
def test_a_feed_is_broken_once_its_failures_weigh_enough(fault, polls):
    assert not after(*[fault] * (polls - 1)).broken
    assert after(*[fault] * polls).broken


@pytest.mark.parametrize(
    ("faults", "state"),
    [
        (["soft"], "backing_off"),
        (["soft"] * 9, "backing_off"),
        (["soft"] * 10, "broken"),
        (["name"] * 19 + ["soft"], "broken"),
        (["html"] * 4 + ["hard"], "broken"),
        (["turned_away"], "blocked"),
        (["turned_away"] * 9, "blocked"),
        (["hard"] * 9 + ["html"], "html"),
        (["html", "soft"], "backing_off"),
        (["hard", "gone"], "gone"),
        (["gone", "soft", "html", "turned_away"], "gone"),
    ],
)
def test_the_state_says_what_is_wrong(faults, state):
    condition = after(*faults)
    assert (condition.state, condition.failures) == (state, len(faults))


def test_the_owner_is_told_once_when_a_feed_becomes_broken():
    assert after(*["hard"] * 4).told_at is None
    assert after(*["hard"] * 5).told_at == NOW
    assert after(*["hard"] * 9).told_at == NOW - 4 * HOUR


@pytest.mark.parametrize("state", ["turned_away", "html"])
def test_the_owner_is_told_of_feeds_that_are_not_called_broken_too(state):
    assert after(*[state] * 4).told_at is None
    assert after(*[state] * 5).told_at == NOW


def test_the_owner_is_told_at_once_that_a_feed_is_gone_and_then_no_more():
    assert after("gone").told_at == NOW
    assert after("gone", *["hard"] * 9).told_at == NOW - 9 * HOUR
    assert after(*["hard"] * 5, "gone").told_at == NOW - HOUR


@given(FAULTS)
def test_weights_add_up_and_nobody_is_told_twice_or_never(faults):
    weights = list(accumulate(WEIGHTS[fault] for fault in faults))
    condition = after(*faults)
    assert condition.weight == weights[-1]
    assert condition.broken == (weights[-1] >= BROKEN_FROM)
    begun = [n for n, fault in enumerate(faults) if weights[n] >= BROKEN_FROM or fault == "gone"]
    assert condition.told_at == (NOW - HOUR * (len(faults) - 1 - begun[0]) if begun else None)


CHALLENGE = b"<html><title>Just a moment...</title>"


@pytest.mark.parametrize(
    ("status", "error", "body", "expected"),
    [
        (410, None, b"", "gone"),
        (410, None, CHALLENGE, "gone"),
        (404, None, b"", "soft"),
        (404, None, CHALLENGE, "soft"),
        (408, None, b"", "soft"),
        (425, None, b"", "soft"),
        (429, None, b"", "soft"),
        (500, None, b"", "soft"),
        (503, None, b"", "soft"),
        (599, None, b"", "soft"),
        (400, None, b"", "hard"),
        (401, None, b"", "hard"),
        (403, None, b"Forbidden", "hard"),
        (451, None, b"", "hard"),
        (304, None, b"", "hard"),
        (204, None, b"", "hard"),
        (None, None, b"", "hard"),
        (202, None, CHALLENGE, "turned_away"),
        (401, None, CHALLENGE, "turned_away"),
        (403, None, CHALLENGE, "turned_away"),
        (405, None, CHALLENGE, "turned_away"),
        (406, None, CHALLENGE, "turned_away"),
        (429, None, CHALLENGE, "turned_away"),
        (503, None, CHALLENGE, "turned_away"),
        (None, NameNotFound("no such host"), b"", "name"),
        (None, Unreachable("reset"), b"", "soft"),
        (None, DeadlineExceeded("slow"), b"", "soft"),
        (None, BadResponse("cut short"), b"", "hard"),
        (None, Refused("private"), b"", "hard"),
        (200, HtmlPage("a web page"), b"<html>", "html"),
        (200, ParseError("no feed"), b"", "hard"),
        (503, ParseError("no feed"), CHALLENGE, "hard"),
        (200, ValueError("unforeseen"), b"", "hard"),
    ],
)
def test_what_a_poll_failed_of(status, error, body, expected):
    assert fault_of(status, error, body) == expected


@pytest.mark.parametrize(
    "page",
    [
        "<title>Just a moment...</title>",
        "<TITLE>JUST A MOMENT...</TITLE>",
        "<script>window._cf_chl_opt = {}</script>",
        '<script src="/cdn-cgi/challenge-platform/h/b"></script>',
        "<title>Attention Required! | Cloudflare</title>",
        "<p>DDoS protection by Example</p>",
        "<p>Checking your browser before you may come in",
        '<iframe src="/_Incapsula_Resource?x=1">Incapsula incident ID: 7</iframe>',
        "<title>Pardon Our Interruption</title>",
        "<h1>Access Denied</h1> You may not. <p>Reference #18.1a2b</p>",
        "<h1>Access Denied</h1> You may not. <p>Reference&#32;&#35;18&#46;1a2b</p>",
        '<script src="https://ct.captcha-delivery.com/c.js"></script>',
        '<div id="px-captcha"></div>',
        "<title>Sucuri WebSite Firewall - Access Denied</title>",
        "<script>window.awsWafCookieDomainList = [];</script>",
        "<title>Making sure you&#39;re not a bot!</title>",
        "<title>Making sure you're not a bot!</title>",
        '<div class="g-recaptcha"></div>',
        '<div class="h-captcha"></div>',
    ],
)
def test_pages_of_guards_are_known(page):
    assert is_challenge(f"<!doctype html><html>{page}".encode())


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<h1>403 Forbidden</h1><p>nginx</p>",
        b"<h1>Access denied</h1> Log in to read this feed.",
        b"<h1>Wait just a moment before you try again</h1>",
        b"<p>Making sure you get your paper</p>",
        b" " * 64 * 1024 + CHALLENGE,
        "<title>Just a moment".encode("utf-16"),
    ],
)
def test_other_pages_are_no_challenge(page):
    assert not is_challenge(page)
