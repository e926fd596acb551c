"""From the bytes of a response to the written alert, on SQLite: new items and unchanged polls per CPU second."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from bench.prose import Prose
from golden.newsroom import BEGIN, Newsroom, migrated, opened
from servers.documents import Item, dated, rss

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.feeds.parse import parse

FEEDS = 40
ITEMS = 30


@pytest.fixture(scope="module")
def bodies():
    """A document a feed; one item in ten is a copy of one in the feed before."""
    prose, found, last = Prose(), {}, []
    for feed in range(FEEDS):
        given = [
            Item(f"{feed}-{number}", prose.text(9).capitalize(), prose.html(120), f"https://f{feed}.example/{number}")
            for number in range(ITEMS)
        ]
        given = [*[item._replace(id=f"{feed}-c{item.id}", link=None) for item in last[: ITEMS // 10]], *given]
        last = given[ITEMS // 10 :][:ITEMS]
        found[f"https://f{feed}.example/feed"] = rss(dated(given[:ITEMS], BEGIN, apart=timedelta(minutes=1)))
    return found


def watched(bodies, lists):
    prose = Prose(seed=2)
    return Configuration(
        feeds=tuple(FeedLine(url, url.split("/")[2]) for url in bodies),
        watch_lists=tuple(
            WatchListLine(f"list {number}", query=prose.query(), notify=(NotifyLine("desk", None),))
            for number in range(lists)
        ),
        subscribers=(SubscriberLine("desk", channels=(ChannelLine("log"),)),),
    )


def measured(room, feeds):
    """Poll all feeds; return CPU seconds, wall seconds and results."""
    cpu, wall = time.process_time(), time.perf_counter()
    results = room.poll(*feeds, force=True)
    return time.process_time() - cpu, time.perf_counter() - wall, results


def test_storing(bodies, show, tmp_path):
    template = migrated(tmp_path)
    parsed = {body: parse(body) for body in bodies.values()}
    rows = []
    for lists in (1, 1_000, 10_000):
        with opened(template, tmp_path) as store:
            Newsroom(store).apply(watched(bodies, lists))
        applied = (tmp_path / "tocsin.db").rename(tmp_path / f"{lists}.db")
        for name, read in (("parsed before", lambda body, **_: parsed[body]), ("with parsing", parse)):
            with opened(applied, tmp_path) as store:
                room = Newsroom(store, parse=read)
                feeds = sorted(room.feeds().values())
                room.poll(feeds[0])  # compiles the statements
                room.match()  # compiles the lists
                for url, body in bodies.items():
                    room.web.publish(url, body)
                cpu, wall, results = measured(room, feeds)
                items, alerts = sum(one.new_items for one in results), sum(one.alerts for one in results)
                again, _, results = measured(room, feeds)
            values = (items / cpu, items / wall, len(results) / again)
            rows.append((f"{lists:,}", name, *(f"{value:,.0f}" for value in values), f"{alerts:,}"))
    columns = ("watch lists", "documents", "new items/CPU s", "new items/s", "unchanged polls/CPU s", "alerts")
    show(f"Decide, store, fold and match: {FEEDS} feeds of {ITEMS} new items, SQLite", columns, rows)
