"""How much goes through a channel at once, how its health is kept, and what happens when it is turned off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from config.values import ChannelLine, SubscriberLine
from worker.alerts.breaker import AT_ONCE, TRIPS_AT, ChannelHealth
from worker.records import DeliveryRecord
from worker.store import tables
from worker.store.sending import CHANNELS_AT_ONCE

if TYPE_CHECKING:
    from worker.records import Outgoing
    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
HOOK = ChannelLine("webhook", "https://d.example/hook", "whsec_x")


@pytest.fixture
def flooded(two: Any) -> Any:
    """So many deliveries due that no channel bears them at once."""
    feed = two.store.feeds_list()[0].id
    two.told(two.polled(feed, *(f"i{n}" for n in range(2 * AT_ONCE["log"]))))
    return two


def begin(store: Store, *ids: int, now: datetime = NOW) -> list[Outgoing]:
    return store.begin_deliveries(ids, owner="h:1:1", now=now, lease=LEASE)


def end(store: Store, one: Outgoing, state: Any = "sent", *, now: datetime = NOW, **more: Any) -> bool:
    keywords = {key: more.pop(key) for key in ("health", "owner") if key in more}
    values = {"due_at": now if state == "pending" else None, "error": None} | more
    return store.record_delivery(DeliveryRecord(one.id, one.token, now, state, **values), **keywords)


def kinds(begun: list[Outgoing]) -> dict[str, int]:
    return {kind: sum(one.channel.kind == kind for one in begun) for kind in {one.channel.kind for one in begun}}


def test_a_tick_queues_what_each_channel_bears(flooded: Any) -> None:
    due = flooded.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=999)
    channels = [one.channel for one in due]
    assert sorted(channels.count(channel) for channel in set(channels)) == [AT_ONCE["webhook"], AT_ONCE["log"]]
    assert channels == sorted(channels), "channel by channel"
    assert len(flooded.store.claim_due_deliveries(now=NOW + LEASE, lease=LEASE, limit=10)) == 10


def test_what_is_not_borne_is_given_back_free(flooded: Any) -> None:
    store = flooded.store
    everything = [row.id for row in store.deliveries_list(limit=999)]
    begun = begin(store, *everything)
    assert kinds(begun) == {kind: AT_ONCE[kind] for kind in ("webhook", "log")}
    assert begin(store, *everything) == []
    channels = {one.channel.id for one in begun}
    assert store.next_deliveries(channels, now=NOW) == []
    for one in begun:
        end(store, one)
    more = store.next_deliveries(channels, now=NOW)
    assert kinds(begin(store, *more)) == {kind: AT_ONCE[kind] for kind in ("webhook", "log")}
    assert store.next_deliveries([], now=NOW) == []


def failed(times: int, until: datetime | None = None) -> Any:
    return lambda health: ChannelHealth(health.failures + times, health.failing_since or NOW, until)


def test_health_is_kept_and_a_channel_that_rests_is_left_alone(flooded: Any) -> None:
    store = flooded.store
    everything = [row.id for row in store.deliveries_list(limit=999)]
    begun = begin(store, *everything)
    hook = next(one for one in begun if one.channel.kind == "webhook")
    end(store, hook, "pending", health=failed(TRIPS_AT, NOW + LEASE))
    for one in begun:
        if one is not hook:
            end(store, one)
    assert {one.channel for one in store.claim_due_deliveries(now=NOW, lease=LEASE, limit=99)} != {hook.channel.id}
    assert kinds(begin(store, *everything)) == {"log": AT_ONCE["log"]}
    (failing,) = store.failing_channels(now=NOW)
    assert (failing.subscriber, failing.channel, failing.failures) == (
        "desk",
        "webhook https://d.example/...",
        TRIPS_AT,
    )
    waiting, status = store.waiting(now=NOW)[1], store.status(now=NOW)
    assert waiting.since is None, "nobody else's work waits"
    assert status.failing_channels == (failing,)
    assert failing.waiting == 2 * AT_ONCE["log"] - AT_ONCE["webhook"] + 1
    later = NOW + LEASE
    (probe,) = begin(store, *everything, now=later)
    assert probe.channel == hook.channel
    end(store, probe, now=later, health=lambda _: ChannelHealth())
    assert store.failing_channels(now=later) == []


def test_who_asks_for_a_retry_has_seen_to_the_channel(flooded: Any) -> None:
    store = flooded.store
    (hook,) = begin(store, next(row.id for row in store.deliveries_list() if row.channel.startswith("webhook")))
    end(store, hook, "failed", disable_channel="gone", health=failed(TRIPS_AT, NOW + LEASE))
    assert store.retry_delivery(hook.id, now=NOW)
    (channel,) = (one for one in store.subscribers_list()[0].channels if one.kind == "webhook")
    assert (channel.state, channel.disabled_reason) == ("enabled", None)
    assert store.failing_channels(now=NOW) == []


def notices(store: Store) -> list[tuple[str, str]]:
    rows = store.deliveries_list(limit=999)
    return [(row.subscriber, row.channel) for row in reversed(rows) if row.subject_kind == "notice"]


def test_a_channel_is_turned_off_once_and_others_tell_of_it(two: Any) -> None:
    owner = SubscriberLine("owner", channels=(ChannelLine("email", "o@d.example"),))
    desk = SubscriberLine("desk", "Europe/Kyiv", (HOOK, ChannelLine("log")))
    two.apply(feeds=(), lists=(("Kyiv", 30),), subscribers=(desk, owner))
    feed = two.store.feeds_list()
    assert feed == []
    two.apply(feeds=two_feeds(), lists=(("Kyiv", 30),), subscribers=(desk, owner))
    two.told(two.polled(two.store.feeds_list()[0].id, "x", "y"), lists=("Kyiv",))
    hooks = [row.id for row in two.store.deliveries_list() if row.channel.startswith("webhook")]
    for one in begin(two.store, *hooks):
        end(two.store, one, "failed", disable_channel="HTTP 410 Gone", owner="owner")
    assert notices(two.store) == [("desk", "log"), ("owner", "email o@d.example")]
    due = two.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=99)
    (facts, _) = (
        two.store.notice_of(one) for one in begin(two.store, *(one.id for one in due)) if one.subject_kind == "notice"
    )
    assert (facts.type, facts.data) == (
        "channel.disabled",
        {"channel": "webhook https://d.example/...", "subscriber": "desk", "reason": "HTTP 410 Gone"},
    )


def two_feeds() -> list[Any]:
    from config.values import FeedLine  # noqa: PLC0415 - one name, for one test

    return [FeedLine("https://a.example/rss", "A")]


def test_who_has_no_other_channel_cannot_be_told(two: Any) -> None:
    two.apply(feeds=two_feeds(), lists=(("Kyiv", 30),), subscribers=(SubscriberLine("desk", "UTC", (HOOK,)),))
    two.told(two.polled(two.store.feeds_list()[0].id, "x"), lists=("Kyiv",))
    (one,) = begin(two.store, *(row.id for row in two.store.deliveries_list(state="pending")))
    end(two.store, one, "failed", disable_channel="HTTP 410 Gone")
    assert notices(two.store) == []


def test_what_was_not_tried_counts_for_nothing(flooded: Any) -> None:
    (one,) = begin(flooded.store, 1)
    assert end(flooded.store, one, "pending", attempted=False, due_at=NOW + LEASE, health=failed(1))
    (row,) = flooded.store.deliveries_list(only=1)
    assert (row.state, row.attempts, row.due_at) == ("pending", 0, NOW + LEASE)


def test_what_was_lost_on_its_way_is_ambiguous_where_nothing_may_come_twice(two: Any) -> None:
    once = ChannelLine("webhook", "https://d.example/once", "whsec_x", at_most_once=True)
    two.apply(feeds=two_feeds(), lists=(("Kyiv", 30),), subscribers=(SubscriberLine("desk", "UTC", (HOOK, once)),))
    two.told(two.polled(two.store.feeds_list()[0].id, "x"), lists=("Kyiv",))
    begun = begin(two.store, *(row.id for row in two.store.deliveries_list(state="pending")))
    assert sorted(one.channel.at_most_once for one in begun) == [False, True]
    assert two.store.release_lost(now=NOW + LEASE) == 2
    states = {row.id: row.state for row in two.store.deliveries_list()}
    assert {one.channel.at_most_once: states[one.id] for one in begun} == {False: "pending", True: "ambiguous"}


def test_channels_that_rest_starve_nobody(two: Any) -> None:
    c, d = tables.channels, tables.deliveries
    rows = {"subscriber_id": 1, "kind": "webhook", "hash": b"", "position": 9, "state": "enabled"}
    resting = [
        rows
        | {"id": 1_000 + n, "address": f"https://r{n}.example/", "hash": str(n).encode(), "rests_until": NOW + LEASE}
        for n in range(CHANNELS_AT_ONCE + 1)
    ]
    waiting = [
        {"key": f"k{row['id']}", "subject_kind": "notice", "subject_id": row["id"], "sequence": 0, "state": "pending"}
        | {"channel_id": row["id"], "due_at": NOW - LEASE, "created_at": NOW - LEASE}
        for row in resting
    ]
    with two.store._transaction("write") as connection:
        connection.execute(c.insert(), resting)
        connection.execute(d.insert(), waiting)
    two.told(two.polled(two.store.feeds_list()[0].id, "x"))
    due = two.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=999)
    assert sorted(one.channel for one in due) == [1, 2], "those of the channels that do not rest"
