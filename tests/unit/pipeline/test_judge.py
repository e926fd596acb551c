from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.errors import BadResponse, DeadlineExceeded, ParseError, Refused, Unreachable
from worker.feeds.cadence import Bounds
from worker.feeds.model import Document
from worker.pipeline import judge
from worker.records import Fetched, FetchResponse, LeasedFeed, Validators
from worker.stories.model import PollDecision

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEGAN = NOW - timedelta(seconds=2)
EVERY = timedelta(minutes=5)
BOUNDS = Bounds(shortest=timedelta(minutes=5), longest=timedelta(hours=24))
URL = "https://news.example/feed"
NEWER = Validators(URL, etag=b'"b"')
FEED = LeasedFeed(
    id=1,
    token=7,
    url=URL,
    polled_url=URL,
    name=None,
    validators=Validators(URL, etag=b'"a"'),
    body_hash=judge.body_hash(b"<rss/>"),
    every=EVERY,
    failures=0,
    last_good_at=NOW - EVERY,
)


def answer(status, body=b"", *, validators=None, retry_after=None):
    response = FetchResponse(
        status=status,
        url=URL,
        body=body,
        content_type="application/rss+xml",
        validators=validators,
        retry_after=retry_after,
        raw_bytes=len(body),
    )
    return Fetched(key=1, result=response, seconds=0.5)


def unchanged(fetched):
    response = fetched.result
    brought = isinstance(response, FetchResponse) and response.status == 200
    digest = judge.body_hash(response.body) if brought else None
    return judge.unchanged(FEED, fetched, digest, now=NOW, began=BEGAN, bounds=BOUNDS)


def test_304_reschedules_and_keeps_what_is_stored():
    record = unchanged(answer(304))
    assert (record.outcome, record.state, record.good) == ("not_modified", "ok", True)
    assert record.next_poll_at == BEGAN + EVERY
    assert record.keep_validators


def test_304_with_newer_validators_brings_them():
    record = unchanged(answer(304, validators=NEWER))
    assert (record.keep_validators, record.validators) == (False, NEWER)
    assert record.body_hash == FEED.body_hash


def test_the_very_same_body_is_not_parsed():
    record = unchanged(answer(200, b"<rss/>", validators=NEWER))
    assert (record.outcome, record.validators, record.body_hash) == ("unchanged", NEWER, FEED.body_hash)


@pytest.mark.parametrize("fetched", [answer(200, b"<rss></rss>"), answer(404), Fetched(1, Unreachable("x"), 0.1)])
def test_everything_else_needs_a_closer_look(fetched):
    assert unchanged(fetched) is None


@pytest.mark.parametrize(("new", "outcome"), [((), "unchanged"), (("item",), "new")])
def test_a_parsed_document_is_new_only_with_new_items(new, outcome):
    fetched = answer(200, b"<rss>x</rss>", validators=NEWER)
    document = Document(format="rss20", title="", link=None, language="en", items=())
    decision = PollDecision(new=new, revised=(), seen=())
    digest = judge.body_hash(fetched.result.body)
    record = judge.parsed(
        FEED, fetched, fetched.result, document, decision, digest=digest, now=NOW, began=BEGAN, bounds=BOUNDS
    )
    assert record.outcome == outcome
    assert record.title is None
    assert record.validators == NEWER
    assert record.body_hash == judge.body_hash(b"<rss>x</rss>")


@pytest.mark.parametrize(
    ("fetched", "error", "outcome", "message"),
    [
        (answer(404), None, "error", "HTTP 404 Not Found"),
        (answer(599), None, "error", "HTTP 599 unknown status"),
        (answer(429, retry_after=timedelta(hours=2)), None, "backoff", "HTTP 429 Too Many Requests"),
        (answer(503), None, "backoff", "HTTP 503 Service Unavailable"),
        (answer(200, b"hello"), ParseError("this is\n no feed"), "error", "this is no feed"),
        (Fetched(1, Refused("127.0.0.1 is private"), 0.0), None, "blocked", "127.0.0.1 is private"),
        (Fetched(1, DeadlineExceeded("20 s"), 20.0), None, "error", "20 s"),
        (Fetched(1, BadResponse(""), 20.0), None, "error", "BadResponse"),
        (Fetched(1, ValueError("secret"), 0.0), None, "error", "ValueError"),
    ],
)
def test_failures_back_off_and_say_why(fetched, error, outcome, message):
    record = judge.failed(FEED, fetched, error, now=NOW, bounds=BOUNDS)
    assert (record.outcome, record.error, record.good) == (outcome, message, False)
    assert (record.failures, record.state) == (1, "backing_off")
    assert record.next_poll_at == NOW + (timedelta(hours=2) if record.status == 429 else 2 * EVERY)


def test_a_document_that_cannot_be_read_loses_its_validators():
    assert not judge.failed(FEED, answer(200, b"x"), ParseError("no"), now=NOW, bounds=BOUNDS).keep_validators
    assert judge.failed(FEED, answer(500), None, now=NOW, bounds=BOUNDS).keep_validators


def test_410_is_gone_and_tried_weekly():
    record = judge.failed(FEED, answer(410), None, now=NOW, bounds=BOUNDS)
    assert (record.outcome, record.state, record.next_poll_at) == ("gone", "gone", NOW + timedelta(days=7))


def test_a_feed_that_keeps_failing_is_called_broken():
    record = judge.failed(replace(FEED, failures=4), answer(500), None, now=NOW, bounds=BOUNDS)
    assert record.state == "broken"
