"""Days of five time zones, both changes of their clocks among them, on a clock that jumps: each slot once, all told."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from golden.newsroom import Box
from servers.documents import Item, rss
from sqlalchemy import select

from config.values import (
    ChannelLine,
    Configuration,
    FeedLine,
    NotifyLine,
    QuietHours,
    Schedule,
    SubscriberLine,
    WatchListLine,
)
from worker.alerts.local_time import quiet_until
from worker.store import tables

STEP = timedelta(minutes=15)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
ZONES = ("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
NIGHT = QuietHours(22 * 60, 7 * 60)
FEED = "https://north.example/feed"
LISTS = {
    "apples": None,
    "berries": Schedule(),
    "cherries": Schedule(150),  # 02:30, which there is not in one night, and twice in another
    "dates": Schedule(90, 6),
    "elderberries": Schedule(12 * 60),
}
LOG = (ChannelLine("log"),)


@dataclass
class Noting(Box):
    """A box that notes when a message came."""

    clock: object = None
    at: list = field(default_factory=list)

    def send(self, message, address):
        super().send(message, address)
        self.at.append(self.clock.now())


@pytest.fixture
def room(newsroom):
    newsroom.boxes["log"] = Noting(clock=newsroom.clock)
    subscribers = tuple(SubscriberLine(zone, zone, LOG, quiet_hours=NIGHT) for zone in ZONES)
    lists = tuple(
        WatchListLine(name, (name,), notify=tuple(NotifyLine(zone, None, when) for zone in ZONES))
        for name, when in LISTS.items()
    )
    newsroom.apply(Configuration(feeds=(FeedLine(FEED, "north"),), watch_lists=lists, subscribers=subscribers))
    newsroom.web.publish(FEED, rss([Item("0", "Nothing yet", "Text.")]))
    newsroom.poll(force=True)
    return newsroom


CHANGES = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]
"""Sundays on which the clocks of one of these zones change."""


@pytest.mark.long
@pytest.mark.unmeasured
@pytest.mark.parametrize(
    # Which days and jumps, of all twelve: both changes of each zone come once, and jumps in spring and in autumn.
    ("change", "jumping"),
    [
        *((change, False) for change in (*CHANGES[:1], *CHANGES[2:4], *CHANGES[5:])),
        (CHANGES[1], True),
        (CHANGES[4], True),
    ],
)
def test_each_slot_comes_once_and_everything_is_told(room, change, jumping):
    seed = int(os.environ.get("TOCSIN_TEST_SEED", "26"))
    print(f"seed {seed}; TOCSIN_TEST_SEED sets it")
    chance = random.Random(f"{seed} {change}")
    room.clock.moment = datetime.fromisoformat(change).replace(tzinfo=UTC) - DAY + timedelta(minutes=3)
    steps = int(2 * DAY / STEP)
    jumps = {}
    if jumping:
        at = sorted(chance.sample(range(steps), 6))
        jumps = dict(zip(at, [HOUR, -HOUR, DAY, -DAY, YEAR, -YEAR], strict=True))

    published = Counter()
    for step in range(steps):
        # Some seconds more at each step, so that no moment comes twice: a host is not asked twice in one.
        room.clock.move(STEP + jumps.get(step, timedelta(0)) + timedelta(seconds=7))
        if step % 3 == 0:
            word = chance.choice(sorted(LISTS))
            published[f"{word} {step}"] += 1
            text = " ".join(f"w{chance.randrange(10**6)}" for _ in range(12))
            room.web.publish(FEED, rss([Item(f"n{step}", f"{word} {step}", text)]))
            assert room.poll(force=True)[0].new_items == 1
        room.run()
    for _ in range(16 * 4):
        room.clock.move(6 * HOUR)
        room.run()

    told = {zone: Counter() for zone in ZONES}
    for message, at in zip(room.boxes["log"].got, room.boxes["log"].at, strict=True):
        assert quiet_until(NIGHT, at, ZoneInfo(message.subscriber)) is None, "nobody is woken up"
        told[message.subscriber].update(alert.title for alert in message.alerts)
    assert {zone: published - told[zone] for zone in ZONES} == {zone: Counter() for zone in ZONES}
    assert told == dict.fromkeys(ZONES, published)
    assert {row.state for row in room.store.deliveries_list(limit=9_999)} == {"sent"}
    with room.store._transaction("read") as connection:
        slots = connection.execute(select(tables.digests.c.subscriber_id, tables.digests.c.slot)).all()
    assert len(slots) == len(set(map(tuple, slots))) > len(ZONES)


def test_after_a_clock_was_put_back_by_a_year_nothing_waits_for_it(room):
    def publish(name, title):
        room.web.publish(FEED, rss([Item(name, title, "Text.")]))
        room.clock.move(STEP)
        room.poll(force=True)
        room.run()

    room.clock.moment += YEAR
    room.run()
    publish("1", "dates 1")
    assert room.boxes["log"].got == []
    room.clock.moment -= YEAR
    room.run()
    asleep = sum(quiet_until(NIGHT, room.clock.now(), ZoneInfo(zone)) is not None for zone in ZONES)
    assert len(room.boxes["log"].got) == len(ZONES) - asleep
    for _ in range(24):
        room.clock.move(HOUR)
        room.run()
    assert Counter(message.subscriber for message in room.boxes["log"].got) == Counter(ZONES)
