"""Items that lose their worker again and again."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from servers.documents import Item, rss

from worker.errors import StoreUnavailable
from worker.pipeline.claim import LEASE, Wakeups
from worker.pipeline.match import MATCH_ATTEMPTS


class Killed(Exception):
    """The worker is no more."""


class Killing:
    """A store whose match transactions nobody survives."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    @contextmanager
    def matching(self):
        with self._store.matching():
            raise Killed
            yield


@pytest.fixture
def killing(open_newsroom):
    """A newsroom with one item, about Ukraine, that was stored and then killed its worker."""
    room = open_newsroom("north")
    room.web.publish("https://north.example/feed", rss([Item("1", "Ukraine", "Text.", published=room.clock.now())]))
    store, room.store = room.store, Killing(room.store)
    with pytest.raises(Killed):
        room.poll()
    store.release_owners(lambda _: True, now=room.clock.now(), counted=True)
    return room, store


def test_an_item_that_kills_every_worker_is_quarantined_in_the_end(killing):
    room, store = killing
    for _ in range(MATCH_ATTEMPTS):
        room.clock.move(LEASE)
        ((item,),) = room.tick().unmatched
        with pytest.raises(Killed):
            room.rematch(item)
    room.store = store
    room.clock.move(LEASE)
    ((item,),) = room.tick().unmatched
    assert room.rematch(item).items == 0
    assert (store.status(now=room.clock.now()).quarantined_items, store.alerts_list()) == (1, [])


def test_lost_messages_delay_it_and_no_more(killing):
    room, store = killing
    for _ in range(50):
        room.clock.move(timedelta(seconds=10))
        assert room.tick().unmatched == ((1,),)
    room.store = store
    assert room.rematch(1).alerts == 1
    room.clock.move(timedelta(minutes=1))
    assert room.tick().unmatched == Wakeups().unmatched


def test_a_database_that_refuses_is_no_fault_of_the_items(killing):
    room, store = killing

    class Refusing(Killing):
        """A store that refuses every match transaction."""

        @contextmanager
        def matching(self):
            raise StoreUnavailable("locked")
            yield

    class Gone(Refusing):
        """One that refuses everything."""

        def uncount_matching(self, ids):
            raise StoreUnavailable("gone")

    room.store = Refusing(store)
    for _ in range(2 * MATCH_ATTEMPTS):
        room.clock.move(LEASE)
        ((item,),) = room.tick().unmatched
        with pytest.raises(StoreUnavailable, match="locked"):
            room.rematch(item)
    room.store = Gone(store)
    with pytest.raises(StoreUnavailable, match="locked"):
        room.rematch(item)
    room.store = store
    room.clock.move(LEASE)
    room.run()
    assert [row.state for row in store.alerts_list()] == ["told"]
