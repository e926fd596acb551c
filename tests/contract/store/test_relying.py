"""Alerts of a story that another list tells: what becomes of them where that list goes before anybody was told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from contract.store.conftest import begun
from contract.store.desk import FEEDS, LATER, NOW, SLOT, Desk, desk

from worker.alerts.plan import plan
from worker.alerts.planned import StoryMatch
from worker.alerts.throttle import WINDOW
from worker.store import tables
from worker.watchlists.model import Hit, Span

if TYPE_CHECKING:
    from worker.alerts.model import AlertFacts
    from worker.records import Outgoing

__all__ = ["desk"]

MUCH_LATER = NOW + timedelta(hours=5)


def matches(desk: Desk, story: int, *lists: str, item: int = 1) -> list[int]:
    """Let lists match an item of a story, by what was told of it before; return the deliveries due at once."""
    with desk.store.matching() as transaction:
        by_name = {found.name: found.id for found in transaction.watch_lists()}
        ids = [by_name[name] for name in lists]
        hits = [Hit(by_name[name], (name,), (Span("title", 0, 1),)) for name in lists]
        transaction.record_hits({item: hits}, now=LATER)
        subscriptions = transaction.subscriptions(ids, now=NOW)
        past = transaction.past([story], subscriptions, since=LATER - WINDOW, now=LATER)
        planned = plan([StoryMatch(id_, item, story) for id_ in ids], subscriptions, past, now=LATER)
        return transaction.record_alerts(planned, now=LATER)


def states(desk: Desk) -> dict[str, str]:
    return {row.watch_list: row.state for row in desk.store.alerts_list()}


def facts_of(desk: Desk, one: Outgoing) -> AlertFacts:
    (facts,) = desk.store.alerts_of(one, now=MUCH_LATER)
    return facts


@pytest.fixture
def both(desk: Desk) -> Desk:
    desk.watch(Kyiv="first", Lviv="first", Ukraine="first")
    return desk


def failing(desk: Desk) -> list[Outgoing]:
    """Begin what is due; nothing of it arrives."""
    going = desk.begin(now=NOW)
    for one in going:
        desk.end(one, "pending", now=NOW, due_at=MUCH_LATER, error="HTTP 500")
    return going


def test_who_relied_on_a_list_that_goes_takes_its_place(both: Desk) -> None:
    story = both.tell("x", "Kyiv")
    first = failing(both)
    second = both.join(story, "y")
    assert matches(both, story, "Ukraine", item=second) == []
    assert states(both) == {"Kyiv": "new", "Ukraine": "merged"}
    both.watch(now=LATER, Ukraine="first")
    assert states(both) == {"Kyiv": "cancelled", "Ukraine": "new"}
    again = both.begin(now=MUCH_LATER)
    assert [one.key for one in again] == [one.key for one in first]
    facts = facts_of(both, again[0])
    assert (facts.alert, facts.watch_list, facts.watch_lists) == (1, "Ukraine", ("Ukraine",)), "the message's alert"
    assert (facts.item, facts.title, facts.terms) == (second, "y", ("Ukraine",)), "as the list that is left met it"
    both.end(again[0], now=MUCH_LATER)
    assert states(both) == {"Kyiv": "cancelled", "Ukraine": "told"}


def test_with_all_who_relied_on_it_a_message_is_cancelled(both: Desk) -> None:
    story = both.tell("x", "Kyiv")
    failing(both)
    matches(both, story, "Ukraine")
    both.watch(now=LATER, Lviv="first")
    assert states(both) == {"Kyiv": "cancelled", "Ukraine": "merged"}
    assert both.begin(now=MUCH_LATER) == []


def test_nobody_takes_the_place_where_another_list_still_tells(both: Desk) -> None:
    story = both.tell("x", "Kyiv", "Lviv")
    (one, _) = failing(both)
    matches(both, story, "Ukraine")
    both.watch(now=LATER, Lviv="first", Ukraine="first")
    assert states(both) == {"Kyiv": "cancelled", "Lviv": "new", "Ukraine": "merged"}
    assert facts_of(both, one).watch_lists == ("Lviv",)
    both.watch(now=LATER, Ukraine="first")
    assert states(both) == {"Kyiv": "cancelled", "Lviv": "cancelled", "Ukraine": "new"}


def test_a_digest_tells_who_relied_on_what_it_held(both: Desk) -> None:
    story = both.tell("x", "Kyiv", state="held", slot=SLOT)
    matches(both, story, "Ukraine")
    assert states(both) == {"Kyiv": "held", "Ukraine": "merged"}
    both.watch(now=LATER, Ukraine="first")
    assert states(both) == {"Kyiv": "cancelled", "Ukraine": "held"}
    (digest, _) = both.begin(now=SLOT)
    assert [facts.watch_list for facts in both.store.alerts_of(digest, now=SLOT)] == ["Ukraine"]
    both.end(digest, now=SLOT)
    assert states(both) == {"Kyiv": "cancelled", "Ukraine": "told"}


def test_a_channel_that_has_not_heard_yet_hears_in_the_name_of_who_relies_on_it(both: Desk) -> None:
    story = both.tell("x", "Kyiv")
    webhook, log = both.begin(now=NOW)
    both.end(log, now=NOW)
    both.end(webhook, "pending", now=NOW, due_at=MUCH_LATER, error="HTTP 500")
    matches(both, story, "Ukraine")
    both.watch(now=LATER, Ukraine="first")
    assert states(both) == {"Kyiv": "told", "Ukraine": "merged"}
    (again,) = both.begin(now=MUCH_LATER)
    facts = facts_of(both, again)
    assert (facts.alert, facts.watch_lists, facts.terms) == (1, ("Ukraine",), ("Ukraine",))


def test_while_its_own_list_lives_a_message_names_none_that_rely_on_it(both: Desk) -> None:
    story = both.tell("x", "Kyiv")
    (one, _) = failing(both)
    matches(both, story, "Ukraine")
    facts = facts_of(both, one)
    assert (facts.watch_list, facts.watch_lists) == ("Kyiv", ("Kyiv",))


def test_a_message_of_which_every_list_went_meanwhile_still_says_whose_it_was(both: Desk) -> None:
    both.tell("x", "Kyiv")
    (one, _) = both.begin(now=NOW)
    both.watch(now=LATER, Lviv="first")
    facts = facts_of(both, one)
    assert (facts.alert, facts.watch_list, facts.watch_lists) == (1, "Kyiv", ("Kyiv",))


def test_beyond_its_limit_a_list_shares_the_message_of_another_in_silence(desk: Desk) -> None:
    desk.world.apply(feeds=FEEDS, lists=[("Kyiv", 0), ("Ukraine", 30)], now=NOW)
    (item,) = desk.world.polled(desk.store.feeds_list()[0].id, "x")
    with desk.store.matching() as transaction:
        story = begun(transaction, transaction.unmatched([item]))[item]
    assert len(matches(desk, story, "Kyiv", "Ukraine", item=item)) == 2
    assert states(desk) == {"Kyiv": "merged", "Ukraine": "new"}
    desk.world.apply(feeds=FEEDS, lists=[("Kyiv", 0)], now=LATER)
    assert states(desk) == {"Kyiv": "new", "Ukraine": "cancelled"}


def test_an_update_speaks_for_the_lists_that_are_left(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    desk.happens(story, ("independent", desk.join(story, "y")))
    desk.watch(now=LATER, Ukraine="updates")
    (one, _) = desk.begin()
    facts = facts_of(desk, one)
    assert (facts.alert, facts.watch_list, facts.watch_lists) == (1, "Ukraine", ("Ukraine",))
    assert facts.update is not None
    assert (facts.update.first_alert, facts.update.sequence) == (1, 1)


def test_an_update_names_the_alert_of_the_first_message(desk: Desk) -> None:
    desk.watch(Kyiv="first", Ukraine="updates")
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    desk.happens(story, ("independent", desk.join(story, "y")))
    facts = facts_of(desk, desk.begin()[0])
    assert facts.update is not None
    assert (facts.alert, facts.update.first_alert) == (2, 1)


def test_where_a_digest_told_it_first_an_update_names_its_own_alert(desk: Desk) -> None:
    story = desk.tell("x", "Ukraine", state="held", slot=SLOT)
    for one in desk.send(now=SLOT):
        desk.store.alerts_of(one, now=SLOT)
    desk.happens(story, ("independent", desk.join(story, "y")), now=MUCH_LATER)
    facts = facts_of(desk, desk.begin(now=MUCH_LATER)[0])
    assert facts.update is not None
    assert (facts.alert, facts.update.first_alert) == (1, 1)


def test_an_update_answers_a_message_that_named_none_that_relied_on_it(desk: Desk) -> None:
    desk.watch(Kyiv="first", Ukraine="updates")
    story = desk.tell("x", "Ukraine")
    desk.send()
    matches(desk, story, "Kyiv")
    assert states(desk) == {"Kyiv": "merged", "Ukraine": "told"}
    desk.happens(story, ("independent", desk.join(story, "y")))
    update = facts_of(desk, desk.begin()[0]).update
    assert update is not None
    assert update.first_lists == ("Ukraine",), "as the subject of that message stands in the mailbox"


def test_what_is_no_match_any_more_marks_no_words(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    other = desk.tell("z", "Kyiv", "Ukraine")
    assert story != other
    with desk.store.matching() as transaction:
        kyiv, _ = (found.id for found in transaction.watch_lists())
        transaction.record_hits({1: [Hit(kyiv, ("Kyiv",), (Span("title", 2, 3),))]}, matched=[1], now=LATER)
    m = tables.matches.c
    with desk.store._transaction("read") as connection:
        rows = connection.execute(tables.matches.select().order_by(m.item_id, m.watch_list_id)).all()
    assert [(row.item_id, row.terms, row.spans) for row in rows] == [
        (1, ["Kyiv"], [["title", 2, 3]]),
        (1, ["Ukraine"], []),
        (2, ["Ukraine"], [["title", 0, 1]]),
        (2, ["Ukraine"], [["title", 0, 1]]),
    ]
