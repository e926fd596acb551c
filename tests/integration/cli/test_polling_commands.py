"""`tocsin poll` and what follows from it: alerts, deliveries, retries; feeds that somebody else polls."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from servers.documents import Item, dated, rss
from servers.receiver import SECRET
from sqlalchemy import select

from config.values import FeedLine
from worker.cli.hand import poll_by_hand
from worker.cli.session import session
from worker.pipeline.claim import manners_of
from worker.store import tables

POLL = "feed url outcome status new_items known_items alerts error seconds"
ALERT = "id watch_list subscriber story title link reports independent_reports wire created_at state"
DELIVERY = "id key alert channel state attempts due_at last_error"
FOUND = "title link feed published first_seen story language snippets"


def publish(feed_server, *titles, path="/one.xml"):
    now = datetime.now(UTC)
    given = [Item(f"id-{title}", title, f"About {title}.", f"http://127.0.0.1/{title}") for title in titles]
    return feed_server.publish(path, rss(dated(given, now), title=f"Feed of {path}"))


@pytest.fixture
def desk(prompt, feed_server, receiver):
    """A prompt with one good feed, one that fails, and a webhook."""
    prompt.write(
        "settings",
        {
            "min_interval": "1s",
            "fetch_allow": [feed_server.address],
            "deliver_allow": [receiver.address],
            "retry_schedule": ["0s", "1h"],
        },
    )
    good = publish(feed_server, "Ukraine", "Weather")
    prompt.write("feeds", [{"url": good, "name": "One"}, {"url": feed_server.url("/none"), "name": "Gone astray"}])
    hook = {"webhook": receiver.url("/hook"), "secret": SECRET}
    prompt.write("subscribers", [{"name": "desk", "channels": [hook]}])
    return prompt


def test_a_poll_prints_one_row_a_feed_and_delivers(desk, receiver):
    done = desk("poll")
    assert done.code == 1
    head, *rows = done.table
    assert head[:3] == ["feed", "outcome", "status"]
    assert [row[:4] for row in rows] == [["Gone astray", "error", "404", "0"], ["One", "new", "200", "2"]]
    assert done.err == "1 message sent\n"
    (received,) = receiver.received
    assert received.signed
    again = desk("poll", "One", "--json")
    assert (again.code, again.err) == (0, "")
    (row,) = desk.json("poll", "One")
    assert set(POLL.split()) <= set(row)
    assert (row["outcome"], row["new_items"]) == ("not_modified", 0)
    assert len(receiver.received) == 1


def test_what_a_poll_found_is_listed(desk):
    desk("poll")
    (alert,) = desk.json("alerts", "list")
    (delivery,) = desk.json("deliveries", "list")
    (found,) = desk.json("search", "ukraine -weather")
    assert set(ALERT.split()) <= set(alert)
    assert set(DELIVERY.split()) <= set(delivery)
    assert set(FOUND.split()) <= set(found)
    assert (alert["title"], alert["state"], alert["wire"]) == ("Ukraine", "told", None)
    assert (delivery["alert"], delivery["state"], delivery["attempts"]) == (alert["id"], "sent", 1)
    assert (found["story"], found["feed"]) == (alert["story"], "One")
    for command in (["alerts", "list"], ["deliveries", "list"], ["search", "ukraine"]):
        done = desk(*command)
        assert (done.code, done.err, len(done.out.splitlines())) == (0, "", 2)


def test_the_log_channel_writes_on_standard_error(desk):
    desk.write("subscribers", [{"name": "desk", "channels": [{"log": True}]}])
    done = desk("poll", "One", "--json")
    assert done.code == 0
    alert, count = done.err.splitlines()
    assert "alert" in alert
    assert "title=Ukraine" in alert
    assert count == "1 message sent"


def test_only_what_is_due_is_polled(desk, feed_server):
    assert desk("poll", "--due").code == 1
    done = desk("poll", "--due")
    assert (done.code, done.out, done.err) == (0, "", "no feed is due\n")
    assert len(feed_server.requests("/one.xml")) == 1


def test_a_feed_added_a_moment_ago_is_polled(desk, feed_server):
    desk("poll")
    desk("feeds", "add", publish(feed_server, "Kyiv", path="/two.xml"))
    (row,) = desk.json("poll", "--due")
    assert (row["feed"], row["outcome"], row["alerts"]) == ("Feed of /two.xml", "new", 1)
    assert [feed["name"] for feed in desk.json("feeds", "list")] == ["Feed of /two.xml", "Gone astray", "One"]


def test_without_feeds_it_says_so(desk):
    desk.write("feeds", [])
    done = desk("poll")
    assert (done.code, done.out, done.err) == (0, "", "there are no feeds\n")


def test_passwords_of_feeds_are_not_shown(desk, feed_server):
    url = publish(feed_server, "Kyiv", path="/two.xml").replace("http://", "http://u:hunter2@")
    desk.write("feeds", [{"url": url}, {"url": url.replace("two", "none")}])
    done = desk("poll")
    assert "hunter2" not in done.out + done.err
    assert "hunter2" not in desk("poll", "--json").out


def test_a_message_that_fails_is_said_and_can_be_sent_again(desk, receiver):
    receiver.answer_with(503)
    done = desk("poll", "One")
    assert done.code == 1
    assert "dlv_1 (webhook) is pending: " in done.err
    assert "; next try at 20" in done.err
    (waiting,) = desk.json("deliveries", "list", "--state", "pending")
    assert waiting["attempts"] == 1
    # A person does not wait for the next try, and the round sends whatever is due.
    assert desk("deliveries", "retry", "dlv_1").out == "dlv_1 is due now\n"
    desk("poll", "One")
    desk("deliveries", "retry", "dlv_1")
    receiver.answer_with(200)
    assert desk("poll", "One").err == "1 message sent\n"
    assert len({one.key for one in receiver.received}) == 1
    refused = desk("deliveries", "retry", "dlv_1")
    assert (refused.code, refused.err) == (2, "tocsin: dlv_1 is sent; only what failed can be sent again\n")


def test_a_message_that_can_never_go_out_is_said(desk, receiver):
    receiver.answer_with(410)
    done = desk("poll", "One")
    assert done.code == 1
    assert "dlv_1 (webhook) is failed: " in done.err
    assert "turned off" in desk("subscribers", "list").out


@pytest.fixture
def beside(desk):
    """An engine with its feeds known, for somebody else to hold them."""
    with session(desk.config) as engine:
        yield engine


def hold(engine, feeds):
    now = engine.clock.now()
    lease = timedelta(minutes=5)
    return engine.store.begin_polls(
        [feed.id for feed in feeds],
        owner="elsewhere:1:1",
        now=now,
        lease=lease,
        manners=manners_of(engine.settings),
        force=True,
    )


def poll(engine, feeds, held_s):
    done = poll_by_hand(engine, feeds, force=True, answered=lambda: None, held_s=held_s)
    return [dict(done.rows)[feed.url] for feed in feeds]


def test_a_feed_that_another_process_holds_has_its_row_too(beside):
    other, one = feeds = beside.store.feeds_list()
    hold(beside, [one])
    polled, held = poll(beside, feeds, held_s=0)
    assert (polled["feed"], polled["outcome"]) == (other.name, "error")
    assert (held["feed"], held["outcome"], held["error"]) == ("One", "error", "held by a running poll")


def test_a_feed_that_was_not_polled_is_a_failure(desk, beside, monkeypatch):
    _, one = beside.store.feeds_list()
    hold(beside, [one])
    monkeypatch.setattr("worker.cli.hand.poll_by_hand", partial(poll_by_hand, held_s=0))
    done = desk("poll", "One")
    assert done.code == 1
    assert ["One", "error"] in [row[:2] for row in done.table]
    assert "held by a running poll" in done.out


def test_a_poll_that_ends_meanwhile_is_told_and_not_repeated(beside, feed_server):
    _, one = beside.store.feeds_list()
    (leased,) = hold(beside, [one])
    looked = threading.Event()
    listed = beside.store.feeds_list

    def feeds_list():
        looked.set()
        return listed()

    beside.store.feeds_list = feeds_list

    def somebody_else():
        looked.wait(10)
        beside.store.hand_back_feeds({leased.id: leased.token})
        beside.poll([leased.id], force=True)

    thread = threading.Thread(target=somebody_else)
    thread.start()
    (row,) = poll(beside, [one], held_s=20)
    thread.join()
    assert row["outcome"] == "new"
    assert len(feed_server.requests("/one.xml")) == 1


def test_a_feed_that_is_removed_meanwhile_has_its_row_too(beside, feed_server):
    beside.store.add_feed(FeedLine(feed_server.url("/mine")), now=beside.clock.now())
    mine = next(feed for feed in beside.store.feeds_list() if feed.managed_by == "command")
    hold(beside, [mine])
    beside.store.remove_feed(mine.id, now=beside.clock.now())
    (row,) = poll(beside, [mine], held_s=0)
    assert (row["outcome"], row["error"]) == ("error", "removed meanwhile")


@pytest.fixture
def restful(desk, feed_server):
    """Four good feeds on a host that rests for a second between polls, and bears one at a time."""
    paths = [f"/{number}.xml" for number in range(4)]
    urls = [publish(feed_server, f"Bread {path}", path=path) for path in paths]
    desk.write("feeds", [{"url": url, "name": path} for url, path in zip(urls, paths, strict=True)])
    manners = {"host_gap": "1s", "host_concurrency": 1}
    desk.write("settings", {"min_interval": "1s", "fetch_allow": [feed_server.address], **manners})
    return desk


def test_feeds_of_one_host_take_their_turns(restful, feed_server):
    rows = restful.json("poll")
    assert [row["outcome"] for row in rows] == ["new"] * 4
    assert len(feed_server.requests()) == 4
    with session(restful.config) as engine, engine.store._transaction("read") as connection:
        begun = sorted(connection.scalars(select(tables.feeds.c.begun_at)))
    # By the service's own clock: the first request leaves later where the machine is busy.
    assert min(later - earlier for earlier, later in pairwise(begun)) >= timedelta(seconds=1)


def test_patience_begins_anew_with_every_poll_and_counts_from_the_rest_of_the_host(restful):
    with session(restful.config) as engine:
        rows = poll(engine, engine.store.feeds_list(), held_s=0.5)
    assert [row["outcome"] for row in rows] == ["new"] * 4


def test_a_host_that_never_has_time_is_said_to_rest(restful, feed_server):
    with session(restful.config) as engine:
        first, *others = feeds = engine.store.feeds_list()
        hold(engine, [first])
        shown = []
        rows = dict(poll_by_hand(engine, feeds, force=True, answered=lambda: shown.append(1), held_s=0).rows)
    assert rows[first.url]["error"] == "held by a running poll"
    assert {rows[feed.url]["outcome"] for feed in others} == {"error"}
    assert {rows[feed.url]["error"] for feed in others} == {"its host is resting: it bears no more polls at the moment"}
    assert len(shown) == 4
    assert feed_server.requests() == []


def test_a_lone_feed_is_polled_after_the_others(restful, feed_server):
    restful.write("settings", {"min_interval": "1s", "fetch_allow": [feed_server.address]})
    with session(restful.config) as engine:
        lone, *_ = feeds = engine.store.feeds_list()
        with engine.store._transaction("write") as connection:
            connection.execute(tables.feeds.update().where(tables.feeds.c.id == lone.id).values(alone=True))
        rows = poll(engine, feeds, held_s=0)
    assert [row["outcome"] for row in rows] == ["new"] * 4
    assert feed_server.requests()[-1].path == lone.name


def test_a_paused_feed_is_left_out_and_named_when_it_is_asked_for(restful, feed_server):
    restful("feeds", "pause", "/0.xml")
    (row,) = restful.json("poll", "/0.xml")
    assert (row["outcome"], "paused by hand" in row["error"]) == ("error", True)
    assert len(restful.json("poll", "--due")) == 3
    assert "/0.xml" not in {request.path for request in feed_server.requests()}


def test_what_a_crash_left_unmatched_is_matched_and_told(beside, receiver):
    _, one = beside.store.feeds_list()
    beside.store.matching = None  # dies between storing and matching
    with pytest.raises(TypeError):
        beside.poll([one.id], force=True)
    del beside.store.matching
    now = beside.clock.now
    beside.clock = type("Later", (), {"now": lambda _: now() + timedelta(minutes=1)})()
    poll(beside, [one], held_s=0)
    assert [received.json["data"]["item"]["title"] for received in receiver.received] == ["Ukraine"]
