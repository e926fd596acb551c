"""Days of polling, played in seconds: feeds that break, vanish, fall silent or lie, and the network itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from golden.newsroom import BEGIN
from servers.publishers import (
    DAY,
    HOUR,
    LISTED,
    MINUTE,
    always,
    feed,
    in_turn,
    refusing,
    silent,
    unreadable,
    until,
    wrong_difference,
)
from servers.stage import Cut, gaps, stages

from worker.errors import DeadlineExceeded, NameNotFound

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


def test_a_broken_feed_is_tried_daily_and_its_owner_hears_of_it_twice(stage):
    room = stage()
    mended_at = BEGIN + 5 * DAY
    room.feed("forbidding", in_turn(feed(6 * HOUR), until(mended_at, always(403), feed(6 * HOUR))))
    room.open()
    room.play(7 * DAY)
    visits = room.visits("forbidding")
    broken = [at for at in visits if BEGIN + DAY < at < mended_at]
    assert all(timedelta(hours=22) <= gap <= timedelta(hours=26) for gap in gaps(broken))
    assert len(broken) >= 3
    assert room.notices() == [("feed.broken", "forbidding"), ("feed.recovered", "forbidding")]
    assert room.row("forbidding").state in {"ok", "stale"}
    assert room.press.complaints(at_least=SHORTEST) == []


def test_a_feed_that_is_gone_is_tried_weekly_and_a_silent_one_is_stale_until_it_speaks(stage):
    room = stage(seed=7)
    speaks_at = BEGIN + 12 * DAY
    room.feed("gone", in_turn(feed(), always(410)), every=12 * HOUR)
    room.feed("silent", until(speaks_at, silent, feed()), every=12 * HOUR)
    room.open()
    room.play(2 * DAY)
    assert room.states() == {"gone": "gone", "silent": "ok"}
    assert room.weight("gone") == 2
    room.play(9 * DAY)
    assert room.states() == {"gone": "gone", "silent": "stale"}
    room.play(6 * DAY)
    assert room.states() == {"gone": "gone", "silent": "ok"}
    tries = gaps(room.visits("gone"))[1:]
    assert len(tries) == 2
    assert all(7 * DAY <= wait <= 8 * DAY for wait in tries)
    assert room.notices() == [("feed.broken", "gone")]
    assert room.press.complaints(at_least=SHORTEST) == []


def test_a_server_whose_304s_lie_is_found_out_within_two_days_and_asked_in_full_once_a_day_at_most(stage):
    room = stage()

    def script(visit: Visit, before: int) -> Page:
        return replace(feed(2 * HOUR)(visit, before), validators={"ETag": '"the-same"'})

    room.feed("lying", script)
    room.open()
    room.play(4 * DAY)
    assert room.press.complaints(at_least=SHORTEST) == []
    whole = room.in_full("lying")
    assert len(whole) >= 3
    assert all(DAY <= gap <= 2 * DAY for gap in gaps(whole))
    assert room.row("lying").items >= 2 * LISTED


def test_a_server_that_refuses_conditions_is_asked_in_full_within_about_a_day(stage):
    room = stage()
    for status in (400, 412):
        room.feed(f"refusing-{status}", refusing(status), every=6 * HOUR)
    room.feed("wrong-difference", wrong_difference, every=6 * HOUR)
    # These say nothing of what they dislike: whoever fails again and again is asked otherwise once a day has passed.
    for status in (403, 500):
        room.feed(f"stumbling-{status}", refusing(status))
    room.open()
    room.play(3 * DAY)
    assert room.press.complaints(at_least=SHORTEST) == []
    for name in ("refusing-400", "refusing-412", "wrong-difference"):
        assert max(gaps(room.in_full(name))) <= DAY
    for name in ("stumbling-403", "stumbling-500"):
        assert len(room.in_full(name)) >= 3
        assert max(gaps(room.in_full(name))) <= 2 * DAY
        assert min(gaps(room.in_full(name))) >= DAY
    assert {name for _, name in room.notices()} <= {"stumbling-403"}


def test_what_a_failure_weighs_says_when_the_owner_hears_of_it(stage):
    room = stage(max_interval=2 * HOUR)
    for number in range(3):
        room.feed(f"fine{number}", silent, every=2 * HOUR)
    room.feed("gone", always(410))
    room.feed("forbidding", always(403))
    room.feed("unreadable", always(200))
    room.feed("turned", unreadable)
    room.feed("absent", always(404))
    room.feed("failing", always(503))
    hanging = room.feed("hanging", feed())
    nameless = room.feed("nameless", feed())
    # Only what has failed since the last good poll counts.
    room.feed("flapping", lambda visit, before: (always(403) if before % 5 else feed())(visit, before))
    room.open()
    errors = {hanging: DeadlineExceeded("no answer"), nameless: NameNotFound("name not found")}
    room.room.web = Cut(room.room.web, errors)
    room.play(2 * DAY)
    expected = {"gone": 1, "forbidding": 5, "unreadable": 5, "turned": 5, "absent": 10, "failing": 10}
    assert room.told_after() == expected | {"hanging": 10, "nameless": 20}
    states = {"gone": "gone", "turned": "html", "flapping": "backing_off"} | {f"fine{n}": "ok" for n in range(3)}
    assert room.states() == dict.fromkeys(room.states(), "broken") | states
    assert room.press.complaints(at_least=SHORTEST) == []


def test_when_the_network_is_down_no_feed_is_to_blame(stage):
    room = stage()
    for number in range(12):
        room.feed(f"host{number}", feed())
    room.open()
    room.play(HOUR)
    web = room.room.web
    room.room.web = Cut(web, NameNotFound("name not found"))
    room.play(8 * HOUR)
    assert set(room.states().values()) <= {"ok", "backing_off"}
    assert {row.failures for row in room.room.store.feeds_list()} <= {0, 1}
    assert not room.notices()
    room.room.web = web
    room.play(HOUR)
    assert set(room.states().values()) == {"ok"}


@pytest.mark.parametrize("every", [5 * MINUTE, HOUR / 2])
def test_feeds_that_hang_are_to_blame_although_no_other_feed_shares_their_worker(stage, every):
    room = stage(max_interval=HOUR / 2)
    for number in range(4):
        room.feed(f"fine{number}", silent, every=every)
    names = [f"{kind}{number}" for kind in ("new", "slow") for number in range(4)]
    urls = {name: room.feed(name, silent) for name in names}
    room.open()
    web = room.room.web
    hang = DeadlineExceeded("no whole answer within 20 s")
    room.room.web = Cut(web, {url: hang for name, url in urls.items() if name.startswith("new")}, seconds=20.0)
    room.play(HOUR)
    room.room.web = Cut(web, dict.fromkeys(urls.values(), hang), seconds=20.0)
    room.play(6 * HOUR)
    assert room.told_after() == dict.fromkeys(names, 10)
    assert room.states() == dict.fromkeys(names, "broken") | {f"fine{number}": "ok" for number in range(4)}
