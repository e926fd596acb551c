"""Ctrl-C in the middle of a poll gives its leases back."""

from datetime import UTC, datetime

import pytest

from config.values import Settings
from worker.pipeline.poll import Polling, poll
from worker.records import LeasedFeed

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
FEED = LeasedFeed(7, 3, "https://a.example/", "https://a.example/", None, None, None, None, 0, None)


class FixedClock:
    def now(self):
        return NOW


class Leases:
    def __init__(self):
        self.handed_back = []

    def begin_polls(self, feeds, *, owner, now, lease, force):
        return [FEED]

    def hand_back_feeds(self, tokens):
        self.handed_back.append(tokens)


class Interrupted:
    def fetch(self, requests, *, in_flight, stop):
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
        owner="me",
    )
    with pytest.raises(KeyboardInterrupt):
        poll(parts, [7], stop=lambda: False, force=True)
    assert store.handed_back == [{7: 3}]
