"""Subscribers made by command, and alerts by whom they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from config.values import ChannelLine, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.errors import ConfigurationError
from worker.store.rows import RemovedSubscriber

if TYPE_CHECKING:
    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FEED = FeedLine("https://a.example/rss", "A", ("world",))
NIGHT = SubscriberLine("night", "Europe/Kyiv", (ChannelLine("log"), ChannelLine("email", "n@example.org")))


@pytest.fixture
def store(world: Any) -> Store:
    world.apply(feeds=[FEED])
    found: Store = world.store
    found.add_subscriber(NIGHT, now=NOW)
    return found


def watch(store: Store, name: str, *subscribers: str) -> None:
    line = WatchListLine(name, query="x", notify=tuple(map(NotifyLine, subscribers)))
    store.add_watch_list(line, "x", now=NOW)


def test_a_subscriber_is_added_once_and_lives_beside_the_files(store: Store, world: Any) -> None:
    assert [(row.name, row.timezone, row.managed_by) for row in store.subscribers_list()] == [
        ("desk", "Europe/Kyiv", "file"),
        ("night", "Europe/Kyiv", "command"),
    ]
    for name in ("night", "desk"):
        with pytest.raises(ConfigurationError, match=f"'{name}' is there already"):
            store.add_subscriber(replace(NIGHT, name=name), now=NOW)
    assert store.plan(world.configuration(feeds=[FEED])) == []


def test_a_removed_subscriber_takes_along_what_is_pending_and_leaves_the_rest(store: Store, world: Any) -> None:
    watch(store, "Both", "desk", "night")
    world.told(world.polled(store.feeds_list()[0].id, "x"), lists=("Both",))
    assert store.remove_subscriber("night", now=LATER) == RemovedSubscriber(("Both",), 2)
    assert {(row.subscriber, row.state) for row in store.deliveries_list()} == {
        ("desk", "pending"),
        ("night", "cancelled"),
    }
    assert [row.subscribers for row in store.watch_lists_list(NOW) if row.name == "Both"] == [("desk",)]
    assert store.subscriber_names() == ["desk", "night"], "alerts still bear the name"
    store.add_subscriber(replace(NIGHT, timezone="UTC"), now=LATER)
    assert [row.timezone for row in store.subscribers_list()] == ["Europe/Kyiv", "UTC"]
    assert [row.subscribers for row in store.watch_lists_list(NOW) if row.name == "Both"] == [("desk",)]


def test_an_open_digest_is_among_what_is_cancelled_once_for_each_channel(store: Store, world: Any) -> None:
    watch(store, "Both", "night", "desk")
    feed = store.feeds_list()[0].id
    world.told(world.polled(feed, "x", "y"), lists=("Both",), state="held", slot=LATER)
    world.told(world.polled(feed, "z"), lists=("Both",))
    waiting = [row.subject_kind for row in store.deliveries_list() if row.subscriber == "night"]
    assert sorted(waiting) == ["alert", "alert", "digest", "digest"]
    assert store.remove_subscriber("night", now=NOW) == RemovedSubscriber(("Both",), len(waiting))
    assert {row.state for row in store.deliveries_list() if row.subscriber == "night"} == {"cancelled"}


def test_nobody_is_removed_who_alone_hears_of_a_list(store: Store) -> None:
    watch(store, "One", "night")
    watch(store, "Two", "night")
    watch(store, "Both", "desk", "night")
    store.edit_watch_list("Two", paused=True, now=NOW)
    with pytest.raises(ConfigurationError, match=r"night alone hears of 'One', 'Two': `tocsin watch edit NAME"):
        store.remove_subscriber("night", now=NOW)
    store.remove_watch_list("One", now=NOW)
    store.edit_watch_list("Two", lambda line: (replace(line, notify=(NotifyLine("desk"),)), "x"), now=NOW)
    assert store.remove_subscriber("night", now=NOW) == RemovedSubscriber(("Both",), 0)


def test_a_subscriber_of_a_file_or_none_is_not_removed(store: Store) -> None:
    with pytest.raises(ConfigurationError, match=r"managed by file: take it out of subscribers\.yaml"):
        store.remove_subscriber("desk", now=NOW)
    store.remove_subscriber("night", now=NOW)
    for name in ("night", "nobody"):
        with pytest.raises(ConfigurationError, match="there is no subscriber"):
            store.remove_subscriber(name, now=NOW)


def test_alerts_are_listed_by_list_subscriber_state_and_time(store: Store, world: Any) -> None:
    watch(store, "Both", "desk", "night")
    feed = store.feeds_list()[0].id
    world.told(world.polled(feed, "a"), lists=("Both",))
    world.told(world.polled(feed, "b", at=LATER), lists=("Ukraine",), now=LATER)
    store.remove_watch_list("Both", now=LATER)

    def listed(**chosen: Any) -> list[tuple[str, str, str]]:
        return [(row.title, row.watch_list, row.subscriber) for row in store.alerts_list(**chosen)]

    assert listed(watch_list="Both") == [("a", "Both", "night"), ("a", "Both", "desk")]
    assert listed(subscriber="desk") == [("b", "Ukraine", "desk"), ("a", "Both", "desk")]
    assert listed(subscriber="desk", limit=1) == [("b", "Ukraine", "desk")]
    assert listed(since=LATER) == listed(state="new") == [("b", "Ukraine", "desk")]
    assert listed(state="cancelled", subscriber="night", since=NOW) == [("a", "Both", "night")]
    assert listed(watch_list="Both", state="new") == listed(watch_list="Nothing") == []
