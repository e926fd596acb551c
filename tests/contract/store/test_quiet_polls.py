"""Quiet polls: of most feeds a poll changes little more than when it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, select

from worker.feeds.health import Condition
from worker.store import tables

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


def rows(world: Any, table: Any) -> list[Any]:
    with world.store._transaction("read") as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)))


def test_a_quiet_poll_writes_what_the_same_poll_would_that_is_not_said_to_be_quiet(world: Any) -> None:
    feeds = world.feeds(4)
    first = world.begin(*feeds)
    world.written(*(world.record(feed, status=200, served_from=feed.polled_url) for feed in first))
    for minutes in (15, 30):
        at = NOW + timedelta(minutes=minutes)
        one, other, moved, spoiled = world.begin(*feeds, now=at)
        again: dict[str, Any] = {"at": at, "condition": Condition("stale"), "raw_bytes": minutes}
        world.written(
            world.record(one, quiet=True, served_from=one.polled_url, **again),
            world.record(other, quiet=False, served_from=other.polled_url, **again),
            world.record(moved, quiet=True, served_from="https://elsewhere.example/rss", **again),
            world.record(spoiled, quiet=True, error="no answer", **again),
        )
    shown = rows(world, tables.feeds)
    apart = {"id", "url", "polled_url", "host", "name", "lease_token"}
    quiet, loud = ({name: value for name, value in row._asdict().items() if name not in apart} for row in shown[:2])
    assert quiet == loud
    assert (quiet["state"], quiet["last_status"], quiet["last_good_at"]) == ("stale", 304, NOW + timedelta(minutes=30))
    assert shown[2].served_host == "elsewhere.example", "what it changed is written, whatever it is called"
    assert (shown[3].last_error, shown[3].last_good_at) == ("no answer", NOW)
    journal = rows(world, tables.poll_journal)
    assert [(run.run, run.polls, run.bytes) for run in journal if run.feed_id == feeds[0]] == [(0, 1, 100), (1, 2, 45)]


def test_a_feed_paused_since_its_quiet_poll_began_stays_paused(world: Any) -> None:
    (feed,) = world.feeds(1)
    for minutes in (0, 15):
        at = NOW + timedelta(minutes=minutes)
        (leased,) = world.begin(feed, now=at)
        if minutes:
            world.store.pause_feed(feed)
        world.written(world.record(leased, at=at, quiet=bool(minutes)))
    assert world.store.feeds_list()[0].state == "disabled"


def test_quiet_polls_are_written_without_what_they_leave_as_it_is(world: Any) -> None:
    feeds = world.feeds(50)
    for minutes in (0, 15):
        at = NOW + timedelta(minutes=minutes)
        world.written(*(world.record(feed, at=at) for feed in world.begin(*feeds, now=at)))
    leased = world.begin(*feeds, now=NOW + timedelta(minutes=30))
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(world.store._engine, "before_cursor_execute", listen)
    world.written(*(world.record(feed, at=NOW + timedelta(minutes=30), quiet=True) for feed in leased))
    event.remove(world.store._engine, "before_cursor_execute", listen)
    assert not [name for name in ("etag", "body_hash", "hints", "polled_url", "title") if name in " ".join(said)]
    work = [statement for statement in said if statement.split()[0] in {"SELECT", "UPDATE", "INSERT", "DELETE"}]
    assert len(work) == 3, "look, journal, feeds"
