"""Every step killed: the process dies after its n-th call to the outside, for every n; another one takes over later."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from golden.newsroom import BEGIN, MovedClock, Newsroom, Web
from servers.documents import Item, rss

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.pipeline import sync
from worker.pipeline.claim import LEASE

if TYPE_CHECKING:
    from worker.store import Store

DISPATCH = Item("d", "Grain leaves Ukraine", "Four ships left.", published=BEGIN)
PUBLISHED = {
    "north": [DISPATCH, Item("n-2", "Poland and Ukraine sign", "On Sunday.", published=BEGIN)],
    "south": [DISPATCH._replace(id="s-1"), Item("s-2", "Ukraine votes", "Polls open.", published=BEGIN)],
    "west": [Item("w-1", "Weather", "Rain.", published=BEGIN)],
}
CONFIGURATION = Configuration(
    feeds=tuple(FeedLine(f"https://{name}.example/feed", name) for name in PUBLISHED),
    watch_lists=(
        WatchListLine("Poland", keywords=("Poland",), notify=(NotifyLine("desk", None),)),
        WatchListLine("Ukraine", keywords=("Ukraine",), notify=(NotifyLine("desk", 2),)),
    ),
    subscribers=(
        SubscriberLine("desk", channels=(ChannelLine("log"), ChannelLine("webhook", "https://d.example/", "whsec_x"))),
    ),
)


class Killed(BaseException):
    """The process is gone: nothing of it may go on, so nobody catches this."""


class Fuse:
    """Counts calls, and from the end of the n-th on lets none of this process through."""

    def __init__(self, last: int) -> None:
        self.calls: list[str] = []
        self._last = last
        self._lock = threading.Lock()

    def check(self) -> None:
        if len(self.calls) >= self._last:
            raise Killed

    def burn(self, name: str) -> None:
        with self._lock:
            self.check()
            self.calls.append(name)
            self.check()


class Fused:
    """Any part of the outside behind a fuse."""

    def __init__(self, part: object, fuse: Fuse) -> None:
        self._part, self._fuse = part, fuse

    def __getattr__(self, name: str):
        method = getattr(self._part, name)

        def call(*args, **kwargs):
            self._fuse.check()
            result = method(*args, **kwargs)
            self._fuse.burn(name)
            return result

        return call

    @contextmanager
    def matching(self):
        """The transaction's own calls count, and so does its commit; killed within, it is rolled back."""
        self._fuse.check()
        with self._part.matching() as transaction:
            yield Fused(transaction, self._fuse)
        self._fuse.burn("commit")

    def fetch(self, requests, **more):
        for fetched in self._part.fetch(requests, **more):
            self._fuse.burn("fetch")
            yield fetched


def newsroom(store: Store) -> Newsroom:
    web = Web()
    for name, items in PUBLISHED.items():
        web.publish(f"https://{name}.example/feed", rss(items), etag=b'"1"')
    return Newsroom(store, MovedClock(), web)


def fused(room: Newsroom, fuse: Fuse) -> Newsroom:
    boxes = {kind: Fused(box, fuse) for kind, box in room.boxes.items()}
    return replace(room, store=Fused(room.store, fuse), web=Fused(room.web, fuse), boxes=boxes)


def killed_after(calls: int, store: Store) -> tuple[Newsroom, list[str]]:
    """Run a process that dies after so many calls, then another on the same database until all is told."""
    first, fuse = newsroom(store), Fuse(calls)
    boxes = first.boxes
    try:
        fused(first, fuse).run()
    except Killed:
        died = fuse.calls
    else:
        died = []
    second = newsroom(store)
    second.boxes, second.owner = boxes, "here:2:2"
    second.clock.move(LEASE + timedelta(seconds=1))
    second.run()
    second.clock.move(timedelta(hours=2))
    second.run()
    return second, died


def told(room: Newsroom) -> Counter[tuple[str, str, str]]:
    """(channel, watch list, title) as receivers that honour the key have heard them."""
    heard = {(kind, one.key): one.alerts for kind, box in room.boxes.items() for one in box.got}
    return Counter(
        (kind, name, alert.title) for (kind, _), some in heard.items() for alert in some for name in alert.watch_lists
    )


ALERTS = [
    ("Poland", "Poland and Ukraine sign"),
    ("Ukraine", DISPATCH.title),
    ("Ukraine", "Poland and Ukraine sign"),
    ("Ukraine", "Ukraine votes"),
]


@pytest.mark.unmeasured
@pytest.mark.parametrize("first", [1, 2], ids=["odd", "even"])
def test_nothing_is_lost_and_nothing_doubled_wherever_the_process_dies(store, tmp_path, first):
    sync.apply(store, CONFIGURATION, now=BEGIN)
    store.close()
    prepared = shutil.copy(tmp_path / "tocsin.db", tmp_path / "prepared.db")
    for calls in count(first, step=2):
        store.close()
        shutil.copy(prepared, tmp_path / "tocsin.db")
        room, died = killed_after(calls, store)
        where = f"killed after call {calls}: {' '.join(died)}"
        deliveries = store.deliveries_list()
        assert sorted((row.watch_list, row.title) for row in store.alerts_list()) == ALERTS, where
        assert told(room) == Counter((kind, *alert) for kind in room.boxes for alert in ALERTS), where
        assert {row.key for row in deliveries} == {one.key for box in room.boxes.values() for one in box.got}, where
        assert {row.state for row in deliveries} == {"sent"}, where
        assert store.status(now=room.clock.now()).oldest_unmatched_s is None, where
        if not died:
            return


def test_every_kind_of_call_has_its_turn(store):
    sync.apply(store, CONFIGURATION, now=BEGIN)
    fuse = Fuse(10_000)
    fused(newsroom(store), fuse).run()
    assert set(fuse.calls) == {
        *(
            "release_lost",
            "after_clock_jump",
            "claim_due_feeds",
            "claim_due_deliveries",
            "claim_unmatched",
            "record_tick",
        ),
        *("begin_polls", "fetch", "known_items", "record_polls", "hand_back_feeds"),
        *("watch_lists_version", "watch_lists", "unmatched", "claim_keys", "open_stories", "fold"),
        *("settle_keys", "reports", "sum_up", "record_hits", "subscriptions", "past", "record_alerts", "commit"),
        *("begin_deliveries", "alerts_of", "send", "record_delivery"),
    }
