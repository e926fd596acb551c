"""What hosts, and whoever reads their logs, see of many feeds at once: how many requests, and how far apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from servers.grading import ONE_HOST
from servers.publishers import HOUR, MINUTE, NO_TIME, SY, always, busy_until, feed, in_turn, silent
from servers.stage import SECOND, Queue, gaps, new_seed, stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.press import Page, Visit
    from servers.stage import Stage

SHORTEST = 5 * MINUTE


pytestmark = pytest.mark.unmeasured


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    with stages(tmp_path) as make:
        yield make


def test_no_host_has_more_than_two_requests_under_way_whatever_workers_there_are(stage):
    room = stage(host_gap=NO_TIME)

    def slow(visit: Visit, before: int) -> Page:
        return replace(silent(visit, before), takes=0.1)

    for number in range(10):
        room.feed("crowded", slow, f"/feed/{number}")
    room.open()
    workers = [replace(room.room, owner=f"here:{number}:{number}") for number in range(3)]
    with ThreadPoolExecutor(len(workers)) as threads:
        for _ in range(10):
            # Each gets word of all feeds, as after messages that were sent twice or came late.
            for polling in [threads.submit(worker.poll) for worker in workers]:
                polling.result()
            room.clock.move(SECOND)
    assert room.press.complaints(at_least=SHORTEST, one_host=NO_TIME) == []
    assert room.press.most_at_once["crowded.example"] == 2
    assert len(room.press.log) == 10


def meeting(number: int) -> timedelta:
    """Intervals by which feeds that began one gap apart would be asked for in the same second later on."""
    return 2 * SHORTEST - number * ONE_HOST


def test_a_host_that_leads_elsewhere_keeps_its_gap_too(stage):
    room = stage()
    for number in range(4):
        there = room.feed(f"far{number}", feed(), add=False)
        room.feed("short", always(302, to=there), f"/feed/{number}", every=meeting(number))
    # And one that leads around within the host.
    there = room.feed("short", feed(), "/inside", add=False)
    room.feed("short", always(302, to=there), "/feed/in", every=2 * SHORTEST)
    room.open()
    room.play(40 * MINUTE)
    assert room.press.complaints(at_least=SHORTEST) == []
    assert all(len(room.visits(f"far{number}")) >= 3 for number in range(4))


def test_hosts_behind_redirects_keep_their_gap_once_they_are_known(stage):
    room = stage()
    for number in range(4):
        there = room.feed("common", feed(), f"/feed/{number}", add=False)
        room.feed(f"alias{number}", always(302, to=there), every=2 * SHORTEST)
    room.open()
    room.play(40 * MINUTE)
    assert room.press.complaints(at_least=SHORTEST) == []
    assert all(len(room.visits(f"common/{number}")) >= 3 for number in range(4))


def test_what_a_publisher_wishes_counts_from_the_request_however_long_its_batch_takes(stage):
    room = stage()
    for number in range(8):
        room.feed(f"other{number}", silent)
    room.feed("ttl", feed(more="<ttl>60</ttl>", wait=HOUR))
    room.feed("sy", feed(more=f"<sy:updatePeriod xmlns:sy='{SY}'>hourly</sy:updatePeriod>", wait=HOUR))
    room.feed("fresh", feed(wait=HOUR, Cache_Control="max-age=3600"))
    room.feed("asking", feed(wait=HOUR, Retry_After="3600"))
    room.feed("later", in_turn(feed(), busy_until, feed()))
    room.feed("rushing", feed(20 * SECOND, etag=None))
    room.open()
    room.room.web = Queue(room.room.web, room.clock, 4 * SECOND)
    room.play(3 * HOUR)
    assert room.press.complaints(at_least=SHORTEST) == []
    assert all(len(room.visits(name)) >= 3 for name in ("ttl", "sy", "fresh", "asking", "later"))


def test_nothing_is_left_unasked_for_longer_than_the_longest_interval(stage):
    room = stage(max_interval=2 * HOUR, seed=new_seed())
    ten_days = timedelta(days=10)
    seconds = str(int(ten_days.total_seconds()))
    for status in (429, 503, 500):
        room.feed(f"asking-{status}", always(status, headers={"Retry-After": seconds}))
    room.feed("asking", feed(Retry_After=seconds))
    room.feed("fresh", feed(Cache_Control=f"max-age={seconds}"))
    room.feed("expires", feed(Expires="Sun, 01 Mar 2037 12:00:00 GMT"))
    room.feed("ttl", feed(more=f"<ttl>{24 * 60}</ttl>"))
    room.feed("sy", feed(more=f"<sy:updatePeriod xmlns:sy='{SY}'>yearly</sy:updatePeriod>"))
    skipped = "".join(f"<hour>{hour}</hour>" for hour in range(24) if hour != 12)
    room.feed("hours", feed(more=f"<skipHours>{skipped}</skipHours>"))
    room.feed("rare", feed(2 * timedelta(days=30)))
    room.feed("every", feed(), every=9 * HOUR)
    room.feed("failing", always(500))
    room.feed("forbidding", always(403))
    room.open()
    room.play(9 * HOUR, grain=MINUTE / 2)
    assert room.press.complaints(at_least=SHORTEST) == []
    names = [row.name for row in room.room.store.feeds_list()]
    longest = {name: max(gaps([*room.visits(name), room.clock.now()])) for name in names}
    assert {name: gap for name, gap in longest.items() if gap > 2 * HOUR + MINUTE} == {}
    assert longest["forbidding"] >= HOUR
