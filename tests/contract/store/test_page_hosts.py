from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from threading import Barrier, Lock
from typing import Any

import pytest
from sqlalchemy import func, select

from config.values import FeedLine
from worker.records import Manners, PageManners
from worker.store import tables
from worker.store.page_hosts import AGAIN, POLLS_FIRST, REMEMBERED

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
IN_HAND = timedelta(seconds=30)
GAP = timedelta(seconds=5)
POLITE = Manners(2, GAP)
PAGES = PageManners(2, GAP)
HOST = "one.example"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def claim(world: Any, *hosts: str, now: datetime = NOW, manners: PageManners = PAGES) -> dict[str, datetime]:
    found: dict[str, datetime] = world.store.claim_page_hosts(
        dict.fromkeys(hosts or (HOST,), manners), now=now, until=now + IN_HAND
    )
    return found


def asked(world: Any, *hosts: str, now: datetime = NOW, manners: PageManners = PAGES) -> bool:
    """Claim, and be answered at once."""
    if claim(world, *hosts, now=now, manners=manners):
        return False
    world.store.leave_page_hosts(hosts or (HOST,))
    return True


def hosted(world: Any, *hosts: str, next_poll_at: datetime = NOW) -> list[int]:
    """Feeds on these hosts, in order, due from then on; their ids."""
    lines = [FeedLine(f"https://{host}/{n}", f"F{n:04}") for n, host in enumerate(hosts)]
    world.apply(feeds=lines, now=NOW - timedelta(days=1))
    ids = [feed.id for feed in world.store.feeds_list()]
    f = tables.feeds
    with world.store._transaction("write") as connection:
        connection.execute(f.update().where(f.c.id.in_(ids)).values(next_poll_at=next_poll_at))
    return ids


def polled(world: Any, feed: int, at: datetime, **more: Any) -> bool:
    """Poll a feed if its hosts bear it; whether they did."""
    begun = world.begin(feed, manners=POLITE, now=at)
    for leased in begun:
        world.written(world.record(leased, at=at, **{"next_poll_at": at} | more))
    return begun != []


def test_a_host_is_asked_for_a_page_once_in_a_gap(world: Any) -> None:
    assert asked(world)
    assert claim(world, now=later(2)) == {HOST: later(5)}
    assert claim(world, HOST, "two.example", now=later(3)) == {HOST: later(5)}, "the other one is taken"
    assert asked(world, now=later(5))
    longer = PageManners(2, timedelta(seconds=11))
    assert claim(world, now=later(10), manners=longer) == {HOST: later(16)}


def test_a_host_is_asked_for_one_page_at_a_time_until_its_answer_is_given_up(world: Any) -> None:
    assert claim(world) == {}
    assert claim(world, now=later(20)) == {HOST: later(20) + AGAIN}
    assert claim(world, now=later(30)) == {}
    world.store.leave_page_hosts([HOST])
    assert claim(world, now=later(35)) == {}


@pytest.mark.parametrize("host", [HOST, "served.example"])
def test_pages_and_polls_of_a_host_keep_their_distance(world: Any, host: str) -> None:
    feed, other = hosted(world, HOST, "two.example")
    assert polled(world, feed, NOW, served_from="https://served.example/0", next_poll_at=later(8))
    assert claim(world, host, now=later(4.9)) == {host: later(5)}
    assert asked(world, host, now=later(5))
    assert [due.id for due in world.due(manners=POLITE, now=later(9.9))] == [other]
    assert world.store.waiting(now=later(9.9), manners=POLITE)[0].since is not None, "the other one"
    assert not polled(world, feed, later(9.9))
    assert world.begin(feed, manners=POLITE, now=later(9.9), force=True) == [], "whoever asks"
    assert [due.id for due in world.due(manners=POLITE, now=later(10))] == [feed]
    assert polled(world, feed, later(10))


def test_what_a_page_keeps_waiting_is_no_backlog_of_ours(world: Any) -> None:
    hosted(world, HOST)
    assert asked(world, now=later(-2))
    assert world.store.waiting(now=later(2.9), manners=POLITE)[0].since is None
    assert world.store.waiting(now=later(4), manners=POLITE)[0].since == later(3), "its turn came then"


def test_polls_and_pages_in_hand_are_counted_together(world: Any) -> None:
    a, b = hosted(world, HOST, HOST)
    one, two = Manners(1, timedelta(0)), Manners(2, timedelta(0))
    bears_one, bears_two = PageManners(1, timedelta(0)), PageManners(2, timedelta(0))
    assert claim(world, manners=bears_one) == {}
    assert (world.due(manners=one, now=later(1)), world.begin(a, manners=one, now=later(1))) == ([], [])
    assert [due.id for due in world.due(manners=two, now=later(1))] == [a]
    (leased,) = world.begin(a, b, manners=two, now=later(1))
    world.store.leave_page_hosts([HOST])
    assert claim(world, now=later(2), manners=bears_one) == {HOST: later(2) + AGAIN}
    assert claim(world, now=later(2), manners=bears_two) == {}
    world.store.leave_page_hosts([HOST])
    world.written(world.record(leased, at=later(3)))
    assert claim(world, now=later(12), manners=PageManners(None, GAP)) == {}


def test_a_feed_that_is_due_comes_before_the_next_page_and_pages_before_the_next_feed(world: Any) -> None:
    a, b = hosted(world, HOST, HOST)
    assert asked(world, now=later(-5))
    assert claim(world, now=NOW) == {HOST: NOW + POLLS_FIRST}
    assert polled(world, a, later(1))
    assert asked(world, now=later(6)), "a poll was the last"
    assert claim(world, now=later(11)) == {HOST: later(11) + POLLS_FIRST}
    assert asked(world, now=later(16)), "nobody polls"
    assert polled(world, b, later(21))


@pytest.mark.unmeasured
def test_a_feed_is_polled_within_a_few_gaps_whatever_pages_wait(world: Any) -> None:
    """A tick each second, and somebody who asks for the next page whenever he may."""
    (feed,) = hosted(world, HOST, next_poll_at=later(12))
    pages: list[datetime] = []
    polls: list[datetime] = []
    for tenth in range(1200):
        now = NOW + tenth * timedelta(seconds=0.1)
        if asked(world, now=now):
            pages.append(now)
        if tenth % 10 == 9 and world.due(manners=POLITE, now=now):
            assert polled(world, feed, now, next_poll_at=now + timedelta(seconds=30))
            polls.append(now)
    assert len(pages) == 20
    assert len(polls) == 4
    assert polls[0] <= later(12) + 2 * GAP
    assert max(after - before for before, after in pairwise(polls)) <= timedelta(seconds=30) + 2 * GAP
    assert min(after - before for before, after in pairwise(sorted([*pages, *polls]))) >= GAP


def test_hosts_of_our_own_keep_no_distance_unless_it_is_set(world: Any) -> None:
    a, b = hosted(world, "127.0.0.1:8801", "127.0.0.1:8801")
    assert claim(world, "127.0.0.1:8801") == {}
    assert [due.id for due in world.due(manners=POLITE, now=later(1))] == [a, b]
    slowly = Manners(2, GAP, private_gap=timedelta(seconds=2))
    assert world.begin(a, manners=slowly, now=later(1)) == []
    assert len(world.begin(a, manners=slowly, now=later(2))) == 1


def test_who_has_read_the_clock_later_does_not_come_before_and_a_clock_set_back_stops_nobody(world: Any) -> None:
    (feed,) = hosted(world, HOST)
    assert asked(world, now=later(2))
    assert claim(world, now=later(1)) == {HOST: later(7) + POLLS_FIRST}
    assert not polled(world, feed, later(1))
    back = NOW - timedelta(hours=2)
    assert len(world.begin(feed, manners=POLITE, now=back, force=True)) == 1
    assert asked(world, now=back + GAP)


def begun(world: Any, feed: int, at: datetime = NOW, manners: Manners = POLITE) -> dict[int, int]:
    """Begin a feed; its token."""
    return {leased.id: leased.token for leased in world.begin(feed, manners=manners, now=at, force=True)}


def turns(world: Any, held: dict[int, int], at: datetime, manners: Manners = POLITE) -> set[int]:
    found: set[int] = world.store.take_turns(held, now=at, manners=manners)
    return found


def test_a_feed_that_is_begun_asks_on_where_nobody_else_asks_and_others_see_it(world: Any) -> None:
    feed, other = hosted(world, HOST, HOST)
    lone = Manners(1, GAP)
    held = begun(world, feed, manners=lone)
    assert turns(world, held, later(5), lone) == {feed}, "its own lease is in hand"
    assert begun(world, other, later(9.9)) == {}
    assert claim(world, now=later(9.9)) == {HOST: later(10)}
    assert turns(world, held, later(10), lone) == {feed}
    world.store.hand_back_feeds(held)
    assert world.due(manners=POLITE, now=later(14.9)) == []
    assert begun(world, other, later(15)).keys() == {other}


@pytest.mark.parametrize("served", [None, "served.example"])
def test_a_feed_that_is_begun_lets_a_gap_pass_after_what_others_asked(world: Any, served: str | None) -> None:
    feed, other = hosted(world, HOST, served or HOST, next_poll_at=later(-60))
    if served is not None:
        assert polled(world, feed, later(-60), served_from=f"https://{served}/0")
    held = begun(world, feed)
    assert polled(world, other, later(6), next_poll_at=later(60))
    assert turns(world, held, later(10.9)) == set()
    assert turns(world, held, later(11)) == {feed}
    assert asked(world, served or HOST, now=later(16))
    assert turns(world, held, later(20.9)) == set()
    assert turns(world, held, later(21)) == {feed}


def test_two_feeds_of_one_host_do_not_both_ask_on(world: Any) -> None:
    one, two = hosted(world, HOST, HOST)
    held = begun(world, one) | begun(world, two, later(5))
    assert turns(world, held, later(10)) == {one}
    assert turns(world, held, later(15)) == {one}
    assert turns(world, {two: held[two]}, later(20)) == {two}


def test_only_who_holds_a_feed_asks_on(world: Any) -> None:
    (feed,) = hosted(world, HOST)
    held = begun(world, feed)
    assert turns(world, {feed: held[feed] - 1}, later(9)) == set()
    world.store.hand_back_feeds(held)
    assert turns(world, held, later(9)) == set()
    assert begun(world, feed, later(9)).keys() == {feed}, "and leaves no mark"


@pytest.mark.parametrize(("gap", "both"), [(timedelta(0), True), (timedelta(seconds=2), False)])
def test_at_hosts_of_our_own_a_feed_asks_on_as_it_is_set(world: Any, gap: timedelta, both: bool) -> None:
    one, two = hosted(world, "127.0.0.1:8801", "127.0.0.1:8801")
    manners = Manners(2, GAP, private_gap=gap)
    held = begun(world, one, manners=manners) | begun(world, two, later(3), manners)
    assert turns(world, held, later(6), manners) == ({one, two} if both else {one})


def test_of_racing_feeds_of_one_host_one_asks_on_in_a_gap(world: Any) -> None:
    feeds = hosted(world, *[HOST] * 4)
    freely = Manners(9, timedelta(0))
    held = {feed: begun(world, feed, manners=freely) for feed in feeds}
    gate = Barrier(len(feeds))

    def ask(feed: int) -> list[int]:
        taken = []
        for second in range(5, 30):
            gate.wait()
            if second - max(taken, default=0) >= GAP.total_seconds() and turns(world, held[feed], later(second)):
                taken.append(second)
        return taken

    with ThreadPoolExecutor(len(feeds)) as threads:
        seconds = sorted(second for taken in threads.map(ask, feeds) for second in taken)
    assert len(seconds) >= 5
    assert min(after - before for before, after in pairwise(seconds)) >= GAP.total_seconds()


def test_hosts_are_forgotten_after_a_day(world: Any) -> None:
    assert asked(world, "old.example")
    assert asked(world, "new.example", now=later(1))
    world.store.forget_page_hosts(now=later(0.5) + REMEMBERED)
    with world.store._transaction("read") as connection:
        assert connection.scalars(select(tables.page_hosts.c.host)).all() == ["new.example"]


def test_racing_readers_and_pollers_keep_every_hosts_limits(world: Any) -> None:  # noqa: C901 - both kinds side by side
    """Two of each; whatever they begin together, the record shows no host asked too much."""
    hosts = [f"h{number % 4}.example" for number in range(16)]
    feeds = hosted(world, *hosts)
    host_of_feed = dict(zip(feeds, hosts, strict=True))
    gap = timedelta(seconds=3)
    begun: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    most: list[int] = []
    guard = Lock()
    gate = Barrier(4)

    def begin(number: int, own: Random, now: datetime) -> None:
        manners = Manners(2, gap)
        for leased in world.begin(*own.sample(feeds, 3), owner=f"h:{number}:1", manners=manners, now=now, force=True):
            with guard:
                begun[host_of_feed[leased.id]].append((now, "poll"))
            if own.random() < 0.9:
                world.written(world.record(leased, at=now))

    def read(own: Random, now: datetime) -> None:
        asked = dict.fromkeys(own.sample(sorted(set(hosts)), 3), PageManners(2, gap))
        taken = asked.keys() - world.store.claim_page_hosts(asked, now=now, until=later(100)).keys()
        with guard:
            for host in taken:
                begun[host].append((now, "page"))
        if own.random() < 0.9:
            world.store.leave_page_hosts([*taken])

    def work(number: int) -> None:
        own = Random(number)
        for turn in range(12):
            gate.wait()
            now = later(turn + own.random())
            if number % 2:
                begin(number, own, now)
            else:
                read(own, now)
            with guard:
                most.append(max(in_hand(world)))

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work, number) for number in range(4)]:
            done.result()
    assert {kind for times in begun.values() for _, kind in times} == {"poll", "page"}
    for host, times in begun.items():
        moments = sorted(moment for moment, _ in times)
        apart = [after - before for before, after in pairwise(moments)]
        assert min(apart, default=gap) >= gap, host
    assert max(most) <= 2


def in_hand(world: Any) -> list[int]:
    """How much each host has in hand at this moment, polls and pages, 0 for none."""
    f, p = tables.feeds.c, tables.page_hosts.c
    with world.store._transaction("write") as connection:
        polls = dict(
            connection.execute(select(f.host, func.count()).where(f.lease_owner.is_not(None)).group_by(f.host)).all()
        )
        pages = connection.scalars(select(p.host).where(p.busy_until.is_not(None))).all()
    return [0, *(polls.get(host, 0) + (host in pages) for host in {*polls, *pages})]
