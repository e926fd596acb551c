"""kill -9 of random processes while news streams in: nothing lost, nothing doubled for who goes by the key."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from servers.documents import Item, rss
from servers.tocsin import Home

ITEMS = 200
KILLS = 20
SHOWN = ITEMS  # the document keeps all: what leaves it unseen is no loss of ours


class Stream:
    """A feed that grows by one item about Ukraine at a time."""

    def __init__(self, feed_server):
        self._server = feed_server
        self._items = []
        self.url = feed_server.publish("/stream.xml", rss([], title="Stream"))

    def add(self, number):
        item = Item(
            f"n{number}",
            f"Ukraine dispatch {number}",
            f"Text {number}.",
            f"http://127.0.0.1/{number}",
            datetime.now(UTC),
        )
        self._items.insert(0, item)
        self._server.publish("/stream.xml", rss(self._items[:SHOWN], title="Stream"))


class Fleet:
    """Processes that whoever started them starts again when they die."""

    def __init__(self, start):
        self._start = start
        self._running = {name: begin() for name, begin in start.items()}

    def victims(self):
        """All PIDs of ours, with what they are."""
        found = {}
        for name, process in self._running.items():
            found[process.pid] = name
            found |= process.descendants()
        return found

    def revive(self):
        """Start again what has ended, as an operator or systemd would."""
        for name, process in list(self._running.items()):
            if process.returncode is not None:
                process.close()
                self._running[name] = self._start[name]()

    def close(self):
        for process in self._running.values():
            process.close()

    def said(self):
        return {name: process.complaints[-40:] for name, process in self._running.items()}


@pytest.fixture(params=["embedded", "servers"])
def fleet(request, tmp_path, feed_server, receiver):
    stream = Stream(feed_server)
    settings = {"fetch_allow": [f"127.0.0.1:{feed_server.port}"], "deliver_allow": [f"127.0.0.1:{receiver.port}"]}
    if request.param == "servers":
        settings |= {
            "database_url": request.getfixturevalue("postgres_url"),
            "broker_url": request.getfixturevalue("redis_url"),
        }
    # Retries must fit into a test: the waits are short, the number of tries is the usual one.
    home = Home(tmp_path, retry_schedule=["0s", *["1s"] * 9], **settings)
    home.write("feeds", feeds=[{"url": stream.url, "every": "1s"}])
    notify = [{"subscriber": "desk", "at_most": "none"}]
    home.write("watchlists", watch_lists=[{"name": "Ukraine", "keywords": ["Ukraine"], "notify": notify}])
    channels = [{"webhook": receiver.url("/hook"), "secret": "${RECEIVER_SECRET}"}]
    home.write("subscribers", subscribers=[{"name": "desk", "channels": channels}])
    if request.param == "embedded":
        start = {"up": lambda: home.start("up")}
    else:
        home.run("apply")
        start = {
            "beat": lambda: home.start("beat"),
            "worker 1": lambda: home.start("worker", "--concurrency", "2"),
            "worker 2": lambda: home.start("worker", "--concurrency", "2"),
        }
    fleet = Fleet(start)
    yield home, stream, fleet
    fleet.close()


@pytest.mark.timeout(420)
def test_twenty_kills_lose_nothing_and_double_nothing(fleet, feed_server, receiver):
    seed = int(os.environ.get("TOCSIN_TEST_SEED", "20220212"))
    print(f"seed {seed}; TOCSIN_TEST_SEED sets it")
    chance = random.Random(seed)
    home, stream, fleet = fleet
    feed_server.wait_for("/stream.xml", 1, timeout=60)  # the first poll is over before there is news

    kill_at = sorted(chance.sample(range(5, ITEMS - 5), KILLS))
    kills = Counter()
    for number in range(ITEMS):
        stream.add(number)
        if number in kill_at:
            victims = fleet.victims()
            victim = chance.choice(sorted(victims))
            kills[victims[victim].split(" -")[0][:60]] += 1
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                kills["already gone"] += 1
        fleet.revive()
        time.sleep(0.2)
        if number == ITEMS // 2:
            receiver.answer_with(500, times=5)
    polls = [request.at for request in feed_server.requests("/stream.xml")]
    print("killed", dict(kills), "longest time without a poll", round(max(b - a for a, b in pairwise(polls)), 1))

    def titles():
        return {one.json["data"]["item"]["title"] for one in receiver.accepted}

    deadline = time.monotonic() + 120
    while len(titles()) < ITEMS and time.monotonic() < deadline:
        fleet.revive()
        time.sleep(0.2)
    lost = {f"Ukraine dispatch {n}" for n in range(ITEMS)} - titles()
    assert not lost, (len(lost), home.json("feeds", "list"), home.json("status"), fleet.said())

    keys = {}
    for one in receiver.accepted:
        keys.setdefault(one.json["data"]["item"]["title"], set()).add(one.key)
    assert {title: found for title, found in keys.items() if len(found) != 1} == {}
    assert all(one.signed for one in receiver.received)
    repeats = len(receiver.accepted) - ITEMS
    print("physical repeats", repeats)
    assert repeats <= KILLS
