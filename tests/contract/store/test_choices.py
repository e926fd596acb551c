"""What subscribers choose, and what becomes of what waits."""

from datetime import timedelta

import pytest
from contract.store.conftest import NOW
from sqlalchemy import select

from config.values import FeedLine, NotifyLine, WatchListLine
from worker.store import tables

LATER = NOW + timedelta(hours=1)
MORNING = NOW + timedelta(hours=15)


@pytest.fixture
def ids(two):
    return {one.name: one.id for one in two.store.chooser(1).lists}


def told(two, *names, lists=("Ukraine",), **more):
    feed = two.store.feeds_list()[0].id
    return two.told(two.polled(feed, *names), lists=lists, **more)


def alerts(two):
    a, w = tables.alerts.c, tables.watch_lists.c
    of = select(w.name, a.state, a.reason).join_from(tables.alerts, tables.watch_lists).order_by(a.id)
    with two.store._transaction("read") as connection:
        return [tuple(row) for row in connection.execute(of)]


def states(two):
    return {row.state for row in two.store.deliveries_list()}


def test_a_pause_of_a_list_cancels_what_waits_of_it_alone(two, ids):
    told(two, "one", lists=("Kyiv", "Ukraine"))
    told(two, "two")
    assert two.store.pause_lists(1, [ids["Ukraine"]], until=MORNING, now=LATER) == 2
    assert alerts(two) == [
        ("Kyiv", "new", None),
        ("Ukraine", "cancelled", "paused"),
        ("Ukraine", "cancelled", "paused"),
    ]
    by_alert = {(row.alert, row.state) for row in two.store.deliveries_list()}
    assert by_alert == {(1, "pending"), (3, "cancelled")}
    chooser = two.store.chooser(1)
    assert [(one.name, one.paused_since, one.paused_until) for one in chooser.lists] == [
        ("Kyiv", None, None),
        ("Ukraine", LATER, MORNING),
    ]


def test_a_pause_of_all_cancels_digests_too_and_a_later_alert_is_not_touched(two):
    told(two, "one", state="held", slot=LATER)
    told(two, "two")
    assert two.store.pause_lists(1, None, until=None, now=NOW) == 2
    assert {(state, reason) for _, state, reason in alerts(two)} == {("cancelled", "paused")}
    assert states(two) == {"cancelled"}
    two.store.resume_lists(1, None)
    told(two, "three")
    assert alerts(two)[-1] == ("Ukraine", "new", None)


def test_a_pause_that_is_over_cancels_nothing(two, ids):
    two.store.pause_lists(1, [ids["Ukraine"]], until=LATER, now=NOW)
    told(two, "one")
    assert two.store.pause_lists(1, [ids["Kyiv"]], until=None, now=MORNING) == 0
    assert alerts(two) == [("Ukraine", "new", None)]


def test_who_relied_on_what_is_cancelled_takes_its_place_unless_it_is_unwanted_too(two, ids):
    told(two, "one", lists=("Kyiv", "Ukraine"))
    with two.store._transaction("write") as connection:
        merged = tables.alerts.update().where(tables.alerts.c.watch_list_id == ids["Ukraine"])
        connection.execute(merged.values(state="merged"))
    assert two.store.pause_lists(1, [ids["Kyiv"]], until=None, now=NOW) == 1
    assert alerts(two) == [("Kyiv", "cancelled", "paused"), ("Ukraine", "new", None)]
    assert states(two) == {"pending"}
    with two.store._transaction("write") as connection:
        connection.execute(merged.values(state="merged"))
        connection.execute(tables.alerts.update().where(tables.alerts.c.id == 1).values(state="new", reason=None))
    two.store.resume_lists(1, [ids["Kyiv"]])
    assert two.store.pause_lists(1, None, until=None, now=NOW) == 2
    assert {(state, reason) for _, state, reason in alerts(two)} == {("cancelled", "paused")}
    assert states(two) == {"cancelled"}


def test_a_story_is_muted_for_one_subscriber_by_all_lists(two):
    told(two, "one", lists=("Kyiv", "Ukraine"))
    told(two, "two")
    assert two.store.mute_story(1, 1, now=NOW) == 2
    assert two.store.mute_story(1, 2, now=NOW) == 0
    assert [(state, reason) for _, state, reason in alerts(two)] == [
        ("cancelled", "muted"),
        ("cancelled", "muted"),
        ("new", None),
    ]
    assert two.store.mute_story(2, 1, now=NOW) is None
    assert two.store.mute_story(1, 99, now=NOW) is None
    with two.store.matching() as transaction:
        past = transaction.past([1], transaction.subscriptions([1, 2], now=NOW), since=NOW, now=NOW)
    assert past.muted == {(1, 1)}


def test_a_story_that_was_joined_with_another_is_muted_as_that(two):
    told(two, "one")
    told(two, "two")
    with two.store._transaction("write") as connection:
        connection.execute(tables.stories.update().where(tables.stories.c.id == 2).values(merged_into=1))
    assert two.store.mute_story(1, 2, now=NOW) == 2
    with two.store._transaction("read") as connection:
        assert connection.scalars(select(tables.story_mutes.c.story_id)).all() == [1]


def test_the_messages_of_unwanted_updates_are_cancelled(two, ids):
    told(two, "one", lists=("Kyiv", "Ukraine"))
    update = {"kind": "reported", "item_id": 1, "revision": 0, "created_at": NOW}
    with two.store._transaction("write") as connection:
        connection.execute(tables.alerts.update().values(state="told"))
        connection.execute(tables.deliveries.update().values(state="sent"))
        for alert, subscription in ((1, 1), (2, 2)):
            row = {"alert_id": alert, "sequence": 1, "subscription_id": subscription, "lead_id": 1, **update}
            connection.execute(tables.alert_updates.insert().values(row))
        message = {"key": "k", "subject_kind": "alert", "subject_id": 1, "sequence": 1, "channel_id": 1}
        connection.execute(tables.deliveries.insert().values(**message, state="pending", due_at=NOW, created_at=NOW))
    two.store.pause_lists(1, [ids["Kyiv"]], until=None, now=NOW)
    assert states(two) == {"sent", "pending"}  # the other list tells of it still
    two.store.pause_lists(1, [ids["Ukraine"]], until=None, now=NOW)
    assert states(two) == {"sent", "cancelled"}
    assert {state for _, state, _ in alerts(two)} == {"told"}


def test_unwanted_updates_leave_the_digest_that_was_to_tell_them(two, ids):
    two.told(two.polled(two.store.feeds_list()[0].id, "held"), lists=("Kyiv",), state="held", slot=NOW)
    told(two, "one", lists=("Ukraine",))
    update = {"kind": "reported", "item_id": 2, "revision": 0, "created_at": NOW, "sequence": 1, "digest_id": 1}
    with two.store._transaction("write") as connection:
        connection.execute(tables.alerts.update().where(tables.alerts.c.id == 2).values(state="told"))
        connection.execute(tables.alert_updates.insert().values(alert_id=2, subscription_id=ids["Ukraine"], **update))

    def in_digest():
        with two.store._transaction("read") as connection:
            return list(connection.scalars(select(tables.alert_updates.c.digest_id)))

    two.store.pause_lists(1, [ids["Kyiv"]], until=None, now=NOW)
    assert in_digest() == [1]
    two.store.mute_story(1, 2, now=NOW)
    assert in_digest() == [None]
    assert {row.state for row in two.store.deliveries_list() if row.subject_kind == "digest"} == {"cancelled"}


def test_a_pause_outlives_what_the_files_say_and_changes_the_version(two, ids):
    with two.store.matching() as transaction:
        before = transaction.watch_lists_version()
    two.store.pause_lists(1, [ids["Ukraine"]], until=None, now=NOW)
    with two.store.matching() as transaction:
        assert transaction.watch_lists_version() > before
        assert {one.watch_list_name: one.paused for one in subscriptions(transaction, ids)} == {
            "Kyiv": False,
            "Ukraine": True,
        }
    line = (NotifyLine("desk", 5),)
    lists = tuple(WatchListLine(name, (name,), notify=line) for name in ids)
    two.apply(feeds=[FeedLine("https://a.example/rss", "A", ("world",))], watch_lists=lists)
    assert two.store.chooser(1).lists[1].paused_since == NOW


def subscriptions(transaction, ids):
    return transaction.subscriptions([*ids.values()], now=NOW)


def test_marks_count_for_thirty_days_and_the_last_one_counts(two):
    told(two, "one", lists=("Kyiv", "Ukraine"))
    told(two, "two")
    assert two.store.marks(now=NOW) == {}
    assert two.store.mark_alert(1, 1, "noise", now=NOW)
    assert two.store.mark_alert(1, 1, "useful", now=NOW)
    assert two.store.mark_alert(1, 3, "noise", now=NOW)
    assert not two.store.mark_alert(2, 3, "noise", now=NOW)
    assert two.store.marks(now=NOW + timedelta(days=29)) == {"Kyiv": (1, 0), "Ukraine": (1, 1)}
    assert two.store.marks(now=NOW + timedelta(days=31)) == {}


def test_what_a_list_told_of_is_there_to_learn_from(two):
    told(two, "one", lists=("Kyiv", "Ukraine"))
    told(two, "two")
    two.store.mark_alert(1, 3, "noise", now=NOW)
    found = two.store.told_items("Ukraine", now=NOW)
    assert [(one.title, one.text, one.mark, one.terms) for one in found] == [
        ("two", "Some text.", "noise", ("Ukraine",)),
        ("one", "Some text.", None, ("Ukraine",)),
    ]
    assert two.store.told_items("Nowhere", now=NOW) == []
    assert two.store.told_items("Ukraine", now=NOW + timedelta(days=31)) == []


def test_links_know_whom_a_channel_reaches(two, ids):
    two.store.void_links(1)
    found = two.store.addressee(1)
    assert (found.subscriber, found.version, found.lists) == (1, 1, ids)
    assert two.store.addressee(99) is None
    assert two.store.chooser_called("desk").links == 1
    assert two.store.chooser_called("nobody") is None
    assert two.store.chooser(99) is None
    assert two.store.markable(99) is None
