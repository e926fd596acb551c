from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from worker.clock import SystemClock
from worker.records import Waiting
from worker.store import StoreClock

if TYPE_CHECKING:
    from worker.store import Store


NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def test_an_empty_service_has_nothing_old(store: Store) -> None:
    status = store.status(now=NOW)
    assert status.roles == ()
    assert (status.oldest_due_feed_s, status.oldest_pending_delivery_s, status.oldest_unmatched_s) == (None,) * 3
    assert (status.quarantined_items, status.last_tick_at, status.feeds, status.deliveries) == (0, None, {}, {})


def test_ages_count_from_when_work_was_due(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    two.store.record_tick(now=NOW)
    two.told(two.polled(feed, "x"))
    two.polled(feed, "y")
    status = two.store.status(now=NOW + timedelta(seconds=10))
    assert (status.oldest_due_feed_s, status.oldest_pending_delivery_s, status.oldest_unmatched_s) == (10, 10, 10)
    assert (status.last_tick_at, two.store.last_tick()) == (NOW, NOW)
    assert (status.feeds, status.deliveries) == ({"new": 1, "ok": 1}, {"pending": 2})


def test_heartbeats_come_and_go(store: Store) -> None:
    store.heartbeat("worker", host="h", pid=7, started=NOW, now=NOW)
    store.heartbeat("worker", host="h", pid=7, now=NOW + timedelta(seconds=5))
    store.heartbeat("beat", pid=8, now=NOW)
    (beat, worker) = store.status(now=NOW).roles
    assert (worker.host, worker.pid, worker.started_at) == ("h", 7, NOW)
    assert worker.heartbeat_at == NOW + timedelta(seconds=5)
    assert (beat.role, beat.started_at) == ("beat", NOW)
    store.forget_heartbeats(now=NOW + timedelta(days=1, seconds=1))
    assert [role.role for role in store.status(now=NOW).roles] == ["worker"]
    store.forget_heartbeats(now=NOW + timedelta(days=2))
    assert store.status(now=NOW).roles == ()


def test_small_values_are_kept_and_forgotten(store: Store) -> None:
    assert store.get_state("k") is None
    store.set_state("k", "Київ")
    store.set_state("k", "v")
    assert store.get_state("k") == "v"
    store.set_state("k", None)
    assert store.get_state("k") is None
    assert store.last_tick() is None


def test_the_clock_is_the_databases_own(store: Store) -> None:
    before = SystemClock().now()
    now = StoreClock(store).now()
    assert abs(now - before) < timedelta(minutes=5)
    assert now.utcoffset() == timedelta(0)


def test_what_waits_and_what_is_in_hand(two: Any) -> None:
    first, second = (feed.id for feed in two.store.feeds_list())
    feeds, deliveries = two.store.waiting(now=NOW)
    assert feeds.since is not None
    assert (feeds.in_hand_until, deliveries) == (None, Waiting(None, None))
    (leased,) = two.begin(first)
    assert two.store.waiting(now=NOW)[0] == Waiting(feeds.since, NOW + LEASE), "the other feed waits still"
    later = NOW + timedelta(seconds=10)
    two.store.renew_feed_leases({first: leased.token}, now=later, lease=LEASE)
    assert two.store.waiting(now=later)[0].in_hand_until == later + LEASE, "who renews is alive, however slow"
    two.begin(second)
    assert two.store.waiting(now=later)[0].since is None

    two.written(two.record(leased))
    (due, *_) = two.told(two.polled(first, "x"))
    assert two.store.waiting(now=later)[1] == Waiting(NOW, None)
    two.store.begin_deliveries([due], owner="h:1:1", now=later, lease=LEASE)
    assert two.store.waiting(now=later)[1].in_hand_until == later + LEASE
