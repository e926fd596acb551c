"""The documents of a sitemap index: kept with the feed, and polled through the real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from golden.newsroom import BEGIN, NOT_MODIFIED, Newsroom, response

from config.values import FeedLine
from worker.feeds.limits import MAX_ADDRESS
from worker.records import Part, Validators
from worker.stories.model import PollDecision

if TYPE_CHECKING:
    from worker.store import Store

INDEX = "https://north.example/sitemap.xml"
ONE, TWO = (f"https://north.example/{name}.xml" for name in ("one", "two"))
LONGEST = "https://north.example/".ljust(MAX_ADDRESS, "x")
PARTS = (
    Part(ONE, Validators(ONE, etag=b'W/"\xfc\x00"', last_modified=b"yesterday"), b"\x00" * 16),
    Part(TWO, Validators("https://north.example/elsewhere", etag=b"e" * 4096)),
    Part(LONGEST),
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
