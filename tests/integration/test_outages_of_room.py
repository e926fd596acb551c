"""A disk without room, as SQLite tells of it: what a feed said is asked for again, in full, until there is room for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from golden.newsroom import BEGIN, MovedClock, Newsroom, Web, migrated, opened
from servers.documents import Item, rss
from sqlalchemy import event

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.errors import StoreUnavailable

URL = "https://one.example/feed"
LONG = Item("long", "Ukraine at length", "Word by word. " * 20_000, published=BEGIN)
CONFIGURATION = Configuration(
    feeds=(FeedLine(URL, "One"),),
    watch_lists=(WatchListLine("Ukraine", keywords=("Ukraine",), notify=(NotifyLine("desk", None),)),),
    subscribers=(SubscriberLine("desk", channels=(ChannelLine("log"),)),),
)
A_LEASE = timedelta(seconds=31)


class Disk:
    """Room for a database: none beyond what it has, or all that it asks for."""

    ROOMY = 2**30

    def __init__(self, store):
        self._store = store
        self._pages = self.ROOMY
        event.listen(store._engine, "begin", self._limit)

    def _limit(self, connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self._pages}")

    def fill(self):
        with self._store._transaction("read") as connection:
            self._pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def clear(self):
        self._pages = self.ROOMY


@pytest.fixture
def room(tmp_path):
    with opened(migrated(tmp_path), tmp_path) as store:
        web = Web()
        web.publish(URL, rss([LONG]), etag=b'"1"')
        room = Newsroom(store, MovedClock(), web)
        room.apply(CONFIGURATION)
        yield room


def feed(room):
    (row,) = room.store.feeds_list()
    return row


def test_no_validators_are_kept_without_their_items_and_nothing_is_lost(room):
    disk = Disk(room.store)
    disk.fill()
    # Long enough for a feed that costs workers their lives to be put aside, which this one is not.
    for _ in range(8):
        with pytest.raises(StoreUnavailable, match="full"):
            room.run()
        room.clock.move(A_LEASE)
    assert (feed(room).state, feed(room).items) == ("new", 0)
    assert [request.validators for request in room.web.asked] == [None] * 8

    disk.clear()
    room.run()
    assert feed(room).items == 1
    assert [alert.title for message in room.boxes["log"].got for alert in message.alerts] == [LONG.title]
    room.clock.move(timedelta(hours=1))
    room.run()
    assert room.web.asked[-1].validators.etag == b'"1"'
