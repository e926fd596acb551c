from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from contract.store.conftest import begun as own_stories
from sqlalchemy import select

from config.values import FeedLine
from worker.store import open_store, tables

if TYPE_CHECKING:
    from pathlib import Path

    from worker.store import Store


NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
SLOT = datetime(2022, 2, 12, 17, 40, tzinfo=UTC)
LEASE = timedelta(seconds=30)


@pytest.fixture
def item(two: Any) -> Any:
    return two.polled(two.store.feeds_list()[0].id, "x")


def begun(store: Store, ids: Any, *, now: datetime = NOW) -> Any:
    return store.begin_deliveries(ids, owner="h:1:1", now=now, lease=LEASE)


def test_lists_that_share_a_message_share_its_deliveries(two: Any, item: Any) -> None:
    due = two.told(item, lists=("Kyiv", "Ukraine"))
    webhook, log = begun(two.store, due)
    assert [webhook.channel.kind, log.channel.kind] == ["webhook", "log"]
    assert (webhook.channel.address, webhook.channel.secret) == ("https://d.example/hook", "whsec_x")
    assert (webhook.attempts, webhook.token, webhook.subject_kind) == (1, 1, "alert")
    (facts,) = two.store.alerts_of(webhook, now=NOW)
    assert (facts.watch_list, facts.watch_lists) == ("Kyiv", ("Kyiv", "Ukraine"))
    assert (facts.title, facts.text, facts.summary, facts.feed_name) == ("x", "Some text.", "Some text.", "A")
    assert (facts.reports, facts.independent_reports, facts.story_title) == (1, 1, "x")
    assert [report.title for report in facts.story_items] == ["x"]
    assert (facts.terms, facts.spans[0].field, facts.created_at) == (("Ukraine",), "title", NOW)
    shown = two.store.alerts_list()
    assert {(alert.watch_list, alert.state, alert.reports) for alert in shown} == {
        ("Kyiv", "new", 1),
        ("Ukraine", "new", 1),
    }


def test_keys_are_fixed_and_belong_to_one_installation(two: Any, item: Any, tmp_path: Path) -> None:
    due = two.told(item)
    keys = {one.id: one.key for one in begun(two.store, due)}
    namespace = UUID(two.store.get_state("installation"))
    for one in two.store.deliveries_list():
        with two.store._transaction("read") as connection:
            row = connection.execute(select(tables.deliveries).where(tables.deliveries.c.id == one.id)).one()
        assert keys[one.id] == row.key
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    other.upgrade()
    assert other.get_state("installation") != str(namespace)
    other.close()


def test_an_alert_is_written_once_for_ever(two: Any, item: Any) -> None:
    first = two.told(item)
    with two.store.matching() as transaction:
        ukraine = transaction.watch_lists()[1].id
        subscriptions = transaction.subscriptions([ukraine], now=NOW)
        story = two.store.alerts_list()[0].story
        past = transaction.past([story], subscriptions, since=NOW - timedelta(hours=1), now=NOW)
        (alert,) = past.alerts
        assert (alert.watch_list, alert.story, alert.subscriber) == (ukraine, story, subscriptions[0].subscriber)
        assert past.messaged == ((subscriptions[0].id, (NOW,)),)
        planned = two.planned(subscriptions, {item[0]: story}, lead=ukraine)
        assert transaction.record_alerts(planned, now=NOW) == []
    assert len(first) == 2
    assert len(two.store.deliveries_list()) == 2


def test_messages_are_loaded_only_of_subscriptions_that_count_them(two: Any, item: Any) -> None:
    two.told(item)
    with two.store.matching() as transaction:
        subscriptions = transaction.subscriptions([transaction.watch_lists()[1].id], now=NOW)
        for at_most, counted in ((30, 1), (1, 1), (0, 0), (None, 0)):
            limited = [replace(one, at_most=at_most) for one in subscriptions]
            past = transaction.past([], limited, since=NOW - timedelta(hours=1), now=NOW)
            assert len(past.messaged) == counted, at_most


def test_subscriptions_carry_what_the_plan_needs(two: Any) -> None:
    with two.store.matching() as transaction:
        (kyiv, ukraine) = transaction.watch_lists()
        one, other = transaction.subscriptions([ukraine.id, kyiv.id], now=NOW)
        assert (one.watch_list_name, one.timezone, one.at_most, one.alert) == ("Kyiv", "Europe/Kyiv", 30, "first")
        assert other.watch_list == ukraine.id
        assert transaction.subscriptions([], now=NOW) == []


def test_where_the_lead_was_told_before_the_next_list_leads(two: Any, item: Any) -> None:
    two.told(item, lists=("Kyiv",))
    story = two.store.alerts_list()[0].story
    with two.store.matching() as transaction:
        kyiv, ukraine = (found.id for found in transaction.watch_lists())
        planned = two.planned(transaction.subscriptions([kyiv, ukraine], now=NOW), {item[0]: story}, lead=kyiv)
        due = transaction.record_alerts(planned, now=NOW)
    (facts,) = two.store.alerts_of(begun(two.store, due)[0], now=NOW)
    assert facts.watch_lists == ("Ukraine",)


def test_merged_alerts_have_no_delivery(two: Any, item: Any) -> None:
    assert two.told(item, state="merged") == []
    assert [alert.state for alert in two.store.alerts_list()] == ["merged"]
    assert two.store.deliveries_list() == []


def test_held_alerts_join_one_digest_due_at_its_slot(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    for name in "xyz":
        assert two.told(two.polled(feed, name), state="held", slot=SLOT) == []
    assert two.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=9) == []
    due = [one.id for one in two.store.claim_due_deliveries(now=SLOT, lease=LEASE, limit=9)]
    webhook, log = begun(two.store, due, now=SLOT)
    assert webhook.subject_kind == log.subject_kind == "digest"
    assert [facts.title for facts in two.store.alerts_of(webhook, now=SLOT)] == ["x", "y", "z"]
    assert two.told(two.polled(feed, "late"), state="held", slot=SLOT) == []
    assert len(two.store.alerts_of(log, now=SLOT)) == 3, "closed: every attempt tells the same alerts"
    after = SLOT + timedelta(minutes=1)
    later = [one.id for one in two.store.claim_due_deliveries(now=after, lease=LEASE, limit=9)]
    (other, _) = begun(two.store, later, now=after)
    assert [facts.title for facts in two.store.alerts_of(other, now=after)] == ["late"]


def test_a_digest_being_filled_is_not_closed_before_it_is_full(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    two.told(two.polled(feed, "x"), state="held", slot=SLOT)
    (webhook, _) = begun(two.store, [one.id for one in two.store.deliveries_list()], now=SLOT)
    found = []
    (item,) = two.polled(feed, "y")
    with two.store.matching() as transaction:
        (waiting,) = transaction.unmatched([item])
        story = own_stories(transaction, [waiting])[item]
        (kyiv, _) = transaction.watch_lists()
        planned = two.planned(
            transaction.subscriptions([kyiv.id], now=NOW), {item: story}, lead=kyiv.id, state="held", slot=SLOT
        )
        transaction.record_alerts(planned, now=NOW)
        closer = Thread(target=lambda: found.extend(two.store.alerts_of(webhook, now=SLOT)))
        closer.start()
        closer.join(0.3)
        assert closer.is_alive(), "the closer waits for the match step"
    closer.join()
    assert sorted(facts.title for facts in found) == ["x", "y"]


def test_alerts_are_tailed_from_the_last_seen(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    two.told(two.polled(feed, "x"))
    (first,) = two.store.alerts_after(0)
    assert (first.watch_list, first.title, first.link) == ("Ukraine", "x", "https://a.example/x")
    assert two.store.last_alert() == first.id
    two.told(two.polled(feed, "y"), now=NOW + timedelta(seconds=1))
    assert [alert.title for alert in two.store.alerts_after(first.id)] == ["y"]


def test_a_feed_with_a_password_does_not_show_it(world: Any) -> None:
    world.apply(feeds=[FeedLine("https://user:pass@a.example/rss")])
    (feed,) = world.store.feeds_list()
    assert feed.name == "https://a.example/rss"
    due = world.told(world.polled(feed.id, "x"))
    (facts,) = world.store.alerts_of(begun(world.store, due)[0], now=NOW)
    assert facts.feed_url == "https://a.example/rss"
