"""A feed in the middle of its life, and answers to a poll of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from worker.feeds.cadence import Bounds, Pace
from worker.feeds.health import Condition
from worker.feeds.model import Hints
from worker.pipeline.judge import Occasion, body_hash
from worker.records import Fetched, FetchResponse, LeasedFeed, Validators

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEGAN = NOW - timedelta(seconds=2)
EVERY = timedelta(minutes=5)
OCCASION = Occasion(
    began=BEGAN,
    now=NOW,
    bounds=Bounds(shortest=timedelta(minutes=5), longest=timedelta(hours=24)),
    redirect_after=timedelta(hours=24),
    jitter=0.0,
)
URL = "https://news.example/feed"
FEED = LeasedFeed(
    id=1,
    token=7,
    url=URL,
    polled_url=URL,
    name=None,
    validators=Validators(URL, etag=b'"a"'),
    body_hash=body_hash(b"<rss/>"),
    every=EVERY,
    ignore_hints=False,
    full_text=False,
    condition=Condition("ok"),
    pace=Pace(timedelta(minutes=15), timedelta(minutes=30), NOW - timedelta(hours=1)),
    hints=Hints(),
    candidate=None,
    last_good_at=NOW - EVERY,
    last_parsed_at=NOW - 2 * EVERY,
    last_whole_at=NOW - 2 * EVERY,
    listed=3,
    host="news.example",
)


def answer(status: int, body: bytes = b"", **more: object) -> Fetched:
    response = FetchResponse(
        status=status,
        url=URL,
        body=body,
        content_type="application/rss+xml",
        validators=None,
        retry_after=None,
        raw_bytes=len(body),
    )
    return Fetched(key=1, result=replace(response, **more), seconds=0.5)
