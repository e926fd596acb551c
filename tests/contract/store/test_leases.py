from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contract.store.conftest import begun

from worker.feeds.health import Condition
from worker.records import Validators

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(seconds=31)


def claimed(world: Any, *, now: datetime = NOW, limit: int = 100) -> Any:
    return [feed.id for feed in world.due(now=now, limit=limit)]


def test_due_feeds_are_queued_once_and_longest_due_first(world: Any) -> None:
    first, second, third = world.feeds(3)
    (leased,) = world.begin(first)
    world.written(world.record(leased, next_poll_at=NOW - timedelta(hours=1)))
    assert claimed(world, limit=2) == [first, second]
    assert claimed(world) == [third]
    assert claimed(world) == []
    assert claimed(world, now=LATER) == [first, second, third], "a lost message: the queued lease ran out"


def test_feeds_that_are_not_due_removed_or_quarantined_stay(world: Any) -> None:
    world.feeds(2)
    assert claimed(world, now=NOW - timedelta(seconds=1)) == []
    world.apply(feeds=[])
    assert claimed(world) == []


def test_a_new_feed_is_fresh_and_a_sluggish_one_slow(world: Any) -> None:
    (feed,) = world.feeds(1)
    (due,) = world.due(now=NOW, limit=1)
    assert (due.id, due.fresh, due.slow, due.alone) == (feed, True, False, False)
    (leased,) = world.begin(feed)
    world.written(world.record(leased, seconds=9.0, next_poll_at=NOW))
    (due,) = world.due(now=NOW, limit=1)
    assert (due.fresh, due.slow) == (False, True)


def test_begin_takes_queued_and_free_feeds_but_never_begun_ones(world: Any) -> None:
    one, two = world.feeds(2)
    claimed(world, limit=1)
    leased = world.begin(one, two)
    assert [feed.id for feed in leased] == [one, two]
    assert all(feed.token == 1 for feed in leased)
    assert world.begin(one, two, owner="h:2:2", force=True) == []


def test_force_takes_what_is_not_due_and_what_is_quarantined_but_not_what_is_removed(world: Any) -> None:
    (feed,) = world.feeds(1)
    early = NOW - timedelta(days=1)
    assert world.begin(feed, now=early) == []
    (leased,) = world.begin(feed, now=early, force=True)
    world.written(world.record(leased, at=early, condition=Condition("quarantined"), next_poll_at=early))
    assert world.begin(feed) == []
    (leased,) = world.begin(feed, force=True)
    world.written(world.record(leased))
    world.apply(feeds=[])
    assert world.begin(feed, force=True) == []


def test_begin_gives_validators_and_what_the_decision_needs(world: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    assert (leased.validators, leased.last_good_at, leased.name) == (None, None, "F0000")
    given = Validators("https://f0.example/rss", etag=b'"\xff\x00"', last_modified=b"Sat")
    world.written(world.record(leased, keep_validators=False, validators=given, body_hash=b"h" * 16))
    (leased,) = world.begin(feed, force=True)
    assert leased.validators == given
    assert (leased.body_hash, leased.last_good_at, leased.condition.failures) == (b"h" * 16, NOW, 0)
    failed = world.record(leased, error="HTTP 500", outcome="error", condition=Condition("backing_off", 3), at=LATER)
    world.written(failed)
    (leased,) = world.begin(feed, force=True)
    assert (leased.validators, leased.last_good_at, leased.condition.failures) == (given, NOW, 3)
    world.written(world.record(leased, keep_validators=False))
    (leased,) = world.begin(feed, force=True)
    assert (leased.validators, leased.body_hash) == (None, None)


def test_renewed_leases_last_and_only_under_their_token(world: Any) -> None:
    one, two = world.feeds(2)
    a, b = world.begin(one, two)
    world.store.renew_feed_leases({a.id: a.token, b.id: b.token + 1}, now=LATER, lease=LEASE)
    assert world.store.release_lost(now=LATER) == 1
    assert [feed.id for feed in world.begin(one, two, now=LATER)] == [], "one is begun, two is alone now"
    assert [feed.id for feed in world.begin(two, now=LATER)] == [two]


def test_feeds_handed_back_are_due_at_once_and_uncounted(world: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    world.store.hand_back_feeds({feed: leased.token + 1})
    assert claimed(world) == []
    world.store.hand_back_feeds({feed: leased.token})
    (due,) = world.due(now=NOW, limit=1)
    assert not due.alone


def test_losses_make_alone_then_count_then_quarantine(world: Any) -> None:
    feed, other = world.feeds(2)
    now = NOW
    for losses in range(4):
        assert world.store.status(now=now).feeds == {"new": 2}, losses
        assert len(world.begin(feed, now=now)) == 1
        now += timedelta(seconds=31)
        assert world.store.release_lost(now=now) == 1
        assert world.store.release_lost(now=now) == 0
    assert world.store.status(now=now).feeds == {"new": 1, "quarantined": 1}
    assert world.begin(feed, now=now) == []
    (leased,) = world.begin(feed, now=now, force=True)
    world.written(world.record(leased, next_poll_at=NOW))
    assert len(world.begin(feed, other, now=now)) == 2, "a finished poll forgets the losses"


def test_a_lone_feed_in_company_is_given_back_free(world: Any) -> None:
    lone, other = world.feeds(2)
    world.begin(lone)
    world.store.release_lost(now=LATER)
    claimed(world, now=LATER)
    assert [feed.id for feed in world.begin(lone, other, now=LATER)] == [other]
    (due,) = world.due(now=LATER, limit=9)
    assert (due.id, due.alone) == (lone, True)


def test_a_zombie_writes_nothing(world: Any, make: Any) -> None:
    (feed,) = world.feeds(1)
    (zombie,) = world.begin(feed)
    world.store.release_lost(now=LATER)
    (leased,) = world.begin(feed, now=LATER, owner="h:2:2")
    assert leased.token == zombie.token + 1
    assert world.written(world.record(zombie, added=make("a"))) == {}
    assert world.store.known_items(feed, [make("a")[0].item.identity], []) == ([], [])
    world.store.hand_back_feeds({feed: zombie.token})
    (written,) = world.written(world.record(leased, added=make("a"))).values()
    assert len(written.unmatched) == 1


@pytest.mark.parametrize("counted", [True, False])
def test_owners_that_are_gone_lose_their_leases(world: Any, counted: bool) -> None:
    one, two = world.feeds(2)
    world.begin(one, owner="h:1:1")
    world.begin(two, owner="h:2:2")
    assert world.store.release_owners(lambda owner: owner == "h:1:1", now=NOW, counted=counted) == 1
    (due,) = world.due(now=NOW, limit=9)
    assert (due.id, due.alone) == (one, counted)


def test_a_service_that_starts_counts_nothing_against_waiting_items(two: Any) -> None:
    (a, *_) = [feed.id for feed in two.store.feeds_list()]
    (waiting,) = two.polled(a, "x")
    late = NOW + timedelta(minutes=1)
    assert two.store.begin_matching([waiting], now=late, lease=LEASE, max_attempts=9) == [waiting]
    two.store.release_owners(lambda _: True, now=late, counted=False)
    (found,) = two.store.claim_unmatched(now=late, older_than=timedelta(0), lease=LEASE, limit=9)
    assert (found.id, found.alone) == (waiting, False)


def test_racing_claims_never_share_a_feed(world: Any) -> None:
    feeds = world.feeds(120)

    def claim(_: int) -> Any:
        return claimed(world, now=NOW + timedelta(seconds=1), limit=7)

    with ThreadPoolExecutor(6) as threads:
        taken = [feed for batch in threads.map(claim, range(30)) for feed in batch]
    taken += claimed(world, now=NOW + timedelta(seconds=1), limit=200)
    assert sorted(taken) == sorted(feeds)


def test_racing_begins_never_share_a_feed(world: Any) -> None:
    feeds = world.feeds(40)

    def begin(number: int) -> Any:
        return [feed.id for feed in world.begin(*feeds, owner=f"h:{number}:1")]

    with ThreadPoolExecutor(6) as threads:
        taken = [feed for batch in threads.map(begin, range(6)) for feed in batch]
    taken += begin(7)
    assert sorted(taken) == feeds


def sweep(world: Any, now: datetime) -> list[tuple[int, bool]]:
    """Queue what is unmatched for 5 s, for another 10 s; return each item's id and whether it is alone."""
    found = world.store.claim_unmatched(now=now, older_than=timedelta(seconds=5), lease=timedelta(seconds=10), limit=9)
    return [(item.id, item.alone) for item in found]


def test_lost_wake_ups_count_nothing_against_unmatched_items(two: Any) -> None:
    ids = two.polled(two.store.feeds_list()[0].id, "x", "y")
    assert sweep(two, NOW + timedelta(seconds=4)) == []
    for seconds in range(5, 300, 10):
        assert sweep(two, NOW + timedelta(seconds=seconds)) == [(item, False) for item in ids]
        assert sweep(two, NOW + timedelta(seconds=seconds + 9)) == [], "a message is under way"
    status = two.store.status(now=NOW + timedelta(seconds=300))
    assert (status.quarantined_items, status.oldest_unmatched_s) == (0, 300), "and status shows how long they wait"


def test_items_whose_matching_never_ends_are_alone_then_quarantined(two: Any) -> None:
    ids = two.polled(two.store.feeds_list()[0].id, "x", "y")

    def begin(now: datetime) -> Any:
        return two.store.begin_matching([*ids, 999], now=now, lease=LEASE, max_attempts=2)

    assert begin(NOW) == ids
    assert sweep(two, NOW + LEASE - timedelta(seconds=1)) == [], "a worker has them"
    assert sweep(two, NOW + LEASE) == [(item, True) for item in ids]
    assert begin(NOW + LEASE) == ids
    assert begin(NOW + 2 * LEASE) == []
    assert sweep(two, NOW + 4 * LEASE) == []
    status = two.store.status(now=NOW)
    assert (status.quarantined_items, status.oldest_unmatched_s) == (2, None)


def test_matched_items_begin_no_matching(two: Any) -> None:
    ids = two.polled(two.store.feeds_list()[0].id, "x")
    two.store.begin_matching(ids, now=NOW, lease=LEASE, max_attempts=2)
    with two.store.matching() as transaction:
        begun(transaction, transaction.unmatched(ids))
    assert two.store.begin_matching(ids, now=NOW, lease=LEASE, max_attempts=2) == []


def test_records_of_another_state_keep_their_words(world: Any) -> None:
    (feed,) = world.feeds(1)
    (leased,) = world.begin(feed)
    record = replace(world.record(leased), condition=Condition("broken"), error="HTTP 404", status=404, outcome="error")
    world.written(record)
    (shown,) = world.store.feeds_list()
    assert (shown.state, shown.last_outcome, shown.last_status, shown.last_error) == (
        "broken",
        "error",
        404,
        "HTTP 404",
    )


def test_a_feed_that_waits_longer_than_any_feed_may_is_due_at_once(world: Any) -> None:
    soon, late = world.feeds(2)
    for leased, due in zip(world.begin(soon, late), (timedelta(days=7), timedelta(days=8)), strict=True):
        world.written(world.record(leased, next_poll_at=NOW + due))
    beyond = NOW + timedelta(days=7.5)
    assert world.store.pull_in_feeds(now=NOW, beyond=beyond) == 1
    assert [feed.id for feed in world.due(now=NOW)] == [late]
    assert world.store.pull_in_feeds(now=NOW, beyond=beyond) == 0
