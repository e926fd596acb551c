"""kill -9 of random processes while news streams in: nothing lost, nothing doubled for who goes by the key."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from servers.chance import is_long, seeded
from servers.documents import Item, rss
from servers.fleet import Fleet, deck
from servers.newsroom import Newsroom

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

HOOKS = ("/desk", "/wall")
EDITION = 5
REFUSALS = 5


@dataclass(frozen=True, slots=True)
class Storm:
    """So many items, in so many feeds, so many of them matches; so many kills; seconds from one edition to the next."""

    items: int
    feeds: int
    matches: int
    kills: int
    pace_s: float


STORM = Storm(2000, 10, 400, 60, 0.5) if is_long() else Storm(300, 4, 80, 12, 0.4)
SETTLED_WITHIN_S = 120.0


class Stream:
    """Some feeds that grow by an edition at a time."""

    def __init__(self, server, feeds):
        self._server = server
        self._feeds = {f"/stream/{number}.xml": [] for number in range(feeds)}
        self.lines = [
            {"url": self._server.publish(path, rss([], title=path)), "name": path, "every": "1s"}
            for path in self._feeds
        ]

    def publish(self, path, titles):
        feed = self._feeds[path]
        for title in titles:
            key = f"{path}-{len(feed)}"
            feed.insert(0, Item(key, title, f"Text {key}.", f"http://127.0.0.1{key}", datetime.now(UTC)))
        self._server.publish(path, rss(feed, title=path))

    def began(self):
        return all(self._server.requests(path) for path in self._feeds)

    @property
    def paths(self):
        return list(self._feeds)


@pytest.fixture(params=["embedded", "servers"])
def storm(request, tmp_path, feed_server, receiver):
    """A newsroom, the processes that serve it, and its feeds."""
    # Retries must fit into a test: the waits are short, the number of tries is the usual one.
    settings = {"retry_schedule": ["0s", *["1s"] * 9]}
    if request.param == "servers":
        settings |= {
            "database_url": request.getfixturevalue("postgres_url"),
            "broker_url": request.getfixturevalue("redis_url"),
        }
    with closing(Newsroom(tmp_path, feed_server, receiver, **settings)) as newsroom:
        stream = Stream(feed_server, STORM.feeds)
        newsroom.home.write("feeds", feeds=stream.lines)
        newsroom.tell(*({"webhook": receiver.url(hook), "secret": "${RECEIVER_SECRET}"} for hook in HOOKS))
        start = {"up": lambda: newsroom.start("up")}
        if request.param == "servers":  # as on a second machine
            newsroom.home.run("apply")
            start["worker"] = lambda: newsroom.start("worker", "--concurrency", "2")
        yield newsroom, Fleet(start), stream


def headlines(chance):
    """As many titles as there are items, the matches among them anywhere."""
    matches = set(chance.sample(range(STORM.items), STORM.matches))
    return [f"Ukraine dispatch {n}" if n in matches else f"Weather bulletin {n}" for n in range(STORM.items)]


@pytest.mark.timeout(300 if not is_long() else 1200)
def test_a_storm_of_kills_loses_nothing_and_doubles_nothing(storm, feed_server, receiver):
    newsroom, fleet, stream = storm
    chance = seeded(20220212)
    titles = headlines(chance)
    # The first polls are over before there is news: without a date of its own what a first poll finds is silent.
    fleet.wait_for(stream.began, "a first poll of every feed")

    editions = [titles[start : start + EDITION] for start in range(0, len(titles), EDITION)]
    victims = dict(zip(chance.sample(range(len(editions)), STORM.kills), deck(STORM.kills, chance), strict=True))
    kills = Counter()
    began = time.monotonic()
    for number, edition in enumerate(editions):
        stream.publish(chance.choice(stream.paths), edition)
        if number in victims:
            kills[fleet.kill_one(victims[number], chance)] += 1
        if number == len(editions) // 2:
            receiver.answer_with(500, times=REFUSALS)
        fleet.revive()
        time.sleep(STORM.pace_s)
    over = time.monotonic()
    print("killed", dict(kills), "within", round(over - began), "s")
    assert kills.total() == STORM.kills

    wanted = {(hook, title) for hook in HOOKS for title in titles if title.startswith("Ukraine")}
    while not is_settled(newsroom, len(wanted)) and time.monotonic() < over + SETTLED_WITHIN_S:
        fleet.revive()
        time.sleep(0.5)
    print("settled after", round(time.monotonic() - over, 1), "s")

    keys = {}
    for one in receiver.accepted:
        keys.setdefault((one.path, one.json["data"]["item"]["title"]), []).append(one.key)
    lost = wanted - keys.keys()
    assert not lost, (len(lost), sorted(lost)[:5], newsroom.home.json("status"), newsroom.said())
    assert keys.keys() == wanted
    doubled = {told: found for told, found in keys.items() if len(set(found)) != 1}
    assert not doubled
    assert newsroom.home.json("status")["deliveries"] == {"sent": len(wanted)}
    assert all(one.signed for one in receiver.received)
    repeats = Counter(path for (path, _), found in keys.items() for _ in found[1:])
    print("physical repeats", dict(repeats))
    assert repeats.total() <= STORM.kills


def is_settled(newsroom, wanted):
    status = newsroom.home.json("status")
    return status["deliveries"] == {"sent": wanted} and status["oldest_unmatched_s"] is None
