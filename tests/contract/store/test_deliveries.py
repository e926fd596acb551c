from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from worker.alerts import breaker
from worker.records import DeliveryRecord

if TYPE_CHECKING:
    from worker.store import Store


NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(seconds=31)


@pytest.fixture
def due(two: Any) -> Any:
    return two.told(two.polled(two.store.feeds_list()[0].id, "x"))


def begin(store: Store, *ids: int, now: datetime = NOW, owner: str = "h:1:1") -> Any:
    return store.begin_deliveries(ids, owner=owner, now=now, lease=LEASE)


def ended(outgoing: Any, state: Any, **more: Any) -> Any:
    values = {"at": NOW, "due_at": None, "error": None} | more
    return DeliveryRecord(delivery=outgoing.id, token=outgoing.token, state=state, **values)


def states(store: Store) -> Any:
    return [(row.state, row.attempts) for row in reversed(store.deliveries_list())]


def test_due_deliveries_are_queued_once_and_begun_once(two: Any, due: Any) -> None:
    claimed = two.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=9)
    assert [one.id for one in claimed] == due
    assert len({one.channel for one in claimed}) == 2
    assert two.store.claim_due_deliveries(now=NOW, lease=LEASE, limit=9) == []
    assert [one.id for one in begin(two.store, *due)] == due
    assert begin(two.store, *due, owner="h:2:2") == []
    assert states(two.store) == [("sending", 1)] * 2


def test_a_sent_message_makes_its_alerts_told(two: Any, due: Any) -> None:
    webhook, log = begin(two.store, *due)
    assert two.store.record_delivery(ended(webhook, "sent"))
    assert [alert.state for alert in two.store.alerts_list()] == ["told"]
    retry = ended(log, "pending", due_at=LATER, error="no")
    assert two.store.record_delivery(retry)
    rows = {row.id: row for row in two.store.deliveries_list()}
    assert (rows[webhook.id].state, rows[webhook.id].sent_at) == ("sent", NOW)
    assert (rows[log.id].state, rows[log.id].due_at, rows[log.id].last_error) == ("pending", LATER, "no")
    assert begin(two.store, log.id) == []
    (again,) = begin(two.store, log.id, now=LATER)
    assert (again.attempts, again.key) == (2, log.key)


def test_a_zombie_records_nothing(two: Any, due: Any) -> None:
    zombie, _ = begin(two.store, *due)
    assert two.store.release_lost(now=LATER) == 2
    (fresh,) = begin(two.store, zombie.id, now=LATER)
    assert not two.store.record_delivery(ended(zombie, "failed"))
    assert two.store.record_delivery(ended(fresh, "sent"))
    assert not two.store.record_delivery(ended(zombie, "sent"))


def test_what_was_sent_counts_even_when_the_lease_was_lost(two: Any, due: Any) -> None:
    slow, _ = begin(two.store, *due)
    two.store.release_lost(now=LATER)
    assert two.store.record_delivery(ended(slow, "sent"))
    assert begin(two.store, slow.id, now=LATER) == []


def test_losses_come_back_alone_and_end_in_quarantine(two: Any, due: Any) -> None:
    first, second = due
    now = NOW
    for _ in range(4):
        assert len(begin(two.store, first, now=now)) == 1
        now += timedelta(seconds=31)
        assert two.store.release_lost(now=now) == 1
        if two.store.deliveries_list(state="quarantined"):
            break
        lone = [one for one in two.store.claim_due_deliveries(now=now, lease=LEASE, limit=9) if one.alone]
        assert [one.id for one in lone] == [first]
        assert [one.id for one in begin(two.store, first, 999, now=now)] == [], "in company it is given back"
    assert states(two.store)[0] == ("quarantined", 4)
    assert begin(two.store, first, now=now) == []
    assert two.store.retry_delivery(first, now=now)
    assert not two.store.retry_delivery(second, now=now)
    (outgoing,) = begin(two.store, first, now=now)
    assert outgoing.attempts == 1


def test_renewed_deliveries_are_not_lost(two: Any, due: Any) -> None:
    one, _ = begin(two.store, *due)
    two.store.renew_delivery_leases({one.id: one.token}, now=LATER, lease=LEASE)
    assert two.store.release_lost(now=LATER) == 1
    assert states(two.store) == [("sending", 1), ("pending", 1)]


def test_a_service_that_died_counts_no_loss(two: Any, due: Any) -> None:
    begin(two.store, *due)
    assert two.store.release_owners(lambda owner: owner.startswith("h:"), now=LATER, counted=False) == 2
    claimed = two.store.claim_due_deliveries(now=LATER, lease=LEASE, limit=9)
    assert [one.alone for one in claimed] == [False, False]


def test_a_channel_that_is_gone_fails_what_waits_for_it(two: Any, due: Any) -> None:
    webhook, log = begin(two.store, *due)
    assert two.store.record_delivery(ended(webhook, "failed", error="HTTP 410", disable_channel="HTTP 410"))
    two.store.record_delivery(ended(log, "sent"))
    (subscriber,) = two.store.subscribers_list()
    assert [(c.kind, c.address, c.state, c.disabled_reason) for c in subscriber.channels] == [
        ("webhook", "https://d.example/...", "disabled", "HTTP 410"),
        ("log", "", "enabled", None),
    ]
    later = two.told(two.polled(two.store.feeds_list()[0].id, "y"))
    assert len(later) == 2, "what a channel that is turned off should have told is not lost"
    assert [one.channel.kind for one in begin(two.store, *later)] == ["log"]
    row, _ = two.store.deliveries_list(state="failed")
    assert (row.last_error, row.channel, row.alert) == ("the channel is turned off", "webhook https://d.example/...", 2)
    assert two.store.retry_delivery(webhook.id, now=NOW), "a retry turns the channel on again"
    assert [one.channel.kind for one in begin(two.store, webhook.id)] == ["webhook"]
    assert {channel.state for channel in two.store.subscribers_list()[0].channels} == {"enabled"}


def test_sent_digests_make_their_alerts_told(two: Any) -> None:
    slot = NOW + timedelta(minutes=1)
    two.told(two.polled(two.store.feeds_list()[0].id, "x"), state="held", slot=slot)
    (digest, _) = begin(two.store, *(row.id for row in two.store.deliveries_list()), now=slot)
    assert two.store.deliveries_list()[0].alert is None
    assert two.store.record_delivery(ended(digest, "sent"))
    assert [alert.state for alert in two.store.alerts_list()] == ["told"]
    assert len(two.store.alerts_of(digest, now=slot)) == 1, "the second channel tells the same"


def test_racing_senders_never_share_a_delivery(two: Any) -> None:
    feed = two.store.feeds_list()[0].id
    due = two.told(two.polled(feed, *(f"i{n}" for n in range(20))))
    assert len(due) == 40

    def work(number: int) -> Any:
        return begin(two.store, *due, owner=f"h:{number}:1")

    taken: list[int] = []
    while True:
        with ThreadPoolExecutor(5) as threads:
            begun = [one for found in threads.map(work, range(5)) for one in found]
        if not begun:
            break
        under_way = Counter(one.channel.kind for one in begun)
        assert all(number <= breaker.AT_ONCE[kind] for kind, number in under_way.items()), "channels bear so much"
        taken += [one.id for one in begun]
        for one in begun:
            assert two.store.record_delivery(DeliveryRecord(one.id, one.token, NOW, "sent", None, None))
    assert sorted(taken) == due
