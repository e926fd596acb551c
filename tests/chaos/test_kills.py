"""kill -9 of random processes while news streams in: nothing lost, nothing doubled for who goes by the key."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import closing
from itertools import pairwise

import pytest
from servers.newsroom import FEED, Newsroom

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

ITEMS = 200
KILLS = 20
ROLES = ("-Q poll", "-Q deliver", "-Q tick", "-m tasks beat", "broker.sock")


class Fleet:
    """Processes that whoever started them starts again when they die."""

    def __init__(self, start):
        self._start = start
        self._running = {name: begin() for name, begin in start.items()}

    def victims(self):
        """All living PIDs of ours, with what they are."""
        found = {}
        for name, process in self._running.items():
            if process.returncode is None:
                found[process.pid] = name
                for pid, line in process.descendants().items():
                    found[pid] = next((f"{name}: {words}" for words in ROLES if words in line), f"{name}: a process")
        return found

    def kill_one(self, chance):
        """kill -9 one of them that lives; return what it was."""
        while True:
            self.revive()
            victims = self.victims()
            victim = chance.choice(sorted(victims))
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:  # ended by itself in between: that was no kill of ours
                continue
            return victims[victim]

    def revive(self):
        """Start again what has ended, as an operator or systemd would."""
        for name, process in list(self._running.items()):
            if process.returncode is not None:
                process.close()
                self._running[name] = self._start[name]()


@pytest.fixture(params=["embedded", "servers"])
def fleet(request, tmp_path, feed_server, receiver):
    """A newsroom and the processes that serve it."""
    # Retries must fit into a test: the waits are short, the number of tries is the usual one.
    settings = {"retry_schedule": ["0s", *["1s"] * 9]}
    if request.param == "servers":
        settings |= {
            "database_url": request.getfixturevalue("postgres_url"),
            "broker_url": request.getfixturevalue("redis_url"),
        }
    with closing(Newsroom(tmp_path, feed_server, receiver, **settings)) as newsroom:
        if request.param == "embedded":
            start = {"up": lambda: newsroom.start("up")}
        else:
            newsroom.home.run("apply")
            start = {
                "beat": lambda: newsroom.start("beat"),
                "worker 1": lambda: newsroom.start("worker", "--concurrency", "2"),
                "worker 2": lambda: newsroom.start("worker", "--concurrency", "2"),
            }
        yield newsroom, Fleet(start)


@pytest.mark.timeout(420)
def test_twenty_kills_lose_nothing_and_double_nothing(fleet, feed_server, receiver):
    seed = int(os.environ.get("TOCSIN_TEST_SEED", "20220212"))
    print(f"seed {seed}; TOCSIN_TEST_SEED sets it")
    chance = random.Random(seed)
    newsroom, fleet = fleet
    feed_server.wait_for(FEED, 1, timeout=60)  # the first poll is over before there is news

    kill_at = sorted(chance.sample(range(5, ITEMS - 5), KILLS))
    kills = Counter()
    for number in range(ITEMS):
        newsroom.publish(f"Ukraine dispatch {number}")
        if number in kill_at:
            kills[fleet.kill_one(chance)] += 1
        fleet.revive()
        time.sleep(0.2)
        if number == ITEMS // 2:
            receiver.answer_with(500, times=5)
    polls = [request.at for request in feed_server.requests(FEED)]
    print("killed", dict(kills), "longest time without a poll", round(max(b - a for a, b in pairwise(polls)), 1))
    assert kills.total() == KILLS

    deadline = time.monotonic() + 120
    while len(newsroom.told()) < ITEMS and time.monotonic() < deadline:
        fleet.revive()
        time.sleep(0.2)
    told = newsroom.told()
    lost = {f"Ukraine dispatch {n}" for n in range(ITEMS)} - set(told)
    assert not lost, (len(lost), newsroom.home.json("feeds", "list"), newsroom.home.json("status"), newsroom.said())

    doubled = {title for title, found in told.items() if len({one.key for one in found}) != 1}
    assert not doubled
    assert all(one.signed for one in receiver.received)
    repeats = len(receiver.accepted) - ITEMS
    print("physical repeats", repeats)
    assert repeats <= KILLS
