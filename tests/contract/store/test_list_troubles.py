"""Watch lists that fail, and those that match far more than usual: each is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.values import FeedLine, NotifyLine, WatchListLine
from worker.records import BrokenList
from worker.watchlists.volume import Burst

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEEDS = [FeedLine("https://a.example/rss", "A", ("world",)), FeedLine("https://b.example/rss", "B")]


def version(world: Any) -> int:
    with world.store.matching() as transaction:
        return transaction.watch_lists_version()


def list_id(world: Any, name: str) -> int:
    (found,) = [row.id for row in world.store.watch_lists_list(NOW) if row.name == name]
    return found


def state(world: Any, name: str) -> tuple[str, str | None]:
    (found,) = [(row.state, row.broken_why) for row in world.store.watch_lists_list(NOW) if row.name == name]
    return found


def broken(world: Any, *, at: int | None = None) -> BrokenList:
    return BrokenList(list_id(world, "Kyiv"), version(world) if at is None else at, "it failed")


def facts(world: Any, delivery: int) -> Any:
    (sent,) = world.store.begin_deliveries([delivery], owner="h:1:1", now=NOW, lease=timedelta(seconds=30))
    return world.store.notice_of(sent)


def test_a_list_that_fails_is_switched_off_and_the_owner_told_once(two: Any) -> None:
    one = broken(two)
    due = two.store.break_lists([one], owner="desk", now=NOW)
    assert len(due) == 2  # the desk's two channels
    assert state(two, "Kyiv") == ("broken", "it failed")
    assert state(two, "Ukraine") == ("active", None)
    told = facts(two, due[0])
    assert (told.type, told.subscriber, told.created_at) == ("watchlist.broken", "desk", NOW)
    assert told.data == {
        "watch_list": {"name": "Kyiv", "query": '"Kyiv"', "managed_by": "file"},
        "reason": "it failed",
    }
    assert two.store.break_lists([one], owner="desk", now=NOW) == []
    assert two.store.broken_lists() == [("Kyiv", "it failed")]


def test_a_list_that_has_changed_since_goes_on(two: Any) -> None:
    assert two.store.break_lists([broken(two, at=0)], owner=None, now=NOW) == []
    assert state(two, "Kyiv") == ("active", None)


def test_without_a_subscriber_nobody_is_told(world: Any) -> None:
    world.apply(lists=[("Kyiv", 30)])
    one = broken(world)
    world.apply(lists=(), subscribers=())
    assert world.store.break_lists([one], owner=None, now=NOW) == []


def test_a_broken_list_is_not_asked_any_more(two: Any) -> None:
    before = version(two)
    two.store.break_lists([broken(two)], owner=None, now=NOW)
    with two.store.matching() as transaction:
        changed = transaction.watch_lists(since=before)
        assert [(found.name, found.asked) for found in changed] == [("Kyiv", False)]
        assert transaction.removed_lists(since=before) == []


def test_only_what_has_changed_since_a_version_is_read(two: Any) -> None:
    before = version(two)
    two.apply(feeds=(), lists=[("Ukraine", 30), ("Odesa", 30)])
    with two.store.matching() as transaction:
        assert [found.name for found in transaction.watch_lists()] == ["Odesa", "Ukraine"]
        assert [found.name for found in transaction.watch_lists(since=before)] == ["Odesa"]
        assert len(transaction.removed_lists(since=before)) == 1
        assert transaction.watch_lists(since=transaction.watch_lists_version()) == []


def test_volumes(two: Any) -> None:
    (feed, _) = (row.id for row in two.store.feeds_list())
    early = two.polled(feed, "a", "b")
    late = two.polled(feed, "c", at=NOW + 3 * HOUR)
    two.told(early, now=NOW)
    two.told(late, now=NOW + 3 * HOUR)
    at = NOW + 3 * HOUR
    kyiv, ukraine = two.store.volumes(now=at)
    assert (kyiv.name, kyiv.last, kyiv.recent, kyiv.before) == ("Kyiv", None, 0, 0)
    assert (ukraine.name, ukraine.query, ukraine.managed_by) == ("Ukraine", '"Ukraine"', "file")
    assert (ukraine.asked_since, ukraine.last, ukraine.recent, ukraine.before) == (NOW, at, 1, 2)
    (_, later) = two.store.volumes(now=NOW + timedelta(days=60))
    assert (later.last, later.recent, later.before) == (at, 0, 0)


def ukraine(world: Any, *, now: datetime = NOW) -> Any:
    (found,) = [volume for volume in world.store.volumes(now=now) if volume.name == "Ukraine"]
    return found


def matched(world: Any, *items: str, now: datetime = NOW) -> None:
    feed = world.store.feeds_list()[0].id
    world.told(world.polled(feed, *items, at=now), now=now)


def test_only_lists_that_much_is_recent_of_are_loaded_for_bursts(two: Any) -> None:
    matched(two, "a", "b")
    later = NOW + 3 * HOUR
    matched(two, "c", "d", now=later)
    assert [volume.name for volume in two.store.volumes(now=later, at_least=2)] == ["Ukraine"]
    assert two.store.volumes(now=later, at_least=3) == [], "what is not recent counts for nothing"
    assert two.store.volumes(now=later + 2 * HOUR, at_least=1) == []
    assert two.store.volumes(now=later, at_least=2) == [ukraine(two, now=later)]


@pytest.mark.parametrize("scoped", [False, True])
def test_another_query_or_scope_has_no_usual_yet(two: Any, *, scoped: bool) -> None:
    matched(two, "a", "b")
    later = NOW + 3 * HOUR
    wanted = two.configuration(feeds=FEEDS, lists=[("Kyiv", 30), ("Ukraine", 5)])
    same = {line.name: f'"{line.name}"' for line in wanted.watch_lists}
    two.store.apply(wanted, same, now=later)
    assert (ukraine(two, now=later).asked_since, ukraine(two, now=later).before) == (NOW, 2), "it asks the same"
    if scoped:
        lines = tuple(replace(line, languages=("uk",)) for line in wanted.watch_lists)
        two.store.apply(replace(wanted, watch_lists=lines), same, now=later)
    else:
        two.store.apply(wanted, same | {"Ukraine": "ukrain*"}, now=later)
    matched(two, "c", now=later)
    found = ukraine(two, now=later)
    assert (found.asked_since, found.last, found.recent, found.before) == (later, later, 1, 0)


@pytest.mark.parametrize("is_broken", [False, True])
def test_what_was_paused_or_broken_has_no_usual_yet(two: Any, *, is_broken: bool) -> None:
    matched(two, "a", "b")
    two.store.edit_watch_list("Ukraine", paused=False, now=NOW + HOUR)
    assert ukraine(two).asked_since == NOW, "it was asked all the time"
    if is_broken:
        two.store.break_lists([BrokenList(list_id(two, "Ukraine"), version(two), "slow")], owner=None, now=NOW + HOUR)
    else:
        two.store.edit_watch_list("Ukraine", paused=True, now=NOW + HOUR)
    later = NOW + 3 * HOUR
    two.store.edit_watch_list("Ukraine", paused=False, now=later)
    found = ukraine(two, now=later)
    assert (found.asked_since, found.last, found.recent, found.before) == (later, NOW, 0, 0)


def test_nor_has_a_list_that_refers_to_one_with_another_query(two: Any) -> None:
    notify = (NotifyLine("desk"),)
    follower = WatchListLine("Follower", query="list:Base", notify=notify)
    for line in (WatchListLine("Base", query="grain", notify=notify), follower):
        two.store.add_watch_list(line, line.query, now=NOW)
    later = NOW + HOUR

    def edited(line: WatchListLine, query: str) -> Any:
        return replace(line, query=query, alert="every"), query

    def since() -> Any:
        return next(one.asked_since for one in two.store.volumes(now=later) if one.name == "Follower")

    two.store.edit_watch_list("Base", lambda line: edited(line, "grain"), now=later)
    assert since() == NOW, "it asks the same"
    two.store.edit_watch_list("Base", lambda line: edited(line, "wheat"), now=later)
    assert since() == later


def test_a_list_that_comes_back_has_no_usual_yet(two: Any) -> None:
    two.apply(feeds=FEEDS, lists=[("Kyiv", 30)])
    later = NOW + 3 * HOUR
    two.apply(feeds=FEEDS, lists=[("Kyiv", 30), ("Ukraine", 30)], now=later)
    assert ukraine(two, now=later).asked_since == later


@pytest.mark.parametrize(("later", "deliveries"), [(timedelta(hours=23), 0), (timedelta(hours=25), 2)])
def test_a_burst_is_told_once_a_day(two: Any, later: timedelta, deliveries: int) -> None:
    _, volume = two.store.volumes(now=NOW)
    burst = Burst(volume, matches=50, hours=1, usual=0.5, times=100.0)
    due = two.store.tell_bursts([burst], owner="desk", now=NOW)
    told = facts(two, due[0])
    assert told.type == "watchlist.burst"
    assert told.data == {
        "watch_list": {"name": "Ukraine", "query": '"Ukraine"', "managed_by": "file"},
        "matches": 50,
        "hours": 1,
        "usual": 0.5,
        "times": 100.0,
    }
    assert len(two.store.tell_bursts([burst], owner="desk", now=NOW + later)) == deliveries
