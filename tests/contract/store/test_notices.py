from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.values import ChannelLine, FeedLine, SubscriberLine
from worker.feeds.health import Condition
from worker.records import RecordedPoll
from worker.store import tables
from worker.store.delivery_keys import delivery_key
from worker.store.status import installation

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
LEASE = timedelta(seconds=30)
DESK = SubscriberLine("desk", "Europe/Kyiv", (ChannelLine("webhook", "https://d.example/hook", "whsec_x"),))
NIGHT = SubscriberLine("night", channels=(ChannelLine("log"), ChannelLine("email", "n@d.example")))


@pytest.fixture
def feed(world: Any) -> Any:
    url = "https://reader:pw@a.example/rss?token=abc"
    world.apply(feeds=[FeedLine(url)], lists=(), subscribers=(DESK, NIGHT))
    (feed,) = (row.id for row in world.store.feeds_list())
    (leased,) = world.begin(feed)
    world.written(world.record(leased))
    return feed


def broken(world: Any, feed: Any, owner: str | None, *, at: datetime = LATER) -> Any:
    (leased,) = world.begin(feed, now=at, force=True)
    condition = Condition("broken", 11, 5.5, told_at=at)
    failed = {"outcome": "error", "status": 404, "error": "HTTP 404"}
    record = world.record(leased, condition=condition, notice="feed.broken", at=at, **failed)
    return world.written(record, owner=owner)[feed].deliveries


def outgoing(world: Any, deliveries: Any) -> Any:
    return world.store.begin_deliveries(deliveries, owner="h:1:1", now=LATER, lease=LEASE)


def test_the_owner_is_told_through_every_channel_at_once(world: Any, feed: Any) -> None:
    due = broken(world, feed, "night")
    sent = outgoing(world, due)
    assert [(one.channel.kind, one.subject_kind, one.attempts) for one in sent] == [
        ("log", "notice", 1),
        ("email", "notice", 1),
    ]
    facts = world.store.notice_of(sent[0])
    assert (facts.type, facts.subscriber, facts.created_at) == ("feed.broken", "night", LATER)
    shown = "https://a.example/rss?token=***"
    assert facts.data == {
        "feed": {"name": shown, "url": shown},
        "state": "broken",
        "since": "2022-02-12T17:00:00Z",
        "failures": 11,
        "error": "HTTP 404",
    }
    assert world.store.alerts_of(sent[0], now=LATER) == []


def test_keys_of_notices_are_made_like_all_others(world: Any, feed: Any) -> None:
    (one, _) = outgoing(world, broken(world, feed, "night"))
    data = json.dumps(world.store.notice_of(one).data, sort_keys=True, ensure_ascii=False)
    about = ("notice", "night", "feed.broken", LATER.isoformat(), data)
    with world.store._transaction("read") as connection:
        assert one.key == delivery_key(installation(connection), about, (one.channel.kind, one.channel.address))


@pytest.mark.parametrize(("owner", "told"), [(None, "desk"), ("nobody", "desk"), ("desk", "desk"), ("night", "night")])
def test_without_an_owner_the_first_subscriber_is_told(world: Any, feed: Any, owner: Any, told: str) -> None:
    assert {world.store.notice_of(one).subscriber for one in outgoing(world, broken(world, feed, owner))} == {told}


def test_a_removed_subscriber_is_no_owner_and_hears_nothing_more(world: Any, feed: Any) -> None:
    due = broken(world, feed, "desk")
    sent = outgoing(world, due)
    waiting = broken(world, feed, "desk", at=LATER + timedelta(hours=1))
    world.apply(feeds=[FeedLine("https://reader:pw@a.example/rss?token=abc")], lists=(), subscribers=(NIGHT,))
    assert world.store.notice_of(sent[0]) is None
    assert {row.state for row in world.store.deliveries_list() if row.id in waiting} == {"cancelled"}
    told = outgoing(world, broken(world, feed, "desk", at=LATER - timedelta(hours=1)))
    assert {world.store.notice_of(one).subscriber for one in told} == {"night"}


def test_where_nobody_is_there_nobody_is_told(world: Any) -> None:
    world.apply(feeds=[FeedLine("https://a.example/rss", "A")], lists=(), subscribers=())
    assert broken(world, world.store.feeds_list()[0].id, None) == ()


def test_a_feed_that_recovers_is_told_of_once_more(world: Any, feed: Any) -> None:
    broken(world, feed, None)
    (leased,) = world.begin(feed, now=LATER, force=True)
    assert leased.condition == Condition("broken", 11, 5.5, LATER)
    record = world.record(leased, at=LATER, notice="feed.recovered", title="Its title")
    (due,) = world.written(record)[feed].deliveries
    (one,) = outgoing(world, [due])
    facts = world.store.notice_of(one)
    assert (facts.type, facts.data["feed"]["name"], facts.data["error"]) == ("feed.recovered", "Its title", None)
    assert facts.data["since"] == "2022-02-12T17:00:00Z", "the last good poll before the trouble"


def test_a_stale_poll_tells_nobody_and_an_alert_is_no_notice(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    (leased,) = two.begin(feed)
    two.store.hand_back_feeds({feed: leased.token})
    two.begin(feed)
    assert two.written(two.record(leased, notice="feed.broken")) == {}
    with two.store._transaction("read") as connection:
        assert connection.execute(select(tables.notices)).all() == []
    other = two.store.feeds_list()[1].id
    (one, _) = outgoing(two, two.told(two.polled(other, "x")))
    assert two.store.notice_of(one) is None
    (leased,) = two.begin(other, force=True)
    assert two.written(two.record(leased)) == {other: RecordedPoll()}
