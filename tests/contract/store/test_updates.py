"""What becomes of stories that were told: who hears of it, in which order, and what the message says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.desk import LATER, LEASE, NOW, Desk, desk
from sqlalchemy import func, select

from worker.alerts.planned import PlannedUpdate
from worker.alerts.throttle import WINDOW
from worker.store import tables

if TYPE_CHECKING:
    from worker.store import Store

__all__ = ["desk"]


def test_an_update_is_a_message_of_its_alert_at_each_channel(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    first = {one.channel.id: one for one in desk.send()}
    second = desk.join(story, "y", wire="Reuters")
    due = desk.happens(story, ("independent", second))
    begun = desk.begin()
    assert [one.id for one in begun] == due
    assert [(one.subject_kind, one.subject, one.sequence) for one in begun] == [("alert", 1, 1)] * 2
    for one in begun:
        before = first[one.channel.id]
        assert one.key != before.key
        assert (one.first_key, one.first_sent_at) == (before.key, NOW)
    (facts,) = desk.store.alerts_of(begun[0], now=LATER)
    assert (facts.alert, facts.watch_list, facts.watch_lists, facts.reports) == (1, "Kyiv", ("Kyiv", "Ukraine"), 2)
    assert facts.update is not None
    assert (facts.update.sequence, facts.update.kind, facts.update.created_at) == (1, "independent", LATER)
    report = facts.update.report
    assert (report.item, report.title, report.source, report.wire, report.dateline) == (
        second,
        "y",
        "B",
        "Reuters",
        "Kyiv",
    )
    assert [one.wire for one in facts.story_items] == [None, "Reuters"]
    assert facts.story_wire == "Reuters"
    assert (facts.update.first_lists, facts.update.first_title) == (("Kyiv", "Ukraine"), "x")
    desk.end(begun[0])
    assert {row.state for row in desk.store.alerts_list()} == {"told"}
    assert [row.sequence for row in desk.store.deliveries_list()] == [1, 1, 0, 0]


def test_updates_are_numbered_alert_by_alert(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    reports = [desk.join(story, name) for name in "abc"]
    desk.happens(story, ("reported", reports[0]), ("reported", reports[1]))
    desk.happens(story, ("independent", reports[2]))
    assert desk.rows() == [
        (1, 1, "reported", reports[0], True, False),
        (1, 2, "reported", reports[1], True, False),
        (1, 3, "independent", reports[2], True, False),
        (2, 1, "independent", reports[2], False, False),
    ]
    sequences = [row.sequence for row in desk.store.deliveries_list() if row.subject == 1]
    assert sorted(sequences) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_nothing_is_told_twice(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    second = desk.join(story, "y")
    changed = desk.correct("x", "x corrected")
    again = (("reported", second), ("corrected", changed))
    assert len(desk.happens(story, *again)) == 4
    before = desk.rows()
    assert desk.happens(story, *again) == [], "held by the unique key"
    assert desk.rows() == before
    desk.correct("x", "x corrected again", at=LATER + timedelta(hours=1))
    assert len(desk.happens(story, *again)) == 2, "another revision is another correction"
    assert [row[:3] for row in desk.rows() if row[0] == 1] == [
        (1, 1, "reported"),
        (1, 2, "corrected"),
        (1, 4, "corrected"),
    ]


def test_a_correction_says_what_it_changed_whatever_comes_after(desk: Desk) -> None:
    story = desk.tell("x")
    desk.send()
    changed = desk.correct("x", "Corrected", at=LATER)
    desk.happens(story, ("corrected", changed))
    (one, _) = desk.begin()
    desk.correct("x", "Corrected once more", at=LATER + timedelta(hours=1))
    (facts,) = desk.store.alerts_of(one, now=LATER)
    update = facts.update
    assert update is not None
    assert update.before is not None
    assert update.after is not None
    assert (update.before.title, update.after.title) == ("x", "Corrected")
    assert (facts.title, update.first_title) == ("Corrected once more", "x")
    with desk.store._transaction("write") as connection:
        connection.execute(tables.item_revisions.delete().where(tables.item_revisions.c.title == "x"))
    (facts,) = desk.store.alerts_of(one, now=LATER)
    assert facts.update is not None
    assert (facts.update.before, facts.update.after) == (None, None), "pruned"


def test_the_latest_words_are_those_of_the_item(desk: Desk) -> None:
    story = desk.tell("x")
    desk.send()
    desk.happens(story, ("corrected", desk.correct("x", "Corrected")))
    (facts,) = desk.store.alerts_of(desk.begin()[0], now=LATER)
    assert facts.update is not None
    assert facts.update.after is not None
    assert facts.update.after.title == "Corrected"


def test_an_update_overtakes_neither_the_first_message_nor_an_earlier_update(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    webhook, log = desk.begin(now=NOW)
    desk.end(log, now=NOW)
    reports = [desk.join(story, name) for name in "ab"]
    due = desk.happens(story, ("reported", reports[0]), ("independent", reports[1]))
    assert len(due) == 4
    assert [(one.channel.id, one.sequence) for one in desk.begin()] == [(log.channel.id, 1)], (
        "the webhook's is under way"
    )
    assert desk.store.begin_deliveries(due, owner="h:1:1", now=LATER, lease=LEASE) == []
    assert desk.store.waiting(now=LATER)[1].since is None, "what waits for its turn waits for no worker"
    retry = LATER + timedelta(hours=5)
    desk.end(webhook, "pending", due_at=retry, error="HTTP 500")
    assert [one.sequence for one in desk.begin() if one.channel.id == webhook.channel.id] == []
    (again,) = (one for one in desk.begin(now=retry) if one.sequence == 0)
    desk.end(again, "quarantined", now=retry, error="HTTP 500")
    (one,) = desk.begin(now=retry)
    assert (one.channel.id, one.sequence) == (webhook.channel.id, 1), "what ended keeps nobody waiting"
    assert (one.first_key, one.first_sent_at) == (None, None), "and is no message to answer"
    assert desk.begin(now=retry) == []
    desk.end(one, now=retry)
    (last,) = desk.begin(now=retry)
    assert (last.channel.id, last.sequence) == (webhook.channel.id, 2)


def test_a_channel_that_came_later_hears_updates_too(desk: Desk) -> None:
    story = desk.tell("x")
    desk.send()
    with desk.store._transaction("write") as connection:
        values = {"subscriber_id": 1, "kind": "email", "address": "d@e.example", "hash": b"1", "position": 9}
        connection.execute(tables.channels.insert().values(state="enabled", **values))
    desk.happens(story, ("independent", desk.join(story, "y")))
    mail = next(one for one in desk.begin() if one.channel.kind == "email")
    assert (mail.sequence, mail.first_key) == (1, None)


@pytest.mark.parametrize("gone", ["Kyiv", "Ukraine"])
def test_an_update_lives_as_long_as_one_of_its_lists(desk: Desk, gone: str) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    due = desk.happens(story, ("independent", desk.join(story, "y")))
    stays = {"Kyiv", "Ukraine"} - {gone}
    desk.watch(now=LATER, **dict.fromkeys(stays, "every"))
    (one, _) = desk.begin()
    (facts,) = desk.store.alerts_of(one, now=LATER)
    assert facts.watch_lists == tuple(stays)
    desk.watch(now=LATER)
    assert {row.state for row in desk.store.deliveries_list() if row.id in due} == {"sending"}, (
        "what is under way stays"
    )


def test_with_its_last_list_an_update_is_cancelled(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    due = desk.happens(story, ("independent", desk.join(story, "y")))
    desk.watch(now=LATER)
    assert {row.state for row in desk.store.deliveries_list() if row.id in due} == {"cancelled"}
    assert {row.state for row in desk.store.alerts_list()} == {"told"}, "of an update no alert changes"


def test_an_update_stands_under_an_alert_that_shared_the_message_of_another(desk: Desk) -> None:
    desk.watch(Kyiv="first", Ukraine="updates")
    story = desk.tell("x", "Kyiv", "Ukraine")
    first = desk.send()
    desk.happens(story, ("independent", desk.join(story, "y")))
    begun = desk.begin()
    assert [(one.subject, one.sequence, one.first_key) for one in begun] == [(2, 1, one.key) for one in first]
    (facts,) = desk.store.alerts_of(begun[0], now=LATER)
    assert facts.update is not None
    assert (facts.watch_lists, facts.update.first_lists) == (("Ukraine",), ("Kyiv", "Ukraine"))


def test_an_update_that_was_sent_tells_no_first_message(desk: Desk) -> None:
    story = desk.tell("x")
    for one in desk.begin(now=NOW):
        desk.end(one, "failed", now=NOW, error="no")
    desk.happens(story, ("independent", desk.join(story, "y")))
    assert [one.sequence for one in desk.send(now=LATER)] == [1, 1]
    assert [row.state for row in desk.store.alerts_list()] == ["new"]


def test_what_exceeds_the_limit_is_told_in_the_digest_as_it_is_then(desk: Desk) -> None:
    desk.watch(at_most=1, Kyiv="every", Ukraine="updates")
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    reports = [desk.join(story, name) for name in "ab"]
    assert desk.happens(story, ("reported", reports[0]), ("independent", reports[1])) == []
    held = [row for row in desk.rows() if row[5]]
    assert held == [
        (1, 1, "reported", reports[0], None, True),
        (1, 2, "independent", reports[1], None, True),
        (2, 1, "independent", reports[1], None, True),
    ]
    slot = NOW + timedelta(hours=1)
    (digest, _) = desk.begin(now=slot)
    (facts,) = desk.store.alerts_of(digest, now=slot)
    assert (facts.alert, facts.watch_lists, facts.reports) == (1, ("Kyiv", "Ukraine"), 3)
    assert facts.update is not None
    assert facts.update.kind == "independent"
    desk.end(digest, now=slot)
    assert {row.state for row in desk.store.alerts_list()} == {"told"}


def test_a_digest_tells_a_story_once(desk: Desk) -> None:
    desk.watch(at_most=1, Kyiv="every", Ukraine="updates")
    story = desk.tell("x", "Kyiv")
    desk.send()
    desk.happens(story, ("reported", desk.join(story, "y")))
    with desk.store.matching() as transaction:
        _, ukraine = (found.id for found in transaction.watch_lists())
        subscriptions = transaction.subscriptions([ukraine], now=NOW)
        slot = NOW + timedelta(hours=1)
        held = desk.world.planned(subscriptions, {1: story}, lead=ukraine, state="held", slot=slot)
        transaction.record_alerts(held, now=LATER)
    (digest, _) = desk.begin(now=slot)
    (facts,) = desk.store.alerts_of(digest, now=slot)
    assert (facts.watch_list, facts.update) == ("Ukraine", None)


def test_a_digest_of_updates_goes_with_their_lists(desk: Desk) -> None:
    desk.watch(at_most=1, Kyiv="every", Ukraine="updates")
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    desk.happens(story, ("independent", desk.join(story, "y")))
    desk.watch(now=LATER, at_most=1, Ukraine="updates")
    slot = NOW + timedelta(hours=1)
    (digest, _) = desk.begin(now=slot)
    (facts,) = desk.store.alerts_of(digest, now=slot)
    assert facts.watch_lists == ("Ukraine",)
    desk.end(digest, "pending", due_at=slot, error="no")
    desk.watch(now=slot)
    digests = [row.state for row in desk.store.deliveries_list() if row.subject_kind == "digest"]
    assert sorted(digests) == ["cancelled", "sending"]
    assert desk.store.alerts_of(digest, now=slot) == []


def test_updates_count_for_the_limit(desk: Desk) -> None:
    desk.watch(at_most=9, Kyiv="every")
    story = desk.tell("x", "Kyiv")
    desk.send()
    desk.happens(story, *[("reported", desk.join(story, name)) for name in "ab"])
    with desk.store.matching() as transaction:
        subscriptions = transaction.subscriptions([found.id for found in transaction.watch_lists()], now=NOW)
        past = transaction.past([story], subscriptions, since=LATER - WINDOW, now=LATER)
    assert past.messaged == ((subscriptions[0].id, (NOW, LATER, LATER)),)


def test_a_report_that_was_taken_out_of_the_story_is_not_told(desk: Desk) -> None:
    story = desk.tell("x")
    desk.send()
    second = desk.join(story, "y")
    desk.happens(story, ("independent", second))
    (one, _) = desk.begin()
    other = desk.tell("z")
    with desk.store._transaction("write") as connection:
        i = tables.items
        connection.execute(i.update().where(i.c.id == second).values(story_id=other))
    assert desk.store.alerts_of(one, now=LATER) == []


def count(store: Store, table: Any) -> int:
    with store._transaction("read") as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_nothing_planned_writes_nothing(desk: Desk) -> None:
    story = desk.tell("x")
    assert desk.happens(story) == []
    with desk.store.matching() as transaction:
        assert transaction.record_updates([], now=NOW) == []
    assert count(desk.store, tables.alert_updates) == 0


def test_the_first_of_those_that_are_new_leads(desk: Desk) -> None:
    """Where the planned lead is there already."""
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    second = desk.join(story, "y")
    kyiv, ukraine = (PlannedUpdate(alert, alert, 1, second, "independent", lead=1) for alert in (1, 2))
    with desk.store.matching() as transaction:
        assert len(transaction.record_updates([kyiv], now=LATER)) == 2
        assert len(transaction.record_updates([kyiv, ukraine], now=LATER)) == 2
    assert [row[:2] + row[4:5] for row in desk.rows()] == [(1, 1, True), (2, 1, True)]


def test_updates_are_tailed_from_the_last_seen(desk: Desk) -> None:
    assert desk.store.last_update() == 0
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    desk.happens(story, ("independent", desk.join(story, "y")))
    kyiv, ukraine = desk.store.updates_after(0)
    assert (kyiv.watch_list, kyiv.update, kyiv.title, kyiv.link) == (
        "Kyiv",
        "independent",
        "y",
        "https://a.example/y",
    )
    assert desk.store.updates_after(kyiv.id) == [ukraine]
    assert desk.store.last_update() == ukraine.id


def test_a_list_of_deliveries_says_what_an_update_is_and_what_it_waits_for(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    first = {one.channel.kind: one for one in desk.begin(now=NOW)}
    desk.end(first["log"], now=NOW)
    desk.happens(story, ("reported", desk.join(story, "y")))
    desk.happens(story, ("independent", desk.join(story, "z")))
    rows = [row for row in reversed(desk.store.deliveries_list()) if row.channel.startswith("webhook")]
    assert [(row.sequence, row.update_kind, row.waits_for) for row in rows] == [
        (0, None, None),
        (1, "reported", first["webhook"].id),
        (2, "independent", first["webhook"].id),
    ]
    desk.end(first["webhook"])
    rows = [row for row in reversed(desk.store.deliveries_list()) if row.channel.startswith("webhook")]
    assert [row.waits_for for row in rows] == [None, None, rows[1].id]
    desk.send(now=LATER)
    desk.send(now=LATER)
    assert {(row.state, row.waits_for) for row in desk.store.deliveries_list()} == {("sent", None)}
