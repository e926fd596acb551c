"""Digests of every kind, alerts that break out of them, and what is paused, muted or told at set times."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import begun
from contract.store.desk import FEEDS, LATER, NOW, Desk, desk
from sqlalchemy import select

from config.values import ChannelLine, NotifyLine, QuietHours, Schedule, SubscriberLine, WatchListLine
from worker.alerts.breaking import plan_breaks
from worker.alerts.plan import plan
from worker.alerts.planned import Hold, PlannedAlert, StoryMatch
from worker.alerts.throttle import WINDOW
from worker.store import tables
from worker.watchlists.model import Hit, Span

if TYPE_CHECKING:
    from datetime import datetime

    from worker.store import Store

__all__ = ["desk"]

HOUR = timedelta(hours=1)
NIGHT = QuietHours(18 * 60, 21 * 60)  # in Kyiv it is 19:00
LISTS = {"Hourly": Schedule(), "Kyiv": None, "Ukraine": None}


def watch(desk: Desk, *, quiet: QuietHours | None = None, now: datetime = NOW, **notify: Any) -> None:
    """Let the desk be told by three lists, one of them hourly."""
    lists = tuple(
        WatchListLine(name, (name,), notify=(NotifyLine("desk", when=when, **notify),)) for name, when in LISTS.items()
    )
    subscriber = SubscriberLine("desk", "Europe/Kyiv", (ChannelLine("log"),), quiet_hours=quiet)
    desk.world.apply(feeds=FEEDS, watch_lists=lists, subscribers=(subscriber,), now=now)


def meets(desk: Desk, name: str, *lists: str, now: datetime = NOW) -> int:
    """Let lists match a new item; return its story."""
    (item,) = desk.world.polled(desk.store.feeds_list()[0].id, name, at=now)
    with desk.store.matching() as transaction:
        by_name = {found.name: found.id for found in transaction.watch_lists()}
        (story,) = begun(transaction, transaction.unmatched([item]), now=now).values()
        hits = [Hit(by_name[one], (one,), (Span("title", 0, 1),)) for one in lists]
        transaction.record_hits({item: hits}, now=now)
        subscriptions = transaction.subscriptions([by_name[one] for one in lists], now=now)
        past = transaction.past([story], subscriptions, since=now - WINDOW, now=now)
        matches = [StoryMatch(by_name[one], item, story) for one in lists]
        transaction.record_alerts(plan(matches, subscriptions, past, now=now), now=now)
    return story


def alerts(store: Store) -> list[tuple[str, str, str | None, int | None, int | None]]:
    a, w = tables.alerts.c, tables.watch_lists.c
    shown = select(w.name, a.state, a.reason, a.lead_id, a.digest_id).join_from(tables.alerts, tables.watch_lists)
    with store._transaction("read") as connection:
        return [tuple(row) for row in connection.execute(shown.order_by(a.id))]  # type: ignore[misc]


def digests(store: Store) -> list[tuple[str, str, bool]]:
    g = tables.digests.c
    with store._transaction("read") as connection:
        rows = connection.execute(select(g.kind, g.slot, g.closed_at.is_not(None)).order_by(g.id))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def test_what_is_held_knows_why_and_shares_the_digest_of_its_slot(desk: Desk) -> None:
    watch(desk, quiet=NIGHT)
    meets(desk, "x", "Kyiv")
    meets(desk, "y", "Hourly")
    assert alerts(desk.store) == [("Kyiv", "held", "quiet", None, 1), ("Hourly", "held", "when", None, 1)]
    assert digests(desk.store) == [("quiet", "2022-02-12T21:00", False)]
    (row,) = desk.store.deliveries_list()
    assert (row.subject_kind, row.due_at) == ("digest", NOW + 2 * HOUR)


def test_of_two_digests_the_later_relies_on_the_earlier(desk: Desk) -> None:
    watch(desk, at_most=1)
    meets(desk, "x", "Kyiv")
    meets(desk, "y", "Hourly", "Kyiv")
    assert alerts(desk.store)[1:] == [("Hourly", "held", "when", None, 1), ("Kyiv", "held", "limit", None, 1)]
    meets(desk, "z", "Kyiv", now=NOW + timedelta(minutes=5))
    assert alerts(desk.store)[3:] == [("Kyiv", "held", "limit", None, 1)], "its window frees at the hour, too"


def test_a_closed_slot_is_followed_by_the_next_of_its_schedule(desk: Desk) -> None:
    watch(desk)
    meets(desk, "x", "Hourly")
    (digest,) = desk.begin(now=NOW + HOUR)
    assert len(desk.store.alerts_of(digest, now=NOW + HOUR)) == 1
    meets(desk, "y", "Hourly", now=NOW + timedelta(minutes=30))  # the clock was put back
    assert digests(desk.store) == [("scheduled", "2022-02-12T20:00", True), ("scheduled", "2022-02-12T21:00", False)]


def breaks(desk: Desk, story: int, *, now: datetime = LATER) -> list[int]:
    with desk.store.matching() as transaction:
        subscriptions = transaction.subscriptions(transaction.lists_with_updates([story]), now=now)
        past = transaction.past([story], subscriptions, since=now - WINDOW, now=now)
        return transaction.record_breaks(plan_breaks(subscriptions, past, now=now), now=now)


def spread(desk: Desk, story: int) -> int:
    """Let a second report join a story, and be an independent one; return its item."""
    joined = desk.join(story, "y")
    with desk.store._transaction("write") as connection:
        connection.execute(tables.stories.update().values(independent_reports=2))
    return joined


@pytest.fixture
def held(desk: Desk) -> int:
    """A story that quiet hours hold by two lists, and that one independent report more would tell."""
    watch(desk, quiet=NIGHT, break_through=2)
    return meets(desk, "x", "Kyiv", "Ukraine")


def test_a_story_that_so_many_report_leaves_its_digest_in_one_message(desk: Desk, held: int) -> None:
    assert breaks(desk, held) == []
    spread(desk, held)
    (delivery,) = breaks(desk, held)
    assert alerts(desk.store) == [("Kyiv", "new", None, 1, None), ("Ukraine", "new", None, 1, None)]
    assert breaks(desk, held) == []
    (going,) = desk.begin()
    assert (going.id, going.subject_kind, going.breaks_through, going.quiet) == (delivery, "alert", True, NIGHT)
    (facts,) = desk.store.alerts_of(going, now=LATER)
    assert facts.watch_lists == ("Kyiv", "Ukraine")
    desk.end(going)
    assert [state for _, state, *_ in alerts(desk.store)] == ["told", "told"]
    desk.store.begin_deliveries([1], owner="h:1:1", now=NOW + 2 * HOUR, lease=HOUR)
    assert desk.store.deliveries_list(only=1)[0].state == "cancelled", "nothing is left in the digest"


def breaks_no_more(desk: Desk, name: str) -> None:
    """Let no story of a list break through any more."""
    with desk.store._transaction("write") as connection:
        s, w = tables.subscriptions, tables.watch_lists.c
        watch_list = select(w.id).where(w.name == name).scalar_subquery()
        connection.execute(s.update().where(s.c.watch_list_id == watch_list).values(break_through=None))


def test_who_relied_on_what_breaks_out_relies_on_its_message(desk: Desk, held: int) -> None:
    breaks_no_more(desk, "Hourly")
    second = spread(desk, held)
    with desk.store.matching() as transaction:
        (hourly,) = (one.id for one in transaction.watch_lists() if one.name == "Hourly")
        transaction.record_hits({second: [Hit(hourly, ("y",), ())]}, now=LATER)
        subscriptions = transaction.subscriptions([hourly], now=LATER)
        past = transaction.past([held], subscriptions, since=LATER - WINDOW, now=LATER)
        transaction.record_alerts(plan([StoryMatch(hourly, second, held)], subscriptions, past, now=LATER), now=LATER)
    assert alerts(desk.store)[2] == ("Hourly", "merged", None, 1, 1)
    breaks(desk, held)
    assert alerts(desk.store)[2] == ("Hourly", "merged", None, 1, None)


def meets_again(desk: Desk, story: int, name: str, *, now: datetime = LATER) -> None:
    """Let a list match a further report of a story, by what was told of it before."""
    second = spread(desk, story)
    with desk.store.matching() as transaction:
        (watch_list,) = (one.id for one in transaction.watch_lists() if one.name == name)
        transaction.record_hits({second: [Hit(watch_list, ("y",), ())]}, now=now)
        subscriptions = transaction.subscriptions([watch_list], now=now)
        past = transaction.past([story], subscriptions, since=now - WINDOW, now=now)
        planned = plan([StoryMatch(watch_list, second, story)], subscriptions, past, now=now)
        transaction.record_alerts(planned, now=now)


def test_what_is_told_at_once_needs_no_telling_by_what_waits(desk: Desk) -> None:
    watch(desk, quiet=NIGHT, break_through=2)
    breaks_no_more(desk, "Kyiv")
    story = meets(desk, "x", "Kyiv")
    meets_again(desk, story, "Ukraine")
    assert alerts(desk.store) == [("Kyiv", "merged", None, 2, None), ("Ukraine", "new", None, 2, None)]


def test_a_list_told_at_once_does_not_wait_for_the_hour_of_another(desk: Desk) -> None:
    watch(desk)
    story = meets(desk, "x", "Hourly")
    meets_again(desk, story, "Kyiv")
    assert alerts(desk.store) == [("Hourly", "held", "when", None, 1), ("Kyiv", "new", None, 2, None)]


def test_what_takes_the_place_of_a_held_alert_knows_why_it_is_held(desk: Desk) -> None:
    watch(desk, quiet=NIGHT)
    story = meets(desk, "x", "Kyiv")
    meets_again(desk, story, "Ukraine")
    assert alerts(desk.store)[1] == ("Ukraine", "merged", None, 1, 1)
    (kyiv,) = (one.id for one in desk.store.watch_lists_list(NOW) if one.name == "Kyiv")
    (subscriber,) = desk.store.subscribers_list()
    desk.store.pause_lists(subscriber.id, [kyiv], until=None, now=LATER)
    assert alerts(desk.store) == [("Kyiv", "cancelled", "paused", None, 1), ("Ukraine", "held", "quiet", None, 1)]


def test_what_other_lists_hold_of_it_is_merged(desk: Desk, held: int) -> None:
    breaks_no_more(desk, "Kyiv")
    spread(desk, held)
    breaks(desk, held)
    assert alerts(desk.store) == [("Kyiv", "merged", None, 2, None), ("Ukraine", "new", None, 2, None)]


def test_a_digest_that_is_being_sent_keeps_what_it_holds(desk: Desk, held: int) -> None:
    (digest,) = desk.begin(now=NOW + 2 * HOUR)
    desk.store.alerts_of(digest, now=NOW + 2 * HOUR)
    spread(desk, held)
    assert breaks(desk, held, now=NOW + 2 * HOUR) == []
    assert {state for _, state, *_ in alerts(desk.store)} == {"held"}


def test_what_is_paused_or_muted_is_cancelled_from_the_first(desk: Desk) -> None:
    watch(desk)
    story = meets(desk, "x", "Kyiv")
    (kyiv,) = (one.id for one in desk.store.watch_lists_list(NOW) if one.name == "Kyiv")
    (subscriber,) = desk.store.subscribers_list()
    desk.store.pause_lists(subscriber.id, [kyiv], until=NOW + HOUR, now=NOW)
    meets(desk, "y", "Kyiv", "Ukraine")
    assert alerts(desk.store)[1:] == [("Kyiv", "cancelled", "paused", None, None), ("Ukraine", "new", None, 3, None)]
    desk.store.pause_lists(subscriber.id, None, until=None, now=NOW)
    meets(desk, "z", "Kyiv", "Ukraine", now=NOW + HOUR)
    assert [row[1:3] for row in alerts(desk.store)[3:]] == [("cancelled", "paused")] * 2
    desk.store.resume_lists(subscriber.id, None)
    desk.store.mute_story(subscriber.id, 1, now=NOW)
    with desk.store.matching() as transaction:
        subscriptions = transaction.subscriptions([kyiv], now=NOW + HOUR)
        assert [one.paused for one in subscriptions] == [False]
        past = transaction.past([story], subscriptions, since=NOW, now=NOW)
        assert past.muted == {(story, subscriber.id)}


def test_an_update_of_what_a_digest_told_breaks_through_too(desk: Desk) -> None:
    watch(desk, quiet=NIGHT, break_through=2)
    with desk.store._transaction("write") as connection:
        connection.execute(tables.watch_lists.update().values(alert="updates"))
    story = meets(desk, "x", "Kyiv")
    (digest,) = desk.begin(now=NOW + 2 * HOUR)
    desk.store.alerts_of(digest, now=NOW + 2 * HOUR)
    desk.end(digest, now=NOW + 2 * HOUR)
    second = spread(desk, story)
    tomorrow = NOW + 24 * HOUR
    desk.happens(story, ("independent", second), now=tomorrow)
    (update,) = desk.begin(now=tomorrow)
    assert (update.sequence, update.quiet, update.breaks_through) == (1, NIGHT, True)


def test_a_digest_into_which_something_is_put_at_its_slot_is_not_cancelled(desk: Desk, held: int) -> None:
    spread(desk, held)
    breaks(desk, held)  # so that nothing is left in the digest
    (item,) = desk.world.polled(desk.store.feeds_list()[0].id, "late", at=NOW)
    slot = NOW + 2 * HOUR
    going: list[Any] = []
    with desk.store.matching() as transaction:
        (kyiv,) = (one.id for one in transaction.watch_lists() if one.name == "Kyiv")
        (story,) = begun(transaction, transaction.unmatched([item]), now=NOW).values()
        (subscription,) = transaction.subscriptions([kyiv], now=NOW)
        late = PlannedAlert(
            subscription.id, kyiv, story, subscription.subscriber, item, "held", hold=Hold("quiet", slot)
        )
        transaction.record_alerts([late], now=NOW)
        beginner = Thread(
            target=lambda: going.extend(desk.store.begin_deliveries([1], owner="h:1:1", now=slot, lease=HOUR))
        )
        beginner.start()
        beginner.join(0.5)
        assert beginner.is_alive(), "who begins waits for the match step"
    beginner.join()
    (digest,) = going
    assert [facts.title for facts in desk.store.alerts_of(digest, now=slot)] == ["late"]
