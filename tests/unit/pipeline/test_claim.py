from datetime import UTC, datetime, timedelta

from config.values import Settings
from worker.pipeline.claim import (
    DELIVERIES_A_BATCH,
    FEEDS_A_BATCH,
    IN_FLIGHT,
    QUEUED,
    delivery_batches,
    delivery_groups,
    feed_batches,
    item_batches,
    manners_of,
    tick,
)
from worker.records import DueDelivery, DueFeed, Manners, UnmatchedItem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANNERS = manners_of(Settings())


def due(number, *, fresh=False, alone=False, slow=False, shared=False):
    return DueFeed(id=number, fresh=fresh, alone=alone, slow=slow, shared=shared)


class Ledger:
    """A claim store that hands out what it was given, once, and remembers what it was asked."""

    def __init__(self, feeds=(), deliveries=(), unmatched=()):
        self.feeds, self.deliveries, self.unmatched = list(feeds), list(deliveries), list(unmatched)
        self.asked = []

    def record_tick(self, *, now):
        self.asked.append(("tick", now))

    def release_lost(self, *, now):
        self.asked.append(("release", now))
        return 0

    def after_clock_jump(self, *, now):
        self.asked.append(("jump", now))
        return False

    def claim_due_feeds(self, *, now, lease, limit, manners):
        self.asked.append(("feeds", lease, manners))
        taken, self.feeds = self.feeds, []
        return taken

    def claim_due_deliveries(self, *, now, lease, limit):
        self.asked.append(("deliveries", lease))
        taken, self.deliveries = self.deliveries, []
        return taken

    def claim_unmatched(self, *, now, older_than, lease, limit):
        self.asked.append(("unmatched", older_than))
        taken, self.unmatched = self.unmatched, []
        return taken


def test_a_tick_frees_what_was_lost_before_it_claims():
    ledger = Ledger()
    tick(ledger, now=NOW, manners=MANNERS)
    assert ledger.asked == [
        ("release", NOW),
        ("jump", NOW),
        ("feeds", QUEUED, MANNERS),
        ("deliveries", QUEUED),
        ("unmatched", timedelta(seconds=5)),
        ("tick", NOW),
    ]


def test_new_feeds_never_wait_behind_the_rest():
    wakeups = tick(Ledger(feeds=[due(1), due(2, fresh=True), due(3)]), now=NOW, manners=MANNERS)
    assert wakeups.new == ((2,),)
    assert wakeups.polls == ((1, 3),)


def test_a_second_tick_at_once_sends_nothing():
    ledger = Ledger(
        feeds=[due(1)],
        deliveries=[DueDelivery(id=7, channel=1, alone=False)],
        unmatched=[UnmatchedItem(id=9, alone=False)],
    )
    first, second = tick(ledger, now=NOW, manners=MANNERS), tick(ledger, now=NOW, manners=MANNERS)
    assert (first.polls, first.deliveries, first.unmatched) == (((1,),), ((7,),), ((9,),))
    assert not any((second.new, second.polls, second.deliveries, second.unmatched))


def test_lone_feeds_travel_singly():
    assert feed_batches([due(1), due(2, alone=True), due(4), due(5, alone=True)]) == [(1, 4), (2,), (5,)]


def test_feeds_are_cut_into_full_batches():
    batches = feed_batches(due(number) for number in range(FEEDS_A_BATCH * 2 + 1))
    assert [len(batch) for batch in batches] == [FEEDS_A_BATCH, FEEDS_A_BATCH, 1]


def test_deliveries_of_one_channel_travel_together():
    found = [DueDelivery(id=n, channel=n % 2, alone=n == 4) for n in range(1, 6)]
    assert delivery_batches(found) == [(1, 3, 5), (2,), (4,)]


def test_channels_take_turns_so_that_none_waits_behind_the_backlog_of_another():
    backlog = [DueDelivery(id=n, channel=1, alone=False) for n in range(DELIVERIES_A_BATCH * 3)]
    late = [DueDelivery(id=100 + n, channel=9, alone=n == 1) for n in range(2)]
    batches = delivery_batches([*backlog, *late])
    assert [batch[0] for batch in batches] == [0, 100, DELIVERIES_A_BATCH, 101, DELIVERIES_A_BATCH * 2]


def test_planned_deliveries_are_cut_to_the_size_of_a_batch():
    groups = delivery_groups(range(DELIVERIES_A_BATCH + 1))
    assert [len(group) for group in groups] == [DELIVERIES_A_BATCH, 1]


def test_an_item_that_was_lost_before_travels_alone():
    items = [UnmatchedItem(id=1, alone=False), UnmatchedItem(id=2, alone=True), UnmatchedItem(id=3, alone=False)]
    assert item_batches(items) == [(1, 3), (2,)]


def test_feeds_that_share_a_host_travel_in_batches_that_begin_all_at_once():
    feeds = [due(number, shared=number % 2 == 0) for number in range(4 * IN_FLIGHT)]
    batches = feed_batches(feeds)
    assert [len(batch) for batch in batches] == [2 * IN_FLIGHT, IN_FLIGHT, IN_FLIGHT]
    assert all(number % 2 for number in batches[0])


def test_slow_feeds_keep_to_themselves():
    feeds = [
        due(1),
        due(2, slow=True),
        due(3, shared=True),
        due(4, slow=True, shared=True),
        due(5, slow=True, fresh=True),
    ]
    wakeups = tick(Ledger(feeds=feeds), now=NOW, manners=MANNERS)
    assert (wakeups.new, wakeups.polls, wakeups.slow) == (((5,),), ((1,), (3,)), ((2,), (4,)))


def test_hosts_of_our_own_bear_anything_unless_somebody_says_otherwise():
    second = timedelta(seconds=1)
    assert manners_of(Settings()) == Manners(concurrency=2, gap=5 * second)
    set_by_hand = manners_of(Settings(host_concurrency=3, host_gap=second))
    assert set_by_hand == Manners(concurrency=3, gap=second, private_concurrency=3, private_gap=second)
