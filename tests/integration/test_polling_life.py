"""What befalls feeds under a running service: lists of them, linked pages, moves and merges, an end and a return.

One service lives through all of it, for to start one takes longer than most of what is looked at.
"""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from servers.documents import Item, rss
from servers.feeds import FeedServer
from servers.newsroom import Newsroom

from worker.store import open_store

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

SOON = 60.0  # seconds that each step may take on a busy machine; they take a few


@pytest.fixture
def newsroom(tmp_path, feed_server, receiver):
    with closing(Newsroom(tmp_path, feed_server, receiver, redirect_after="0s")) as newsroom:
        yield newsroom


@pytest.fixture
def elsewhere():
    with closing(FeedServer()) as server:
        yield server


def allowing(newsroom, receiver, *servers, **settings):
    allowed = [server.address for server in servers]
    settings = {"min_interval": "1s", "fetch_allow": allowed, "deliver_allow": [receiver.address], **settings}
    newsroom.home.write("settings", settings=settings)


def edition(*titles, text="Text of {}."):
    now = datetime.now(UTC)
    return rss([Item(title, title, text.format(title), f"http://127.0.0.1/{title}", now) for title in titles])


def listed(newsroom):
    return {feed["url"]: feed for feed in newsroom.home.json("feeds", "list")}


def eventually(newsroom, ready):
    """Wait until a feed's row, found by its address, is as it should be; then what the command lists of all."""
    deadline = time.monotonic() + SOON
    with closing(open_store(f"sqlite:///{newsroom.home.folder}/var/tocsin.db")) as store:
        while not ready({row.url: row for row in store.feeds_list()}):
            assert time.monotonic() < deadline, "not in time"
            time.sleep(0.2)
    return listed(newsroom)


class Told:
    """What was accepted since it was made."""

    def __init__(self, receiver):
        self._receiver = receiver
        self._before = len(receiver.accepted)

    @property
    def all(self):
        return self._receiver.accepted[self._before :]

    @property
    def alerts(self):
        return [one.json for one in self.all if one.json["type"] == "alert.created"]

    @property
    def titles(self):
        return sorted(one["data"]["item"]["title"] for one in self.alerts)

    def wait_for(self, count):
        self._receiver.wait_for(self._before + count, SOON, accepted=True)
        return self.all


def listing(*urls):
    outlines = "".join(f'<outline type="rss" text="{url[-5:]}" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


PAGE = b"<html><body><article><h1>%s</h1><p>%s</p></article></body></html>"
HTML = "text/html; charset=utf-8"


def page(thing):
    """A page about Ukraine of whose links nothing else says so."""
    words = f"The {thing} that comes from Ukraine is dearer than it ever was. " * 20
    return PAGE % (thing.encode(), words.encode())


def linking(feed_server, path, *links, thing="bread", **feed):
    """A feed whose items say nothing but where they lead; its line."""
    now = datetime.now(UTC)
    items = [Item(link, link.rpartition("/")[2], f"Dearer {thing}.", link, now) for link in links]
    return {"url": feed_server.publish(path, rss(items)), "full_text": True, "every": "1s", **feed}


def test_what_befalls_feeds(newsroom, feed_server, elsewhere, receiver):
    allowing(newsroom, receiver, feed_server, elsewhere, redirect_after="0s")
    url = feed_server.publish("/feed.xml", b"", status=410)
    newsroom.home.write("feeds", feeds=[{"url": url, "name": "Wanderer", "every": "1s"}])
    newsroom.start("up")
    the_owner_hears_of_a_feed_that_ends_and_of_its_return(newsroom, feed_server, url, Told(receiver))
    a_list_of_feeds_is_followed(newsroom, feed_server, Told(receiver))
    the_text_of_a_page_counts_where_robots_may_read_it(newsroom, feed_server, Told(receiver))
    a_link_that_leads_elsewhere_is_followed_by_the_rules_of_that_place(newsroom, feed_server, elsewhere, Told(receiver))
    a_feed_moves_and_another_is_merged(newsroom, feed_server, Told(receiver))
    a_page_that_hangs_holds_up_no_other_host(newsroom, feed_server, elsewhere, receiver)


def the_owner_hears_of_a_feed_that_ends_and_of_its_return(newsroom, feed_server, url, told):
    (broken,) = told.wait_for(1)
    assert broken.signed
    assert (broken.json["type"], broken.json["data"]["feed"]) == ("feed.broken", {"name": "Wanderer", "url": url})
    assert (broken.json["data"]["state"], broken.json["data"]["error"]) == ("gone", "HTTP 410 Gone")
    assert listed(newsroom)[url]["state"] == "gone"
    assert newsroom.home.run("poll", "Wanderer", check=False).returncode == 1  # again: told once

    feed_server.publish("/feed.xml", edition("Ukraine again"))
    newsroom.home.run("poll", "Wanderer")
    told.wait_for(3)
    assert sorted(one.json["type"] for one in told.all) == ["alert.created", "feed.broken", "feed.recovered"]
    assert listed(newsroom)[url]["state"] == "ok"
    assert {one["state"] for one in newsroom.home.json("deliveries", "list")} == {"sent"}


def a_list_of_feeds_is_followed(newsroom, feed_server, told):
    one = feed_server.publish("/1.xml", edition("Ukraine one"))
    two = feed_server.publish("/2.xml", edition("Ukraine two"))
    source = feed_server.publish("/ours.opml", listing(one), content_type="text/x-opml")
    newsroom.home.write("feeds", feeds=[{"url": newsroom.url, "name": "Stream", "every": "1s"}])
    newsroom.publish_and_wait("Ukraine before", SOON)
    newsroom.home.write("feeds", feeds=[{"opml": source, "tags": ["ours"]}])
    newsroom.wait_until_told("Ukraine one", SOON)
    feeds = listed(newsroom)
    assert {url: (feed["managed_by"], feed["opml"], feed["tags"]) for url, feed in feeds.items()} == {
        one: ("opml", source, ["ours"])
    }
    assert len(feed_server.requests("/ours.opml")) == 1
    # A line that changed is read at once; else that would be an hour later.
    feed_server.publish("/ours.opml", listing(two), content_type="text/x-opml")
    newsroom.home.write("feeds", feeds=[{"opml": source, "tags": ["theirs"]}])
    newsroom.wait_until_told("Ukraine two", SOON)
    assert {url: feed["tags"] for url, feed in listed(newsroom).items()} == {two: ["theirs"]}
    assert told.titles == ["Ukraine before", "Ukraine one", "Ukraine two"]
    assert len(feed_server.requests("/ours.opml")) == 2


def the_text_of_a_page_counts_where_robots_may_read_it(newsroom, feed_server, told):
    links = [feed_server.publish(path, page("bread"), content_type=HTML) for path in ("/open/1.html", "/closed/2.html")]
    feed_server.publish("/robots.txt", b"User-agent: *\nDisallow: /closed/\n", content_type="text/plain")
    line = linking(feed_server, "/bread.xml", *links)
    before = len(feed_server.requests())
    newsroom.home.write("feeds", feeds=[line])
    newsroom.wait_until_told("1.html", SOON)
    feed_server.wait_for("/bread.xml", len(feed_server.requests("/bread.xml")) + 2)
    assert told.titles == ["1.html"]
    (alert,) = told.alerts
    assert {one["field"] for one in alert["data"]["match"]["snippets"]} == {"text"}
    others = {"/bread.xml", "/2.xml", "/ours.opml"}  # of before: asked until the files were read
    asked = [request.path for request in feed_server.requests()[before:] if request.path not in others]
    assert asked == ["/robots.txt", "/open/1.html"]
    assert listed(newsroom)[line["url"]]["items"] == 2


def a_link_that_leads_elsewhere_is_followed_by_the_rules_of_that_place(newsroom, feed_server, elsewhere, told):
    for path in ("/forbidden/page", "/page"):
        elsewhere.publish(path, page("salt"), content_type=HTML)
    elsewhere.publish("/robots.txt", b"User-agent: *\nDisallow: /forbidden/\n", content_type="text/plain")
    for path, there in (("/short/1", "/forbidden/page"), ("/short/2", "/page")):
        feed_server.publish(path, b"", status=302, headers={"Location": elsewhere.url(there)})
    links = feed_server.url("/short/1"), feed_server.url("/short/2")
    newsroom.home.write("feeds", feeds=[linking(feed_server, "/salt.xml", *links, thing="salt")])
    newsroom.wait_until_told("2", SOON)
    feed_server.wait_for("/salt.xml", len(feed_server.requests("/salt.xml")) + 2)
    assert told.titles == ["2"]
    assert [request.path for request in elsewhere.requests()] == ["/robots.txt", "/page"]
    assert len(feed_server.requests("/short/1")) == 1


def a_feed_moves_and_another_is_merged(newsroom, feed_server, told):
    new = feed_server.publish("/new.xml", edition("Ukraine together"))
    paths = ("/old.xml", "/lone.xml")
    old, lone = (feed_server.publish(path, edition(f"Ukraine of {path}", "Ukraine together")) for path in paths)
    feeds = [{"url": url, "name": name, "every": "1s"} for name, url in (("New", new), ("Old", old), ("Lone", lone))]
    newsroom.home.write("feeds", feeds=feeds)
    told.wait_for(3)
    first = {path: len(feed_server.requests(path)) for path in paths}
    for path, target in zip(paths, ("/new.xml", "/lone-new.xml"), strict=True):
        feed_server.publish(path, b"", status=301, headers={"Location": target})
    lone_new = feed_server.publish("/lone-new.xml", edition("Ukraine of /lone.xml", "Ukraine together"))

    moved = eventually(newsroom, lambda rows: rows[lone].polled_url == lone_new and rows[old].merged_into)
    assert moved[lone]["polled_url"] == lone_new
    assert (moved[old]["merged_into"], moved[old]["state"], moved[old]["paused"]) == ("New", "disabled", False)
    assert moved[new]["items"] == 2  # its own, and the one that only the old one had
    assert moved[lone]["state"] == "ok"
    # Three polls agreed; one more may have been under way when the redirect was published.
    asked = {path: len(feed_server.requests(path)) for path in paths}
    assert all(3 <= asked[path] - first[path] <= 4 for path in paths), (first, asked)
    runs = newsroom.home.json("feeds", "history", "Lone")
    assert [run["note"] for run in runs if run["outcome"] == "moved"] == [f"moved to {lone_new}"]

    newsroom.home.run("apply")
    feed_server.publish("/new.xml", edition("Ukraine anew", "Ukraine together"))
    feed_server.publish("/lone-new.xml", edition("Ukraine alone", "Ukraine of /lone.xml", "Ukraine together"))
    told.wait_for(5)
    for path in ("/new.xml", "/lone-new.xml"):
        feed_server.wait_for(path, len(feed_server.requests(path)) + 2)
    assert told.titles == [
        *("Ukraine alone", "Ukraine anew", "Ukraine of /lone.xml", "Ukraine of /old.xml", "Ukraine together")
    ]
    assert {path: len(feed_server.requests(path)) for path in paths} == asked


def a_page_that_hangs_holds_up_no_other_host(newsroom, feed_server, elsewhere, receiver):
    told = Told(receiver)
    hanging = [elsewhere.publish(f"/hang/Ukraine-{n}", page("oil"), content_type=HTML, delay=60) for n in range(3)]
    healthy = [feed_server.publish(f"/page/{n}", page("oil"), content_type=HTML) for n in range(6)]
    line = linking(feed_server, "/oil.xml", *hanging, *healthy, thing="oil", every="1h")
    newsroom.home.write("feeds", feeds=[line])
    (polled,) = feed_server.wait_for("/oil.xml", 1, SOON)
    receiver.wait_until(lambda: len(told.titles) == 6, SOON, what="alerts about pages that answer")
    assert time.monotonic() - polled.at < 19  # the other host hangs for 20 s
    assert told.titles == [f"{n}" for n in range(6)]
    receiver.wait_until(lambda: len(told.titles) == 9, SOON, what="alerts about what the feed itself says")
    assert time.monotonic() - polled.at < 50  # three of its pages one after the other would take 60 s


def test_the_polls_of_a_host_and_its_pages_keep_their_distance_and_neither_starves(newsroom, feed_server, receiver):
    gap = 2.0
    links = [feed_server.publish(f"/page/{n}", page("bread"), content_type=HTML) for n in range(2)]
    allowing(newsroom, receiver, feed_server, host_gap="2s")
    newsroom.home.write("feeds", feeds=[linking(feed_server, "/bread.xml", *links)])
    newsroom.start("up")
    for n in range(2):
        newsroom.wait_until_told(f"{n}", 2 * SOON)
    log = feed_server.requests()
    assert [request.path for request in log if request.path != "/bread.xml"].count("/robots.txt") == 1
    assert min(after.at - before.at for before, after in pairwise(log)) > gap / 2, log  # they travel a while
    polls = [request.at for request in log if request.path == "/bread.xml"]
    assert len(polls) >= 3
