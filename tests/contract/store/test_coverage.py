"""How well the feeds behind a subscriber's lists are read, and digests with nothing in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.values import (
    ChannelLine,
    FeedLine,
    NotifyLine,
    QuietHours,
    Schedule,
    SubscriberLine,
    WatchListLine,
)
from worker.alerts.breaker import ChannelHealth
from worker.alerts.model import Gap
from worker.records import DeliveryRecord
from worker.store import tables

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEASE = timedelta(seconds=30)
FEEDS = [
    FeedLine("https://a.example/rss", "A", ("world",)),
    FeedLine("https://b.example/rss", None, ("world", "en")),
    FeedLine("https://c.example/rss", "C"),
]


def apply(world: Any, *scopes: tuple[str, ...], **subscriber: Any) -> int:
    """Let the desk hear of lists that look at feeds with these tags; return its id."""
    lists = tuple(
        WatchListLine(f"L{n}", ("x",), feed_tags=tags, notify=(NotifyLine("desk"),)) for n, tags in enumerate(scopes)
    )
    desk = SubscriberLine("desk", "UTC", **({"channels": (ChannelLine("log"),)} | subscriber))
    world.apply(feeds=FEEDS, watch_lists=lists, subscribers=(desk,))
    return int(world.store.subscribers_list()[0].id)


def set_feed(world: Any, url: str, **values: Any) -> None:
    with world.store._transaction("write") as connection:
        connection.execute(tables.feeds.update().where(tables.feeds.c.url == url).values(**values))


def test_only_the_feeds_of_ones_lists_count(world: Any) -> None:
    def states(*scopes: tuple[str, ...]) -> Any:
        return world.store.coverage(apply(world, *scopes), since=NOW, now=NOW).feeds

    assert states() == {}
    assert states(("world",)) == {"new": 2}
    assert states(("en",), ("nothing",)) == {"new": 1}
    assert states(("en",), ()) == {"new": 3}


def test_delay_and_gaps(world: Any) -> None:
    desk = apply(world, ())
    set_feed(
        world,
        FEEDS[0].url,
        state="ok",
        last_good_at=NOW - timedelta(minutes=41),
        gap_from=NOW - DAY,
        gap_until=NOW - HOUR,
    )
    set_feed(
        world,
        FEEDS[1].url,
        state="ok",
        last_good_at=NOW - timedelta(minutes=5),
        gap_from=NOW - 3 * DAY,
        gap_until=NOW - 2 * DAY,
    )
    set_feed(world, FEEDS[2].url, state="broken", last_good_at=NOW - 9 * DAY, gap_from=NOW - HOUR, gap_until=NOW)
    found = world.store.coverage(desk, since=NOW - DAY, now=NOW)
    assert found.feeds == {"ok": 2, "broken": 1}
    assert (found.worst_delay, found.worst_feed) == (timedelta(minutes=41), "A")
    assert found.gaps == (Gap("C", NOW - HOUR, NOW), Gap("A", NOW - DAY, NOW - HOUR))


@pytest.fixture
def beating(world: Any) -> Any:
    apply(world, (), heartbeat=Schedule(18 * 60), quiet_hours=QuietHours(17 * 60 + 30, 19 * 60))
    return world


def test_a_heartbeat_is_opened_once_for_its_next_hour_and_waits_for_quiet_ones_to_end(beating: Any) -> None:
    assert beating.store.open_heartbeats(now=NOW) == 1
    assert beating.store.open_heartbeats(now=NOW) == 0
    (row,) = beating.store.deliveries_list()
    assert (row.subject_kind, row.due_at) == ("digest", NOW + 2 * HOUR)


def test_an_empty_heartbeat_is_sent_and_closed(beating: Any) -> None:
    beating.store.open_heartbeats(now=NOW)
    later = NOW + 2 * HOUR
    (one,) = beating.store.begin_deliveries([1], owner="h:1:1", now=later, lease=LEASE)
    assert beating.store.alerts_of(one, now=later) == []
    assert beating.store.heartbeat_of(one, now=later) == "desk"
    coverage = beating.store.coverage_of(one, now=later)
    assert coverage.feeds == {"new": 3}
    assert beating.store.open_heartbeats(now=later) == 1, "the next one"


def test_where_something_was_told_since_there_is_no_need_of_it(beating: Any) -> None:
    beating.store.open_heartbeats(now=NOW)
    beating.told(beating.polled(beating.store.feeds_list()[0].id, "x"), lists=("L0",))
    later = NOW + 2 * HOUR
    (one,) = (
        one
        for one in beating.store.begin_deliveries([1, 2], owner="h:1:1", now=later, lease=LEASE)
        if one.subject_kind == "digest"
    )
    assert beating.store.heartbeat_of(one, now=later) is None


def test_what_is_held_for_that_hour_is_in_it(beating: Any) -> None:
    beating.told(
        beating.polled(beating.store.feeds_list()[0].id, "x"), lists=("L0",), state="held", slot=NOW + 2 * HOUR
    )
    beating.store.open_heartbeats(now=NOW)
    with beating.store._transaction("read") as connection:
        (only,) = connection.execute(select(tables.digests.c.kind, tables.digests.c.heartbeat)).all()
    assert tuple(only) == ("spill", True)


def test_after_a_clock_was_put_back_nothing_waits_for_the_time_before(world: Any) -> None:
    apply(world, ())
    year = timedelta(days=365)
    assert not world.store.after_clock_jump(now=NOW)
    world.store.record_tick(now=NOW + year)
    assert not world.store.after_clock_jump(now=NOW + year)
    world.told(world.polled(world.store.feeds_list()[0].id, "x"), lists=("L0",), state="held", slot=NOW + year)
    assert world.due(now=NOW + year)
    assert world.due(now=NOW) == []
    assert world.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=9) == []
    (begun,) = world.store.begin_deliveries([1], owner="h:1:1", now=NOW + year, lease=LEASE)
    rests = DeliveryRecord(begun.id, begun.token, NOW, "pending", NOW + year, None)
    resting = ChannelHealth(rests_until=NOW + year)
    assert world.store.record_delivery(rests, health=lambda _: resting)
    assert world.store.after_clock_jump(now=NOW)
    assert len(world.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=9)) == 1


def test_who_has_paused_everything_hears_no_heartbeats(beating: Any) -> None:
    (desk,) = beating.store.subscribers_list()
    (l0,) = beating.store.watch_lists_list(NOW)
    for lists in (None, [l0.id]):
        beating.store.pause_lists(desk.id, lists, until=NOW + HOUR, now=NOW)
        assert beating.store.open_heartbeats(now=NOW) == 0
        beating.store.resume_lists(desk.id, lists)
    assert beating.store.open_heartbeats(now=NOW) == 1
    beating.store.pause_lists(desk.id, None, until=None, now=NOW)
    later = NOW + 2 * HOUR
    (one,) = beating.store.begin_deliveries([1], owner="h:1:1", now=later, lease=LEASE)
    assert beating.store.heartbeat_of(one, now=later) is None


def test_silence_is_counted_from_the_heartbeat_before(beating: Any) -> None:
    beating.store.open_heartbeats(now=NOW)
    first = NOW + 2 * HOUR
    (one,) = beating.store.begin_deliveries([1], owner="h:1:1", now=first, lease=LEASE)
    beating.store.alerts_of(one, now=first)
    beating.told(beating.polled(beating.store.feeds_list()[0].id, "x"), lists=("L0",), now=first + timedelta(seconds=9))
    beating.store.open_heartbeats(now=first + timedelta(seconds=40))
    second = first + DAY
    begun = beating.store.begin_deliveries([1, 2, 3], owner="h:1:1", now=second, lease=LEASE)
    (again,) = (one for one in begun if one.subject_kind == "digest" and one.id != 1)
    assert beating.store.heartbeat_of(again, now=second) is None


def test_digests_that_are_open_go_through_new_channels_and_those_that_come_back(beating: Any) -> None:
    beating.store.open_heartbeats(now=NOW)

    def heard_by(*channels: ChannelLine) -> list[tuple[str, str]]:
        apply(beating, (), heartbeat=Schedule(18 * 60), channels=channels)
        rows = beating.store.deliveries_list()
        return sorted((row.channel.split()[0], row.state) for row in rows if row.subject_kind == "digest")

    log, mail = ChannelLine("log"), ChannelLine("email", "d@d.example")
    assert heard_by(mail) == [("email", "pending"), ("log", "cancelled")]
    assert heard_by(mail, log) == [("email", "pending"), ("log", "pending")]
    assert heard_by(log) == [("email", "cancelled"), ("log", "pending")]
