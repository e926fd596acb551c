"""What was told before: alerts that wait, stories that were merged, lists that tell more."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any

from contract.store.conftest import begun as begin_stories
from contract.store.desk import LATER, NOW, SLOT, Desk, desk

from worker.alerts.throttle import WINDOW
from worker.store import tables
from worker.stories import story as stories

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["desk"]


def merge(desk: Desk, story: int, into: int) -> None:
    with desk.store.regrouping() as transaction:
        transaction.merge_into(into, [story])
        summary = stories.summarise(transaction.reports([into])[into])
        transaction.sum_up({into: summary}, corrected=(), now=NOW)


def test_after_a_merge_alerts_are_those_of_the_story_that_has_the_reports(desk: Desk) -> None:
    one, other = desk.tell("x", "Kyiv"), desk.tell("z", "Ukraine")
    first = {found.channel.id: found for found in desk.send() if found.subject == 1}
    merge(desk, one, other)
    assert [(alert.watch_list, alert.story) for alert in desk.past(other)] == [(1, other), (2, other)]
    second = desk.join(other, "y")
    desk.happens(other, ("independent", second))
    for found in desk.begin():
        (facts,) = desk.store.alerts_of(found, now=LATER)
        assert (facts.alert, facts.watch_lists, facts.story, facts.reports) == (1, ("Kyiv", "Ukraine"), other, 3)
        assert facts.update is not None
        assert facts.update.report.item == second
        assert found.first_key == first[found.channel.id].key, "it answers what told of the story before"
    assert {(row.story, row.reports) for row in desk.store.alerts_list()} == {(other, 3)}


def test_only_lists_that_tell_updates_are_asked_for(desk: Desk) -> None:
    desk.watch(Kyiv="every", Ukraine="first")
    story = desk.tell("x", "Kyiv", "Ukraine")
    other = desk.tell("z", "Ukraine")
    with desk.store.matching() as transaction:
        kyiv, _ = (found.id for found in transaction.watch_lists())
        assert transaction.lists_with_updates([story, other]) == {kyiv}
        assert transaction.lists_with_updates([other]) == set()
        (subscription,) = transaction.subscriptions([kyiv], now=NOW)
        assert subscription.alert == "every"


def test_what_waits_is_known(desk: Desk) -> None:
    waiting = tell_later(desk, "x", due_at=LATER)
    held = desk.tell("y", state="held", slot=SLOT)
    told = desk.tell("z")
    states = {story: [(one.state, one.waits) for one in desk.past(story)] for story in (waiting, held, told)}
    assert states == {waiting: [("new", True)], held: [("held", True)], told: [("new", False)]}
    assert [one.waits for one in desk.past(waiting, now=LATER)] == [False], "due"
    begun = desk.begin(now=SLOT)
    for one in begun:
        desk.store.alerts_of(one, now=SLOT)  # which closes the digest
    assert [one.waits for story in states for one in desk.past(story)] == [False] * 3


def tell_later(desk: Desk, name: str, *, due_at: datetime) -> int:
    """Tell of a new item in a message that waits for copies."""
    (found,) = desk.world.polled(desk.store.feeds_list()[0].id, name)
    with desk.store.matching() as transaction:
        (waiting,) = transaction.unmatched([found])
        story = begin_stories(transaction, [waiting])[found]
        (_, ukraine) = transaction.watch_lists()
        subscriptions = transaction.subscriptions([ukraine.id], now=NOW)
        planned = [
            replace(one, due_at=due_at) for one in desk.world.planned(subscriptions, {found: story}, lead=ukraine.id)
        ]
        assert transaction.record_alerts(planned, now=NOW) == [], "none is due at once"
    return story


def test_the_head_is_that_of_the_story(desk: Desk) -> None:
    story = desk.tell("x")
    (alert,) = desk.past(story)
    assert (alert.item, alert.head) == (1, 1)
    desk.watch(Ukraine="first")
    assert [one.head for one in desk.past(story)] == [None], "asked for only where it matters"


def test_who_joins_a_waiting_message_is_told_by_it(desk: Desk) -> None:
    story = tell_later(desk, "x", due_at=LATER)
    with desk.store.matching() as transaction:
        kyiv, _ = (found.id for found in transaction.watch_lists())
        subscriptions = transaction.subscriptions([kyiv], now=NOW)
        planned = [replace(one, joins=1) for one in desk.world.planned(subscriptions, {1: story}, lead=kyiv)]
        assert transaction.record_alerts(planned, now=NOW) == []
    (one, _) = desk.begin()
    (facts,) = desk.store.alerts_of(one, now=LATER)
    assert (facts.watch_list, facts.watch_lists) == ("Ukraine", ("Kyiv", "Ukraine"))
    desk.end(one)
    assert {row.state for row in desk.store.alerts_list()} == {"told"}


def test_what_waits_is_not_begun_while_somebody_counts_on_it(desk: Desk) -> None:
    story = tell_later(desk, "x", due_at=LATER)
    begun: list[Any] = []
    with desk.store.matching() as transaction:
        subscriptions = transaction.subscriptions([found.id for found in transaction.watch_lists()], now=NOW)
        (alert,) = transaction.past([story], subscriptions, since=NOW - WINDOW, now=NOW).alerts
        assert alert.waits
        beginner = Thread(target=lambda: begun.append(desk.begin()))
        beginner.start()
        beginner.join(0.3)
        assert begun in ([], [[]]), "it waits for the match step, or is passed over"
    beginner.join()


def test_what_was_begun_meanwhile_does_not_wait(desk: Desk) -> None:
    story = tell_later(desk, "x", due_at=LATER)
    d = tables.deliveries
    with desk.store._transaction("write") as connection:
        connection.execute(d.update().values(state="sending", attempts=1))
        found: list[Any] = []
        asker = Thread(target=lambda: found.extend(desk.past(story)))
        asker.start()
        asker.join(0.3)
        assert asker.is_alive(), "it waits for whoever begins"
    asker.join()
    assert [one.waits for one in found] == [False]
