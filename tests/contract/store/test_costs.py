"""What links and watchers ask of the database does not grow with all that ever was, nor touches what is others'."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import NOW
from sqlalchemy import event, select

from config.values import ChannelLine, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.store import tables

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE = timedelta(minutes=1)


def told(two: Any, *names: str, lists: tuple[str, ...] = ("Ukraine",)) -> None:
    two.told(two.polled(two.store.feeds_list()[0].id, *names), lists=lists)


def write(two: Any, *statements: Any) -> None:
    with two.store._transaction("write") as connection:
        for statement in statements:
            connection.execute(statement)


def plans(two: Any, do: Callable[[], object], table: str) -> str:
    """How SQLite finds rows of a table in what is asked while something is done."""
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if re.match("SELECT|UPDATE|WITH", statement) and table in statement:
            asked.append((statement, parameters))

    with two.store._transaction("read") as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    do()
    event.remove(engine, "before_cursor_execute", note)
    with two.store._transaction("read") as connection:
        found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in asked]
    return str(found)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_marks_are_counted_by_an_index_of_what_is_marked(two: Any) -> None:
    told(two, "one")
    assert "ix_alerts_marked" in plans(two, lambda: two.store.marks(now=NOW), "alerts")
    assert "SCAN alerts" not in plans(two, lambda: two.store.marks(now=NOW), "alerts")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_pause_looks_at_nothing_that_has_ended(two: Any) -> None:
    told(two, "one")
    found = plans(two, lambda: two.store.pause_lists(1, None, until=None, now=NOW), "deliveries")
    assert "ix_deliveries_waiting" in found or "ix_deliveries_state_due_at" in found
    assert "SCAN deliveries" not in found
    assert "ix_deliveries_channel_id" not in found
    assert "(subject_kind=?)" not in found  # all of a kind that ever were


def test_a_pause_judges_nothing_that_waits_for_others(two: Any) -> None:
    notify = (NotifyLine("desk", 30), NotifyLine("night", 30))
    both = (*two.configuration().subscribers, SubscriberLine("night", "UTC", (ChannelLine("log"),)))
    feeds = [FeedLine("https://a.example/rss", "A")]
    two.apply(feeds=feeds, watch_lists=[WatchListLine("Ukraine", ("Ukraine",), notify=notify)], subscribers=both)
    told(two, "one")
    d, c, a = tables.deliveries, tables.channels.c, tables.alerts
    of = (
        select(c.subscriber_id, d.c.state).join_from(d, tables.channels).order_by(c.subscriber_id, d.c.state).distinct()
    )
    write(two, a.update().values(state="cancelled"))  # now nobody is left to tell of any
    two.store.pause_lists(1, None, until=None, now=NOW)
    with two.store._transaction("read") as connection:
        assert {tuple(row) for row in connection.execute(of)} <= {(1, "cancelled"), (2, "pending")}
        assert (1, "cancelled") in {tuple(row) for row in connection.execute(of)}


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_pause_does_not_wait_for_who_is_at_a_message_of_an_update(two: Any) -> None:
    told(two, "one")
    update = {"alert_id": 1, "sequence": 1, "subscription_id": 2, "kind": "reported", "item_id": 1, "revision": 0}
    message = {"key": "k", "subject_kind": "alert", "subject_id": 1, "sequence": 1, "channel_id": 1}
    d = tables.deliveries
    write(
        two,
        tables.alerts.update().values(state="told"),
        d.update().values(state="sent"),
        tables.alert_updates.insert().values(lead_id=1, created_at=NOW, **update),
        d.insert().values(**message, state="pending", due_at=NOW, created_at=NOW),
    )
    with ThreadPoolExecutor(1) as pool:
        with two.store._transaction("write") as connection:
            connection.execute(select(d.c.id).where(d.c.key == "k").with_for_update())
            pausing = pool.submit(two.store.pause_lists, 1, None, until=None, now=NOW)
            pausing.result(timeout=10)
        assert "pending" in {row.state for row in two.store.deliveries_list()}
        two.store.pause_lists(1, None, until=None, now=NOW)
    assert "pending" not in {row.state for row in two.store.deliveries_list()}


def test_ages_are_those_of_the_status(two: Any) -> None:
    def ages() -> tuple[float | None, ...]:
        found = []
        for now in (NOW - MINUTE, NOW, NOW + MINUTE):
            one, other = two.store.ages(now=now), two.store.status(now=now)
            names = ("oldest_due_feed_s", "oldest_pending_delivery_s", "oldest_unmatched_s")
            assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
            found = [getattr(one, name) for name in names]
        return tuple(found)

    assert ages() == (60.0, None, None)
    told(two, "one", "two")
    two.polled(two.store.feeds_list()[1].id, "three")
    assert ages()[1:] == (60.0, 60.0)
    d = tables.deliveries
    write(
        two,
        d.update().values(due_at=NOW + 2 * MINUTE),
        d.update().where(d.c.id == 2).values(state="sending", due_at=NOW + MINUTE / 2),
        d.update().where(d.c.id == 3).values(due_at=NOW + MINUTE * 3 / 4),
        d.update().where(d.c.id == 1).values(state="sent", due_at=NOW),
    )
    assert ages()[1] == 30.0
    write(two, d.update().where(d.c.id == 2).values(state="sent"))
    assert ages()[1] == 15.0
    write(two, tables.channels.update().values(rests_until=NOW + timedelta(hours=1)))
    assert ages()[1] is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_ages_are_found_without_a_look_at_what_has_ended(two: Any) -> None:
    told(two, "one")
    found = plans(two, lambda: two.store.ages(now=NOW), "deliveries")
    assert "ix_deliveries" in found
    assert "SCAN deliveries" not in found
    assert "TEMP B-TREE" not in found
