"""Watch lists that fail, and those that match far more than usual: each is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from worker.records import BrokenList
from worker.watchlists.volume import Burst

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


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
    assert (ukraine.created_at, ukraine.last, ukraine.recent, ukraine.before) == (NOW, at, 1, 2)
    (_, later) = two.store.volumes(now=NOW + timedelta(days=60))
    assert (later.last, later.recent, later.before) == (at, 0, 0)


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
