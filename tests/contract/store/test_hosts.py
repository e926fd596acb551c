from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from threading import Barrier, Lock
from typing import Any

import pytest
from sqlalchemy import event, func, select

from config.values import FeedLine
from worker.records import Manners
from worker.store import tables
from worker.store.hosts import place_of

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
GAP = timedelta(seconds=5)
POLITE = Manners(2, GAP)
TWO_AT_ONCE = Manners(2, timedelta(0))


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def hosted(world: Any, *hosts: str) -> list[int]:
    """Feeds on these hosts, in order; their ids."""
    lines = [FeedLine(f"https://{host}/{n}", f"F{n:04}") for n, host in enumerate(hosts)]
    world.apply(feeds=lines)
    return [feed.id for feed in world.store.feeds_list()]


def ended(world: Any, leased: Any, at: datetime = NOW, **more: Any) -> None:
    world.written(world.record(leased, at=at, **{"next_poll_at": at} | more))


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://news.example/rss", False),
        ("http://93.184.216.34/", False),
        ("http://127.0.0.1:8801/a", True),
        ("https://localhost/a", True),
        ("http://10.1.2.3:99/a", True),
        ("http://wiki/a", True),
        ("http://wiki.lan/a", True),
        ("http://wiki.internal/a", True),
        ("http://printer.local./a", True),
    ],
)
def test_a_host_is_public_or_our_own(url: str, private: bool) -> None:
    assert place_of(url)["private_host"] is private


def test_a_feed_is_polled_from_the_host_that_is_asked_and_the_one_that_answers() -> None:
    wiki, news = "http://wiki/a", "https://news.example/a"
    assert place_of(wiki) == {"polled_url": wiki, "host": "wiki", "served_host": None, "private_host": True}
    assert place_of(wiki, "http://wiki/b") == place_of(wiki)
    ours = {"polled_url": wiki, "host": "wiki", "served_host": "intern", "private_host": True}
    assert place_of(wiki, "http://intern/b") == ours
    # Limits hold where one of the two is somebody else's.
    assert place_of(wiki, news) == {**ours, "served_host": "news.example", "private_host": False}
    assert place_of(news, wiki) == {
        "polled_url": news,
        "host": "news.example",
        "served_host": "wiki",
        "private_host": False,
    }


def test_of_a_host_with_a_gap_one_feed_is_queued_at_a_time(world: Any) -> None:
    a, b, alone = hosted(world, "one.example", "one.example", "two.example")
    due = world.due(manners=POLITE)
    assert [(feed.id, feed.shared) for feed in due] == [(a, True), (alone, False)]
    assert world.due(manners=POLITE) == [], "one is queued"
    (leased,) = world.begin(a, manners=POLITE)
    assert world.due(manners=POLITE, now=later(4.9)) == []
    assert [feed.id for feed in world.due(manners=POLITE, now=later(5))] == [b]
    assert world.begin(a, manners=POLITE, now=later(5), force=True) == [], "it is in hand still"
    world.begin(b, manners=POLITE, now=later(5))
    ended(world, leased, later(6))
    assert world.begin(a, manners=POLITE, now=later(9.9)) == []
    assert [feed.id for feed in world.begin(a, manners=POLITE, now=later(10))] == [a]


def test_no_more_of_a_host_are_in_hand_than_it_bears(world: Any) -> None:
    a, b, c = hosted(world, *["one.example"] * 3)
    for feed, second in ((a, 0), (b, 5)):
        assert len(world.begin(feed, manners=POLITE, now=later(second))) == 1
    assert world.due(manners=POLITE, now=later(20)) == []
    assert world.begin(c, manners=POLITE, now=later(20)) == []
    world.store.release_lost(now=later(30))
    assert [feed.id for feed in world.begin(c, manners=POLITE, now=later(30))] == [c]


def test_what_a_batch_may_not_begin_is_given_back_free_and_due(world: Any) -> None:
    feeds = hosted(world, *["one.example"] * 3, "two.example")
    world.due(manners=Manners(9, timedelta(0)))
    assert [feed.id for feed in world.begin(*feeds, manners=POLITE)] == [feeds[0], feeds[3]]
    assert [feed.id for feed in world.due(manners=POLITE, now=later(5))] == [feeds[1]]


def test_without_a_gap_as_many_are_queued_and_begun_as_the_host_bears(world: Any) -> None:
    feeds = hosted(world, *["one.example"] * 5)
    assert [feed.id for feed in world.due(manners=TWO_AT_ONCE)] == feeds[:2]
    (leased,) = world.begin(feeds[0], manners=TWO_AT_ONCE)
    assert world.due(manners=TWO_AT_ONCE) == [], "one is queued, one in hand"
    assert [feed.id for feed in world.begin(*feeds, manners=TWO_AT_ONCE)] == [feeds[1]]
    ended(world, leased, next_poll_at=later(60))
    assert [feed.id for feed in world.due(manners=TWO_AT_ONCE)] == [feeds[2]], "one in hand, one may follow"
    assert [feed.id for feed in world.begin(*feeds[2:], manners=TWO_AT_ONCE)] == [feeds[2]]
    assert world.begin(*feeds[2:], manners=TWO_AT_ONCE, force=True) == []
    assert len(world.begin(*feeds, manners=Manners(4, timedelta(0)), now=later(1))) == 2


def test_hosts_of_our_own_have_limits_only_where_somebody_set_them(world: Any) -> None:
    feeds = hosted(world, *["127.0.0.1:8801"] * 3, "127.0.0.1:8802")
    due = world.due(manners=POLITE)
    assert [feed.id for feed in due] == feeds
    assert not any(feed.shared for feed in due)
    for leased in world.begin(*feeds, manners=POLITE):
        ended(world, leased)
    again = later(1)
    assert len(world.due(manners=Manners(2, GAP, private_concurrency=2), now=again)) == 3, (
        "two of one, one of the other"
    )
    slowly = Manners(2, GAP, private_gap=timedelta(seconds=2))
    assert world.begin(*feeds, manners=slowly, now=again) == []
    assert [feed.id for feed in world.begin(*feeds, manners=slowly, now=later(2))] == [feeds[0], feeds[3]]
    assert world.due(manners=slowly, now=later(3)) == []


def test_a_host_with_thousands_of_due_feeds_keeps_no_other_waiting(world: Any) -> None:
    hosted(world, *["one.example"] * 3000, "two.example", "three.example")
    due = world.due(manners=POLITE, now=later(600), limit=3)
    assert len(due) == 3
    assert sorted(feed.shared for feed in due) == [False, False, True]


@pytest.mark.unmeasured
@pytest.mark.parametrize("how", ["asked", "served"])
def test_what_a_claim_costs_grows_with_the_feeds_of_a_host_and_no_faster(world: Any, how: str) -> None:
    """Counted in steps of SQLite's machine (sqlite3_progress_handler), by the thousand."""
    if world.store._engine.dialect.name != "sqlite":
        return
    steps: list[int] = []

    def watch(connection: Any) -> None:
        connection.connection.dbapi_connection.set_progress_handler(lambda: steps.append(1), 1000)

    event.listen(world.store._engine, "begin", watch)
    costs = []
    for at, count in ((later(60), 200), (later(600), 1600)):
        names = ["one.example"] * count if how == "asked" else [f"h{number}.example" for number in range(count)]
        feeds = hosted(world, *names)
        if how == "served":
            with world.store._transaction("write") as connection:
                connection.execute(tables.feeds.update().values(served_host="one.example"))
        steps.clear()
        assert len(world.due(manners=POLITE, now=at)) == 1
        assert world.store.waiting(now=at, manners=POLITE)[0].since is not None
        costs.append(len(steps))
        assert len(feeds) == count
        world.apply(feeds=[])
    event.remove(world.store._engine, "begin", watch)
    assert costs[1] < 12 * costs[0], costs


def redirected(world: Any, feed: int, to: str, *, at: datetime = NOW) -> None:
    (leased,) = world.begin(feed, now=at, force=True)
    ended(world, leased, at, served_from=f"https://{to}/feed")


def test_a_host_that_redirects_elsewhere_is_asked_all_the_same(world: Any) -> None:
    feeds = hosted(world, *["short.example"] * 4)
    for number, feed in enumerate(feeds):
        redirected(world, feed, f"h{number}.example")
    due = world.due(manners=POLITE, now=later(600))
    assert [(feed.id, feed.shared) for feed in due] == [(feeds[0], True)]
    assert [feed.id for feed in world.begin(*feeds, manners=POLITE, now=later(600), force=True)] == [feeds[0]]
    assert world.begin(*feeds, manners=POLITE, now=later(604.9), force=True) == []
    assert len(world.begin(*feeds, manners=POLITE, now=later(605), force=True)) == 1
    assert world.begin(*feeds, manners=POLITE, now=later(900), force=True) == [], "two are in hand"


@pytest.mark.parametrize("manners", [POLITE, Manners(1, timedelta(0))])
def test_hosts_that_redirect_to_one_burden_that_one(world: Any, manners: Manners) -> None:
    feeds = hosted(world, "big.example", "one.example", "two.example", "three.example")
    for feed in feeds[1:]:
        redirected(world, feed, "big.example")
    assert [feed.id for feed in world.due(manners=manners, now=later(600))] == [feeds[0]]
    assert [feed.id for feed in world.begin(*feeds[1:], manners=manners, now=later(600), force=True)] == [feeds[1]]
    assert world.begin(feeds[0], feeds[2], manners=manners, now=later(604), force=True) == []
    # It is the one that answered last that counts.
    world.store.release_lost(now=later(700))
    redirected(world, feeds[2], "two.example", at=later(700))
    assert world.begin(feeds[0], manners=manners, now=later(701), force=True) != []
    assert [feed.id for feed in world.begin(*feeds[1:], manners=manners, now=later(705), force=True)] == [feeds[2]]
    assert world.store.waiting(now=later(705.5), manners=manners)[0].since is None


def test_a_forced_poll_is_polite_too(world: Any) -> None:
    a, b = hosted(world, *["one.example"] * 2)
    early = NOW - timedelta(days=1)
    assert len(world.begin(a, b, manners=POLITE, now=early, force=True)) == 1
    assert world.begin(b, manners=POLITE, now=early + timedelta(seconds=4), force=True) == []


def test_what_is_handed_back_counts_for_the_gap_for_its_request_may_be_under_way(world: Any) -> None:
    a, b = hosted(world, *["one.example"] * 2)
    (leased,) = world.begin(a, manners=POLITE)
    world.store.hand_back_feeds({a: leased.token})
    assert world.begin(b, manners=POLITE, now=later(4)) == []
    assert [feed.id for feed in world.due(manners=POLITE, now=later(5))] == [a]


def test_who_has_read_the_clock_later_does_not_come_before(world: Any) -> None:
    a, b = hosted(world, *["one.example"] * 2)
    world.begin(a, manners=POLITE, now=later(2))
    assert world.begin(b, manners=POLITE, now=later(1)) == []
    back = NOW - timedelta(hours=2)
    assert len(world.begin(b, manners=POLITE, now=back, force=True)) == 1, "a clock set back stops no host"


def test_a_lone_feed_holds_up_nobody_of_its_host(world: Any) -> None:
    lone, other = hosted(world, *["one.example"] * 2)
    world.begin(lone)
    world.store.release_lost(now=later(31))
    assert [feed.id for feed in world.begin(lone, other, manners=POLITE, now=later(40))] == [other]


def test_racing_beginners_keep_every_hosts_limits(world: Any) -> None:
    """Four workers at it; whatever they begin together, the record shows no host asked too much."""
    dice = Random(7)
    hosts = [f"h{dice.randrange(4)}.example" for _ in range(40)]
    feeds = hosted(world, *hosts)
    host_of_feed = dict(zip(feeds, hosts, strict=True))
    manners = Manners(2, timedelta(seconds=3))
    begun: dict[str, list[datetime]] = defaultdict(list)
    most: list[int] = []
    guard = Lock()
    gate = Barrier(4)

    def work(number: int) -> None:
        own = Random(number)
        for turn in range(12):
            gate.wait()
            now = later(turn + own.random())
            asked = own.sample(feeds, 25)
            for leased in world.begin(*asked, owner=f"h:{number}:1", manners=manners, now=now, force=True):
                with guard:
                    begun[host_of_feed[leased.id]].append(now)
                    most.append(max(in_hand(world)))
                if own.random() < 0.5:
                    ended(world, leased, now)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work, number) for number in range(4)]:
            done.result()
    assert set(begun) == set(hosts), "each host was asked"
    for host, times in begun.items():
        times.sort()
        apart = [after - before for before, after in pairwise(times)]
        assert min(apart, default=manners.gap) >= manners.gap, host
    assert max(most) == manners.concurrency


def in_hand(world: Any) -> list[int]:
    """How many polls each host has in hand at this moment, 0 for none."""
    f = tables.feeds.c
    with world.store._transaction("read") as connection:
        counts = select(func.count()).where(f.lease_owner.is_not(None)).group_by(f.host)
        return [0, *connection.scalars(counts)]


@pytest.mark.parametrize("bears", [1, 3])
def test_racing_beginners_of_a_host_without_a_gap_begin_just_what_it_bears(world: Any, bears: int) -> None:
    feeds = hosted(world, *["one.example"] * 30)
    gate = Barrier(5)

    def begin(number: int) -> int:
        gate.wait()
        return len(world.begin(*feeds[number::5], owner=f"h:{number}:1", manners=Manners(bears, timedelta(0))))

    with ThreadPoolExecutor(5) as threads:
        assert sum(threads.map(begin, range(5))) == bears


def test_racing_claims_queue_one_feed_of_a_host(world: Any) -> None:
    hosted(world, *["one.example", "two.example"] * 20)
    gate = Barrier(4)

    def claim(_: int) -> int:
        gate.wait()
        return len(world.due(manners=POLITE))

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(claim, range(4))) <= 2


def test_what_a_host_keeps_waiting_is_no_backlog_of_ours(world: Any) -> None:
    feeds = hosted(world, *["one.example"] * 3)
    (leased,) = world.begin(feeds[0], manners=POLITE)
    ended(world, leased, next_poll_at=later(900))
    assert world.store.waiting(now=later(4), manners=POLITE)[0].since is None
    assert world.store.status(now=later(4), manners=POLITE).oldest_due_feed_s is None
    assert world.store.waiting(now=later(8), manners=POLITE)[0].since == later(5), "its turn came then"
    assert world.store.status(now=later(8), manners=POLITE).oldest_due_feed_s == 3
    assert world.store.waiting(now=later(8))[0].since == NOW
    world.begin(feeds[1], manners=POLITE, now=later(8))
    assert world.store.waiting(now=later(9), manners=POLITE)[0].since is None
    assert world.store.status(now=later(9), manners=POLITE).oldest_due_feed_s == 9, (
        "what is in hand counts from its due"
    )
