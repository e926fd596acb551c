"""Ctrl-C in the middle of a poll gives its leases back."""

from datetime import UTC, datetime, timedelta

import pytest

from config.values import Settings
from worker.feeds.cadence import Pace
from worker.feeds.health import Condition
from worker.feeds.model import Hints
from worker.pipeline.claim import manners_of
from worker.pipeline.poll import Polling, poll
from worker.records import LeasedFeed

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
FEED = LeasedFeed(
    id=7,
    token=3,
    url="https://a.example/",
    polled_url="https://a.example/",
    name=None,
    validators=None,
    body_hash=None,
    every=None,
    ignore_hints=False,
    full_text=False,
    condition=Condition(),
    pace=Pace(),
    hints=Hints(),
    candidate=None,
    last_good_at=None,
    last_parsed_at=None,
    last_whole_at=None,
    listed=0,
)


class FixedClock:
    def now(self):
        return NOW


class Leases:
    def __init__(self):
        self.handed_back = []

    def begin_polls(self, feeds, *, owner, now, lease, manners, force):
        return [FEED]

    def hand_back_feeds(self, tokens):
        self.handed_back.append(tokens)


class Interrupted:
    def fetch(self, requests, *, in_flight, stop, idle=None):
        raise KeyboardInterrupt


def test_an_interrupted_poll_hands_its_leases_back():
    store = Leases()
    parts = Polling(
        store=store,
        fetcher=Interrupted(),
        parse=None,
        match=None,
        clock=FixedClock(),
        settings=Settings(),
        manners=manners_of(Settings()),
        owner="me",
        read_pages=None,
        pages_within=timedelta(minutes=1),
        jitter=lambda: 0.0,
        wait=None,
    )
    with pytest.raises(KeyboardInterrupt):
        poll(parts, [7], stop=lambda: False, force=True)
    assert store.handed_back == [{7: 3}]
