from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.errors import ConfigurationError
from worker.feeds.health import Condition
from worker.store import tables

if TYPE_CHECKING:
    from worker.store import Store


NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LEASE = timedelta(seconds=30)
FEED = FeedLine("https://a.example/rss", "A", ("world",))


def told(changes: Any) -> Any:
    return [(change.kind, change.action, change.name, change.detail) for change in changes]


def version(store: Store) -> Any:
    with store.matching() as transaction:
        return transaction.watch_lists_version()


def apply(world: Any, wanted: Any, *, now: datetime = NOW) -> Any:
    return world.store.apply(wanted, {line.name: f'"{line.name}"' for line in wanted.watch_lists}, now=now)


def test_plan_says_what_apply_does_and_writes_nothing(world: Any) -> None:
    wanted = world.configuration(feeds=[FEED])
    expected = [
        ("feed", "add", "A", ""),
        ("watch_list", "add", "Ukraine", ""),
        ("subscriber", "add", "desk", ""),
    ]
    assert told(world.store.plan(wanted)) == expected
    assert world.store.feeds_list() == []
    before = version(world.store)
    assert told(apply(world, wanted)) == expected
    assert version(world.store) == before + 1
    assert world.store.plan(wanted) == []
    assert apply(world, wanted) == []
    assert version(world.store) == before + 1


def test_changes_name_what_changed_but_no_value(world: Any) -> None:
    world.apply(feeds=[FEED])
    desk = SubscriberLine(
        "desk", "UTC", (ChannelLine("webhook", "https://d.example/hook", "whsec_new"), ChannelLine("log"))
    )
    wanted = world.configuration(feeds=[replace(FEED, tags=(), every=timedelta(minutes=5))], lists=[("Ukraine", None)])
    wanted = replace(wanted, subscribers=(desk,))
    changes = apply(world, wanted)
    assert told(changes) == [
        ("feed", "change", "A", "tags, every"),
        ("watch_list", "change", "Ukraine", "notify"),
        ("subscriber", "change", "desk", "timezone, channels"),
    ]
    assert "whsec" not in repr(changes)
    assert world.store.plan(wanted) == []
    with world.store.matching() as transaction:
        (subscription,) = transaction.subscriptions([transaction.watch_lists()[0].id], now=NOW)
    assert (subscription.timezone, subscription.at_most) == ("UTC", None)


def test_a_new_secret_reaches_what_is_pending(world: Any) -> None:
    world.apply(feeds=[FEED])
    due = world.told(world.polled(world.store.feeds_list()[0].id, "x"))
    desk = SubscriberLine("desk", "Europe/Kyiv", (ChannelLine("webhook", "https://d.example/hook", "whsec_new"),))
    apply(world, replace(world.configuration(feeds=[FEED]), subscribers=(desk,)))
    outgoing = world.store.begin_deliveries(due, owner="h:1:1", now=NOW, lease=LEASE)
    assert [(one.channel.kind, one.channel.secret) for one in outgoing] == [("webhook", "whsec_new")]
    assert [(row.channel, row.state) for row in world.store.deliveries_list(state="cancelled")] == [
        ("log", "cancelled")
    ]


def test_a_channel_that_comes_back_keeps_its_row_and_is_on_again(world: Any) -> None:
    world.apply(feeds=[FEED])
    one, two = ChannelLine("email", "a@example.org"), ChannelLine("log")
    for channels in ((one, two), (two,), (two, one)):
        desk = SubscriberLine("desk", "Europe/Kyiv", channels)
        apply(world, replace(world.configuration(feeds=[FEED]), subscribers=(desk,)))
        (shown,) = world.store.subscribers_list()
        assert [channel.kind for channel in shown.channels] == [channel.kind for channel in channels]
    with world.store._transaction("read") as connection:
        assert connection.scalar(select(func.count()).select_from(tables.channels)) == 3


def test_a_shorter_interval_holds_at_once(world: Any) -> None:
    world.apply(feeds=[FEED])
    (feed,) = world.store.feeds_list()
    world.polled(feed.id, "x")
    world.apply(feeds=[replace(FEED, every=timedelta(minutes=5))])
    assert world.store.feeds_list()[0].next_poll_at == NOW + timedelta(minutes=5)
    world.apply(feeds=[replace(FEED, every=timedelta(hours=5))])
    assert world.store.feeds_list()[0].next_poll_at == NOW + timedelta(minutes=5)
    assert world.begin(feed.id, force=True)[0].every == timedelta(hours=5)


def test_a_shorter_interval_ends_no_backing_off(world: Any) -> None:
    world.apply(feeds=[FEED])
    (feed,) = world.store.feeds_list()
    (leased,) = world.begin(feed.id)
    wait = NOW + timedelta(hours=2)
    failed = world.record(
        leased, outcome="backoff", condition=Condition("backing_off", 1), next_poll_at=wait, error="HTTP 429"
    )
    world.written(failed)
    world.apply(feeds=[replace(FEED, every=timedelta(minutes=5))])
    assert world.store.feeds_list()[0].next_poll_at == wait, "Retry-After holds (INTERFACE 8.9)"


def test_a_feed_that_comes_back_keeps_id_and_memory_and_is_due(world: Any) -> None:
    world.apply(feeds=[FEED])
    (before,) = world.store.feeds_list()
    world.polled(before.id, "x")
    world.apply(feeds=[])
    assert world.store.feeds_list() == []
    assert told(world.store.plan(world.configuration(feeds=[FEED])))[0] == ("feed", "add", "A", "comes back")
    world.apply(feeds=[FEED], now=LATER)
    (after,) = world.store.feeds_list()
    assert (after.id, after.items, after.next_poll_at, after.state) == (before.id, 1, LATER, "ok")


def test_a_removed_list_takes_its_pending_deliveries_along(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    kept = [FeedLine("https://a.example/rss", "A", ("world",)), FeedLine("https://b.example/rss", "B")]
    alone = two.told(two.polled(feed, "alone"), lists=("Kyiv",))
    shared = two.told(two.polled(feed, "shared"), lists=("Kyiv", "Ukraine"))
    slot = NOW + timedelta(minutes=9)
    two.told(two.polled(feed, "held"), lists=("Kyiv",), state="held", slot=slot)
    assert len(two.store.begin_deliveries(alone[1:], owner="h:1:1", now=NOW, lease=LEASE)) == 1
    two.apply(feeds=kept, lists=[("Ukraine", 30)], now=LATER)
    rows = {row.id: (row.state, row.subject_kind) for row in two.store.deliveries_list()}
    sending = alone[1]
    assert rows.pop(sending) == ("sending", "alert"), "what is on its way is not held up"
    assert rows.pop(alone[0]) == ("cancelled", "alert")
    assert [rows.pop(one)[0] for one in shared] == ["pending", "pending"]
    assert set(rows.values()) == {("cancelled", "digest")}
    assert {(a.title, a.watch_list): a.state for a in two.store.alerts_list()} == {
        ("alone", "Kyiv"): "cancelled",
        ("shared", "Kyiv"): "cancelled",
        ("shared", "Ukraine"): "new",
        ("held", "Kyiv"): "cancelled",
    }
    (outgoing, *_) = two.store.begin_deliveries(shared, owner="h:1:1", now=LATER, lease=LEASE)
    assert two.store.alerts_of(outgoing, now=LATER)[0].watch_lists in {("Ukraine",), ("Kyiv",)}
    two.store.release_lost(now=LATER)
    assert two.store.begin_deliveries([sending], owner="h:1:1", now=LATER, lease=LEASE) == []
    assert two.store.deliveries_list(state="cancelled")[-1].id == alone[0]
    with two.store.matching() as transaction:
        assert [found.name for found in transaction.watch_lists()] == ["Ukraine"]
    ids = {row.name: row.id for row in two.store.watch_lists_list(NOW)}
    two.apply(feeds=kept, lists=[("Kyiv", 30), ("Ukraine", 30)], now=LATER)
    again = {row.name: row.id for row in two.store.watch_lists_list(NOW)}
    assert again["Ukraine"] == ids["Ukraine"]
    two.told(two.polled(feed, "anew"), lists=("Kyiv",), state="held", slot=slot)
    assert len(two.store.claim_due_deliveries(now=slot + timedelta(minutes=1), lease=LEASE, limit=99)) >= 2


def test_a_removed_subscriber_and_a_dropped_notify_line_cancel_too(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    two.told(two.polled(feed, "x"), lists=("Kyiv",))
    other = SubscriberLine("other", "UTC", (ChannelLine("log"),))
    lists = tuple(WatchListLine(name, (name,), notify=(NotifyLine("other"),)) for name in ("Kyiv", "Ukraine"))
    apply(two, replace(two.configuration(), watch_lists=lists, subscribers=(other,)), now=LATER)
    assert {row.state for row in two.store.deliveries_list()} == {"cancelled"}
    assert [row.name for row in two.store.subscribers_list()] == ["other"]
    two.apply(now=LATER)
    assert [row.subscribers for row in two.store.watch_lists_list(NOW)] == [("desk",)]


def test_only_the_text_to_compile_may_change(world: Any) -> None:
    wanted = world.apply()
    before = version(world.store)
    assert world.store.apply(wanted, {"Ukraine": "ukrain*"}, now=NOW) == []
    assert version(world.store) == before + 1
    with world.store.matching() as transaction:
        assert transaction.watch_lists()[0].query == "ukrain*"


def test_the_order_of_notify_lines_means_nothing(world: Any) -> None:
    people = tuple(SubscriberLine(name, channels=(ChannelLine("log"),)) for name in ("b", "a"))
    line = WatchListLine("L", ("x",), notify=(NotifyLine("b"), NotifyLine("a", 3)))
    wanted = Configuration(watch_lists=(line,), subscribers=people)
    apply(world, wanted)
    assert world.store.plan(wanted) == []


def test_what_a_list_tells_is_kept_and_changed(world: Any) -> None:
    line = WatchListLine("L", ("x",), alert="updates", notify=(NotifyLine("desk"),))
    apply(world, replace(world.configuration(), watch_lists=(line,)))
    assert [row.alert for row in world.store.watch_lists_list(NOW)] == ["updates"]
    every = replace(world.configuration(), watch_lists=(replace(line, alert="every"),))
    (change,) = world.store.plan(every)
    assert (change.action, change.name, change.detail) == ("change", "L", "alert")
    apply(world, every)
    assert world.store.plan(every) == []
    assert [row.alert for row in world.store.watch_lists_list(NOW)] == ["every"]


def test_a_list_that_notifies_nobody_known_is_refused_whole(world: Any) -> None:
    line = WatchListLine("L", ("x",), notify=(NotifyLine("nobody"),))
    with pytest.raises(ConfigurationError, match="nobody"):
        apply(world, Configuration(feeds=(FEED,), watch_lists=(line,)))
    assert world.store.feeds_list() == []


def test_entries_made_by_command_live_beside_the_files(world: Any) -> None:
    world.apply()
    mine = FeedLine("https://mine.example/rss", None, ("m",), timedelta(minutes=1))
    feed = world.store.add_feed(mine, now=NOW)
    line = WatchListLine("Mine", query="a OR b", notify=(NotifyLine("desk"),))
    world.store.add_watch_list(line, "(a OR b)", now=NOW)
    assert world.store.plan(world.configuration()) == []
    with pytest.raises(ConfigurationError, match="there already"):
        world.store.add_feed(mine, now=NOW)
    with pytest.raises(ConfigurationError, match="there already"):
        world.store.add_watch_list(line, "", now=NOW)
    assert [(row.name, row.query, row.managed_by) for row in world.store.watch_lists_list(NOW)] == [
        ("Mine", "a OR b", "command"),
        ("Ukraine", '"Ukraine"', "file"),
    ]
    (found,) = world.store.feeds_named("https://mine.example/rss")
    assert (found.id, found.managed_by, found.tags, found.every) == (feed, "command", ("m",), timedelta(minutes=1))
    world.store.remove_feed(feed, now=NOW)
    world.store.remove_watch_list("Mine", now=NOW)
    assert world.store.feeds_named("https://mine.example/rss") == []
    assert world.store.add_feed(mine, now=NOW) == feed
    world.store.add_watch_list(line, "(a OR b)", now=NOW)


def test_a_file_takes_over_and_then_owns(world: Any) -> None:
    world.store.add_feed(FEED, now=NOW)
    wanted = world.configuration(feeds=[FEED])
    assert told(apply(world, wanted))[0] == ("feed", "change", "A", "managed by file from now on")
    with pytest.raises(ConfigurationError, match="managed by file"):
        world.store.remove_feed(world.store.feeds_list()[0].id, now=NOW)
    with pytest.raises(ConfigurationError, match="managed by file"):
        world.store.remove_watch_list("Ukraine", now=NOW)
    with pytest.raises(ConfigurationError, match="no watch list"):
        world.store.remove_watch_list("None", now=NOW)
    world.apply(feeds=[])
    assert world.store.feeds_list() == []


def test_racing_applies_end_alike(world: Any) -> None:
    wanted = world.configuration(feeds=[FeedLine(f"https://f{n}.example/") for n in range(20)])
    apply(world, Configuration())

    def work(_: int) -> Any:
        return len(apply(world, wanted))

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(work, range(3))) == [0, 0, 22]
