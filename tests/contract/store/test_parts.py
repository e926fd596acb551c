"""The documents of a sitemap index: kept with the feed, and polled through the real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from golden.newsroom import BEGIN, NOT_MODIFIED, Newsroom, response
from sqlalchemy import select

from config.values import FeedLine, Settings
from worker.feeds.limits import MAX_ADDRESS
from worker.records import Manners, Part, Validators
from worker.store import tables
from worker.stories.model import PollDecision

if TYPE_CHECKING:
    from worker.store import Store

INDEX = "https://north.example/sitemap.xml"
ONE, TWO = (f"https://north.example/{name}.xml" for name in ("one", "two"))
LONGEST = "https://north.example/".ljust(MAX_ADDRESS, "x")
PARTS = (
    Part(ONE, Validators(ONE, etag=b'W/"\xfc\x00"', last_modified=b"yesterday"), b"\x00" * 16),
    Part(TWO, Validators("https://north.example/elsewhere", etag=b"e" * 4096)),
    Part(LONGEST, late=True),
)


def test_parts_come_back_byte_for_byte_stay_and_are_forgotten_as_the_poll_says(world: Any) -> None:
    one, two = world.feeds(2)
    leased = world.begin(one, two)
    assert [feed.parts for feed in leased] == [(), ()]
    world.written(world.record(leased[0], parts=PARTS), world.record(leased[1]))
    leased = world.begin(one, two, force=True)
    assert [feed.parts for feed in leased] == [PARTS, ()]
    world.written(world.record(leased[0]), world.record(leased[1], parts=()))
    leased = world.begin(one, two, force=True)
    assert [feed.parts for feed in leased] == [PARTS, ()]
    world.written(world.record(leased[0], parts=()), world.record(leased[1], error="no answer"))
    assert [feed.parts for feed in world.begin(one, two, force=True)] == [(), ()]


def test_parts_are_not_stored_without_the_items_that_they_brought(world: Any, make: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    (bad,) = make("a")
    bad = replace(bad, item=replace(bad.item, item=replace(bad.item.item, title=None)))
    written = world.written(world.record(leased, decision=PollDecision((bad,), (), ()), parts=PARTS))
    assert written[feed].refusal is not None
    world.store.hand_back_feeds({feed: leased.token})
    assert world.begin(feed, force=True)[0].parts == ()


def test_a_feed_that_is_merged_into_another_keeps_no_parts(world: Any) -> None:
    one, two = (world.store.add_feed(FeedLine(f"https://{name}.example/rss"), now=BEGIN) for name in "ab")
    (leased,) = world.begin(one, now=BEGIN)
    kept = next(feed for feed in world.store.feeds_list() if feed.id == two)
    world.written(world.record(leased, parts=PARTS, moved_to=kept.url))
    world.store.remove_feed(two, now=BEGIN)
    (heir,) = world.begin(one, force=True)
    assert heir.parts == ()


def site(*names: str) -> bytes:
    listed = "".join(
        f"<url><loc>https://north.example/{name}</loc><n:news><n:publication_date>2026-03-01T11:00:00Z"
        f"</n:publication_date><n:title>{name}</n:title></n:news></url>"
        for name in names
    )
    return f'<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{listed}</urlset>'.encode()


@pytest.fixture
def room(store: Store) -> Newsroom:
    room = Newsroom(store)
    store.add_feed(FeedLine(INDEX), now=BEGIN)
    named = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in (ONE, TWO))
    room.web.publish(INDEX, f"<sitemapindex>{named}</sitemapindex>".encode(), NOT_MODIFIED, etag=b'"i"')
    return room


def test_an_index_of_304s_gives_whatever_its_parts_have(room: Newsroom) -> None:
    room.web.publish(ONE, site("a"), NOT_MODIFIED, etag=b'"1"')
    room.web.publish(TWO, site("b"), response(status=503), site("b", "c"), NOT_MODIFIED, etag=b'"2"')
    polls = []
    for _ in range(4):
        (polled,) = room.poll(force=True)
        polls.append((polled.outcome, polled.new_items, polled.note))
        room.clock.move(timedelta(minutes=15))
    assert polls == [
        ("new", 2, None),
        ("not_modified", 0, "1 of 2 sitemaps could not be read: HTTP 503"),
        ("new", 1, None),
        ("not_modified", 0, None),
    ]
    asked = {
        url: [request.validators and request.validators.etag for request in room.web.asked if request.url == url]
        for url in (INDEX, ONE, TWO)
    }
    assert asked == {
        INDEX: [None, b'"i"', b'"i"', b'"i"'],
        ONE: [None, b'"1"', b'"1"', b'"1"'],
        TWO: [None, b'"2"', None, b'"2"'],
    }


def asked_in_full(room: Newsroom, url: str) -> int:
    return sum(request.url == url and request.validators is None for request in room.web.asked)


@pytest.mark.unmeasured
def test_a_part_that_always_fails_has_nothing_asked_for_in_full_more_than_daily(room: Newsroom) -> None:
    room.web.publish(ONE, site("a"), NOT_MODIFIED, etag=b'"1"')
    room.web.publish(TWO, response(status=404))
    named = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in (ONE, TWO))
    room.web.publish(INDEX, f"<sitemapindex>{named}</sitemapindex>".encode(), etag=b'"i"')
    for _ in range(24 * 4):
        (polled,) = room.poll(force=True)
        assert polled.note == "1 of 2 sitemaps could not be read: HTTP 404"
        room.clock.move(timedelta(hours=1))
    assert 1 < asked_in_full(room, INDEX) <= 4
    assert asked_in_full(room, INDEX) == asked_in_full(room, ONE)


def short_of_time(room: Newsroom, seconds: float, *, hours: float = 0.0) -> Any:
    """Poll with so much time."""
    room.clock.move(timedelta(hours=hours))
    until = room.clock.now() + timedelta(seconds=seconds)
    (polled,) = room.poll(force=True, stop=lambda: room.clock.now() >= until)
    return polled


def test_an_index_without_time_for_its_parts_is_not_asked_again_at_once(room: Newsroom) -> None:
    room.settings = Settings(host_gap=timedelta(seconds=40))
    for _ in range(2):
        polled = short_of_time(room, 30, hours=1)
        assert (polled.outcome, polled.error) in {("unchanged", None), ("not_modified", None)}
        assert polled.note == "no time was left for 2 of 2 sitemaps"
        (row,) = room.store.feeds_list()
        assert (row.state, row.gap_from) == ("ok", None)
        assert row.next_poll_at > room.clock.now() + timedelta(minutes=5)
        assert room.tick().polls == ()
    assert [request.url for request in room.web.asked] == [INDEX] * 2


def test_parts_that_were_not_reached_are_the_first_of_the_next_poll(room: Newsroom) -> None:
    room.web.publish(ONE, site("a"), NOT_MODIFIED, etag=b'"1"')
    room.web.publish(TWO, site("b"), NOT_MODIFIED, etag=b'"2"')
    first = short_of_time(room, 7)
    assert (first.outcome, first.new_items, first.note) == ("new", 1, "no time was left for 1 of 2 sitemaps")
    second = short_of_time(room, 7, hours=1)
    assert (second.outcome, second.new_items) == ("new", 1)
    assert [request.url for request in room.web.asked] == [INDEX, ONE, INDEX, TWO]


def test_the_first_items_that_an_index_brings_are_those_of_a_first_poll(room: Newsroom, store: Store) -> None:
    """However often there was no time for them before: what has no date is no news, and says nothing of its rhythm."""
    f, i = tables.feeds.c, tables.items.c
    undated = "<url><loc>https://north.example/old</loc><n:news><n:title>old</n:title></n:news></url></urlset>"
    room.web.publish(ONE, site("a").replace(b"</urlset>", undated.encode()))
    assert short_of_time(room, 3).new_items == 0
    assert short_of_time(room, 60, hours=1).new_items == 2
    with store._transaction("read") as connection:
        assert {(row.title, row.news) for row in connection.execute(select(i.title, i.news))} == {
            ("a", True),
            ("old", False),
        }
        assert connection.scalar(select(f.item_gap)) is None


def test_an_index_that_waits_for_its_host_travels_with_slow_feeds(room: Newsroom) -> None:
    room.web.publish(ONE, site("a"))
    room.poll()
    room.clock.move(timedelta(days=1))
    assert [len(feeds) for feeds in room.tick().slow] == [1]


def test_parts_that_are_asked_keep_feeds_and_pages_of_their_host_waiting(room: Newsroom, store: Store) -> None:
    other = store.add_feed(FeedLine("https://north.example/feed"), now=BEGIN)
    index = min(feed.id for feed in store.feeds_list())
    begun: list[Any] = []
    inner = room.web.fetch

    def fetch(requests: Any, **more: Any) -> Any:
        for request in requests:
            if request.url == ONE:
                room.clock.move(timedelta(seconds=4.9))
                manners = Manners(2, timedelta(seconds=5))
                begun.extend(
                    store.begin_polls(
                        [other], owner="b", now=room.clock.now(), lease=timedelta(seconds=30), manners=manners
                    )
                )
        yield from inner(requests, **more)

    room.web.fetch = fetch  # type: ignore[method-assign]
    room.poll(index)
    assert begun == []
    assert [request.url for request in room.web.asked] == [INDEX, ONE, TWO]
