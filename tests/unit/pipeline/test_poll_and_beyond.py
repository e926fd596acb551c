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
from worker.pipeline.poll import ITEMS_AT_ONCE, NEWS_AT_ONCE, Polling, poll
from worker.pipeline.reading import gathered
from worker.records import MatchOutcome, Validators

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
        wait=lambda _: None,
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


def index_of(*urls):
    named = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'.encode()


@pytest.fixture
def indexed(open_newsroom):
    """A feed that is an index of two sitemaps."""
    room = open_newsroom()
    add(room, INDEX)
    parts = [f"https://north.example/{name}.xml" for name in ("one", "two")]
    room.web.publish(INDEX, index_of(*parts))
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


def site(*names):
    """A sitemap of these items."""
    head, url, rest = SITEMAP.partition("<url>")
    listed = rest.removesuffix("</urlset>")
    return (head + "".join((url + listed).format(name) for name in names) + "</urlset>").encode()


def again(room, *, after=timedelta(hours=1)):
    room.clock.move(after)
    (polled,) = room.poll(force=True)
    return polled


@pytest.mark.parametrize("index_says", ["304", "the same"])
def test_an_index_that_stands_as_it_stood_has_its_parts_asked_all_the_same(indexed, index_says):
    room, (one, two) = indexed
    if index_says == "304":
        room.web.publish(INDEX, room.web.answers[INDEX][0].body, response(status=304), etag=b'"i"')
    room.web.publish(one, site("one"), etag=b'"1"')
    room.web.publish(two, site("two"), site("two"), site("two", "three"))
    room.poll()
    room.web.publish(one, response(status=304))
    same = again(room)
    assert (same.outcome, same.new_items) == ("not_modified" if index_says == "304" else "unchanged", 0)
    assert room.web.asked[-2].validators == Validators(one, etag=b'"1"')
    news = again(room)
    assert (news.outcome, news.new_items, news.known_items, news.note) == ("new", 1, 1, None)
    assert told(room) == ["Ukraine one", "Ukraine three", "Ukraine two"]
    again(room)
    assert [request.url for request in room.web.asked] == [INDEX, one, two] * 4


def test_parts_that_are_asked_for_again_are_parsed_only_where_they_changed(indexed):
    room, (one, two) = indexed
    room.web.publish(one, site("one"))
    room.web.publish(two, site("two"), site("two", "three"))
    read = []

    def noted(body, *, content_type, url, known=None):
        read.append(url)
        return parse(body, content_type=content_type, url=url, known=known)

    room.parse = noted
    room.poll()
    again(room)
    again(room)
    assert read == [INDEX, one, two, two]


def test_a_part_that_failed_is_made_up_for_and_leaves_no_gap(indexed):
    room, (one, two) = indexed
    room.web.publish(one, site("one"), response(b"", status=503), site("four"))
    room.web.publish(two, site("two"), site("three"))
    room.poll()
    partly = again(room)
    assert (partly.outcome, partly.new_items, partly.error) == ("new", 1, None)
    assert partly.note == "1 of 2 sitemaps could not be read: HTTP 503"
    (row,) = room.store.feeds_list()
    assert (row.state, row.gap_from) == ("ok", None)
    late = again(room)
    assert (late.outcome, late.new_items, late.note) == ("new", 1, None)
    (row,) = room.store.feeds_list()
    assert row.gap_from is None, "a part that stands as it stood says nothing of what has gone"
    assert told(room) == [f"Ukraine {name}" for name in ("four", "one", "three", "two")]


def test_documents_of_an_index_that_were_all_read_and_all_are_new_leave_a_gap(indexed):
    room, (one, two) = indexed
    room.web.publish(one, site("one"), site("three"))
    room.web.publish(two, site("two"), site("four"))
    room.poll()
    assert "items may be missing" in again(room).note


def test_an_index_whose_parts_all_fail_is_read_whole_again(indexed):
    room, (one, two) = indexed
    room.web.publish(INDEX, room.web.answers[INDEX][0].body, response(status=304), etag=b'"i"')
    broken = response(b"", status=412)
    room.web.publish(one, site("one"), broken, site("three"), etag=b'"1"')
    room.web.publish(two, broken)
    room.poll()
    failed = again(room)
    assert (failed.outcome, failed.error) == (
        "error",
        "none of the sitemaps that the index names could be read: HTTP 412",
    )
    room.web.publish(INDEX, index_of(one))
    assert again(room, after=timedelta(days=1)).outcome == "new"
    assert [request.validators for request in room.web.asked[-2:]] == [None, None]
    assert told(room) == ["Ukraine one", "Ukraine three"]


def test_an_index_that_names_only_strangers_asks_nobody(indexed):
    room, _ = indexed
    room.web.publish(INDEX, index_of("https://stranger.example/1", INDEX))
    (polled,) = room.poll()
    assert (polled.outcome, polled.error) == ("error", "the index names no sitemap on its own host")
    assert [request.url for request in room.web.asked] == [INDEX]


def test_a_feed_that_is_an_index_no_longer_forgets_its_parts(indexed):
    room, (one, two) = indexed
    room.web.publish(one, site("one"))
    room.web.publish(INDEX, index_of(one, two), site("one", "two"))
    room.poll()
    again(room)
    assert again(room).outcome == "unchanged"
    assert [request.url for request in room.web.asked] == [INDEX, one, two, INDEX, INDEX]


def test_news_of_an_index_with_full_text_waits_for_its_pages(open_newsroom):
    room = open_newsroom()
    add(room, INDEX, full_text=True)
    room.web.publish(INDEX, index_of("https://north.example/one.xml"))
    room.web.publish("https://north.example/one.xml", site("one"))
    (polled,) = room.poll()
    assert (polled.new_items, polled.alerts, len(room.to_read)) == (1, 0, 1)


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


@pytest.mark.parametrize(
    ("feeds", "items", "together"),
    [(NEWS_AT_ONCE + 1, 1, [NEWS_AT_ONCE, 1]), (5, ITEMS_AT_ONCE // 2, [2, 2, 1])],
)
def test_news_that_comes_fast_is_told_by_so_many_at_once(open_newsroom, feeds, items, together):
    names = [f"f{number:02}" for number in range(feeds)]
    room = open_newsroom(*names)
    sizes = []

    class Watched:
        def __getattr__(self, name):
            return getattr(store, name)

        def record_polls(self, records, *, owner):
            sizes.append(len(records))
            return store.record_polls(records, owner=owner)

    store, room.store = room.store, Watched()
    for name in names:
        document = rss([Item(f"{name}-{number}", f"{name} {number}", published=BEGIN) for number in range(items)])
        room.web.publish(f"https://{name}.example/feed", document)
    room.poll()
    assert sizes == together
