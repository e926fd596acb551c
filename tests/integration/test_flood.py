"""A flood of matches from one feed: so many messages as the limit allows, one digest, and nobody else waits."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from golden.newsroom import Box, MovedClock
from golden.newsroom import Newsroom as Hand
from servers.documents import Item, rss
from servers.tocsin import Home

from worker.store import open_store

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

EDITIONS, AN_EDITION = 10, 2_000
MATCHES = EDITIONS * AN_EDITION
AT_MOST = 30
AFTER_S = 20.0
"""An alert of somebody else comes within this time, whatever the flood."""


def edition(number):
    first = number * AN_EDITION
    now = datetime.now(UTC)
    return rss(
        [
            Item(f"f{n}", f"Ukraine dispatch {n}", f"Text {n * 7919}.", f"http://127.0.0.1/{n}", now)
            for n in range(first, first + AN_EDITION)
        ],
        title="Flood",
    )


@pytest.fixture
def home(tmp_path, feed_server, receiver):
    made = Home(tmp_path, fetch_allow=[feed_server.address], deliver_allow=[receiver.address])
    flood, calm = (feed_server.publish(f"/{name}", rss([], title=name)) for name in ("flood", "calm"))
    made.write("feeds", feeds=[{"url": flood, "every": "1s"}, {"url": calm, "every": "1s"}])
    made.write(
        "watchlists",
        watch_lists=[
            {"name": "Ukraine", "keywords": ["Ukraine"], "notify": [{"subscriber": "desk"}]},
            {"name": "Poland", "keywords": ["Poland"], "notify": [{"subscriber": "night", "at_most": "none"}]},
        ],
    )
    hook = {"secret": "${RECEIVER_SECRET}"}
    made.write(
        "subscribers",
        subscribers=[
            {"name": name, "channels": [{"webhook": receiver.url(f"/{name}"), **hook}]} for name in ("desk", "night")
        ],
    )
    return made


def told(receiver, path):
    return [one for one in receiver.accepted if one.path == path]


@pytest.mark.timeout(420)
def test_a_flood_is_thinned_and_delays_nobody(home, feed_server, receiver):
    with closing(home.start("up")):
        feed_server.wait_for("/flood", 1, timeout=60)
        feed_server.wait_for("/calm", 1, timeout=60)
        calm, took = [], []
        for number in range(EDITIONS):
            seen = len(feed_server.requests("/flood"))
            feed_server.publish("/flood", edition(number))
            calm.insert(0, Item(f"c{number}", f"Poland {number}", f"Calm {number}.", None, datetime.now(UTC)))
            feed_server.publish("/calm", rss(calm, title="calm"))
            began = time.monotonic()
            receiver.wait_until(
                lambda number=number: len(told(receiver, "/night")) > number, AFTER_S, what="an alert of another list"
            )
            took.append(time.monotonic() - began)
            feed_server.wait_for("/flood", seen + 2, timeout=120)
        print("others were told after", [round(one, 1) for one in took], "s")
        store = open_store(f"sqlite:///{home.folder / 'var' / 'tocsin.db'}")
        deadline = time.monotonic() + 120
        while len(store.alerts_list(watch_list="Ukraine", limit=2 * MATCHES)) < MATCHES:
            assert time.monotonic() < deadline
            time.sleep(1)
        receiver.wait_until(lambda: len(told(receiver, "/desk")) >= AT_MOST, 30, what="the messages")

    with closing(store):
        desk = [row for row in store.deliveries_list(limit=MATCHES) if row.subscriber == "desk"]
        assert sorted((row.subject_kind, row.state) for row in desk) == [
            *[("alert", "sent")] * AT_MOST,
            ("digest", "pending"),
        ]
        hand = Hand(store, clock=MovedClock(datetime.now(UTC) + timedelta(hours=2)), boxes={"webhook": Box()})
        hand.deliver(next(row.id for row in desk if row.subject_kind == "digest"))
        (digest,) = hand.boxes["webhook"].got
        at_once = {one.json["data"]["item"]["title"] for one in told(receiver, "/desk")}
        in_digest = [alert.title for alert in digest.alerts]
        assert len(at_once) == AT_MOST
        assert sorted([*at_once, *in_digest]) == sorted(f"Ukraine dispatch {n}" for n in range(MATCHES))
