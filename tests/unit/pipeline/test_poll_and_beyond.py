"""What a poll sets going besides matching: notices, linked pages, the documents of an index; and when it tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from golden.newsroom import BEGIN, MovedClock, Web, response
from servers.documents import Item, rss

from config.values import FeedLine, Settings
from worker.feeds.model import Document, ItemData
from worker.feeds.parse import parse
from worker.pipeline.claim import manners_of
from worker.pipeline.poll import NEWS_AT_ONCE, Polling, poll
from worker.pipeline.reading import gathered
from worker.records import MatchOutcome

NORTH = "https://north.example/feed"
INDEX = "https://north.example/sitemap.xml"
GONE = response(status=410)


def news(number):
    return rss([Item(f"id-{number}", f"Ukraine {number}", "Text.", published=BEGIN)])


def add(room, url, **line):
    return room.store.add_feed(FeedLine(url, **line), now=room.clock.now())


def told(room):
    return sorted(row.title for row in room.store.alerts_list())


# --- notices ---------------------------------------------------------------------------------------------------------


def test_the_owner_hears_at_once_of_a_feed_that_is_gone_and_of_its_return(open_newsroom):
    room = open_newsroom("north")
    room.web.publish(NORTH, GONE, GONE, rss([]))
    for _ in range(3):
        room.poll(force=True)
        room.clock.move(timedelta(minutes=1))
    assert [message.type for message in room.boxes["log"].got] == ["feed.broken", "feed.recovered"]


def test_a_notice_that_nobody_is_woken_for_waits_in_the_store(open_newsroom):
    room = open_newsroom("north")
    room.web.publish(NORTH, GONE)
    parts = Polling(
        store=room.store,
        fetcher=room.web,
        parse=parse,
        match=lambda _: MatchOutcome(items=0, alerts=0, deliveries=()),
        clock=MovedClock(),
        settings=Settings(),
        manners=manners_of(Settings()),
        owner="me",
        read_pages=lambda _: MatchOutcome(items=0, alerts=0, deliveries=()),
        pages_within=timedelta(minutes=1),
        jitter=lambda: 0.0,
    )
    assert [polled.outcome for polled in poll(parts, sorted(room.feeds().values()), stop=lambda: False)] == ["gone"]
    assert room.boxes["log"].got == []
    assert [row.state for row in room.store.deliveries_list()] == ["pending"]


# --- linked pages ----------------------------------------------------------------------------------------------------


def test_news_of_a_feed_with_full_text_waits_for_its_pages_but_not_for_ever(open_newsroom):
    room = open_newsroom("north")
    url = "https://full.example/feed"
    add(room, url, full_text=True)
    room.web.publish(url, news(1))
    (polled,) = (row for row in room.poll() if row.url == url)
    assert (polled.new_items, polled.alerts) == (1, 0)
    assert len(room.to_read) == 1
    assert told(room) == []
    room.clock.move(timedelta(minutes=2))
    room.run()
    assert told(room) == ["Ukraine 1"]


def test_what_is_no_news_has_no_page_to_wait_for(open_newsroom):
    room = open_newsroom()
    url = "https://full.example/feed"
    add(room, url, full_text=True)
    room.web.publish(url, rss([Item("old", "Ukraine", "Text.", published=BEGIN - timedelta(days=9))]))
    (polled,) = room.poll()
    assert (polled.new_items, room.to_read) == (1, [])


# --- the documents of an index ---------------------------------------------------------------------------------------

SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://north.example/{0}</loc><news:news>
<news:publication><news:name>North</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-03-01T11:00:00Z</news:publication_date><news:title>Ukraine {0}</news:title>
</news:news></url></urlset>"""


@pytest.fixture
def indexed(open_newsroom):
    """A feed that is an index of two sitemaps."""
    room = open_newsroom()
    add(room, INDEX)
    parts = [f"https://north.example/{name}.xml" for name in ("one", "two")]
    named = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in parts)
    document = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'
    room.web.publish(INDEX, document.encode())
    return room, parts


def test_the_items_of_an_index_are_those_of_its_documents(indexed):
    room, parts = indexed
    for url, name in zip(parts, ("one", "two"), strict=True):
        room.web.publish(url, SITEMAP.format(name).encode())
    (polled,) = room.poll()
    assert (polled.outcome, polled.new_items, polled.alerts) == ("new", 2, 2)
    assert told(room) == ["Ukraine one", "Ukraine two"]


def test_an_index_of_which_nothing_can_be_read_is_a_failed_poll(indexed):
    room, parts = indexed
    for url in parts:
        room.web.publish(url, response(status=404))
    (polled,) = room.poll()
    assert (polled.outcome, polled.new_items) == ("error", 0)
    assert "HTTP 404" in polled.error


def test_of_very_many_items_of_an_index_the_latest_are_kept():
    parts = [
        Document("sitemap", "", None, None, tuple(ItemData(None, None, f"{part}{n}", published=at) for n, at in dated))
        for part in "ab"
        for dated in [[(number, BEGIN - timedelta(minutes=number)) for number in range(1500)]]
    ]
    kept = gathered(Document("sitemapindex", "", None, None, ()), parts).items
    assert len(kept) == 2000
    assert {item.title for item in kept} == {f"{part}{n}" for part in "ab" for n in range(1000)}


# --- when it tells ---------------------------------------------------------------------------------------------------


class Pausing(Web):
    """Nothing comes for a while after each answer; notes what was told by then."""

    def __init__(self, room):
        super().__init__()
        self._room = room
        self.by_then = []

    def fetch(self, requests, *, in_flight, stop, idle=None):
        for fetched in super().fetch(requests, in_flight=in_flight, stop=stop):
            yield fetched
            idle()
            polled = [feed for feed in self._room.store.feeds_list() if feed.last_polled_at is not None]
            self.by_then.append((len(polled), len(told(self._room))))


def test_news_is_told_when_nothing_else_comes_and_the_rest_waits_for_company(open_newsroom):
    room = open_newsroom("east", "north", "west")
    room.web = Pausing(room)
    room.web.publish(NORTH, news(1))
    room.poll()
    assert room.web.by_then == [(0, 0), (2, 1), (2, 1)]


def test_news_that_comes_fast_is_told_by_so_many_at_once(open_newsroom):
    names = [f"f{number:02}" for number in range(NEWS_AT_ONCE + 1)]
    room = open_newsroom(*names)
    sizes = []

    class Watched:
        def __getattr__(self, name):
            return getattr(store, name)

        def record_polls(self, records, *, owner):
            sizes.append(len(records))
            return store.record_polls(records, owner=owner)

    store, room.store = room.store, Watched()
    for number, name in enumerate(names):
        room.web.publish(f"https://{name}.example/feed", news(number))
    room.poll()
    assert sizes == [NEWS_AT_ONCE, 1]
