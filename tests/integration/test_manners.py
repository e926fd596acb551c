"""Twelve hours of polling, played in a minute: every publisher reads its log, and has nothing to complain of.

What takes days stands in test_manners_over_days.py, what is particular to moves, hosts and rhythms beside it.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from golden.newsroom import BEGIN
from servers.documents import Item, rss
from servers.press import Page, Press
from servers.publishers import (
    HOUR,
    LISTED,
    MINUTE,
    RSS,
    SY,
    always,
    bursting,
    busy_until,
    differences,
    expires,
    feed,
    in_turn,
    lasting,
    renewed,
    silent,
    unreadable,
    until,
)
from servers.stage import SECOND, gaps, new_seed, stages
from servers.tocsin import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.stage import Stage

SHORTEST = 5 * MINUTE
BURST = BEGIN + 7.5 * HOUR
FLOOD, SURGE = 30, 12  # more than is listed; more than half of it
GRAIN = MINUTE / 2
SHARED = 8
RUSH_ENDS = BEGIN + 3 * HOUR


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    with stages(tmp_path) as make:
        yield make


def fill_with_validators(room: Stage) -> None:
    """Validators of every kind come back as they were, and stay away where there are none any more."""
    hourly = {"every": HOUR}
    room.feed("strong", feed())
    room.feed("weak", feed(etag='W/"{}"'), **hourly)
    room.feed("bare", feed(etag="no-quotes-{}"), **hourly)
    room.feed("dated", feed(etag=None, modified="Sun, 01 Mar 2026 12:{:02}:00 GMT"), **hourly)
    room.feed("odd", feed(modified="Sunday, 01-Mar-26 {:02}:00:00 +0000"), **hourly)
    room.feed("none", feed(etag=None), **hourly)
    room.feed("renewed", renewed, **hourly)
    room.feed("spoiled", in_turn(feed(), unreadable, feed()), **hourly)
    room.feed("queried", feed(), "/feed?id=7&lang=uk", **hourly)
    room.feed("forgetful", in_turn(feed(), feed(), feed(etag=None)), **hourly)
    same = Page(silent(None, 0).body, headers=RSS)
    room.feed("bared", in_turn(silent, silent, lambda visit, before: same), **hourly)
    modified = "Sun, 01 Mar 2026 12:{:02}:00 GMT"
    room.feed("halved", in_turn(feed(modified=modified), feed(etag=None, modified=modified)), **hourly)


def fill_with_wishes(room: Stage) -> None:
    """What the publisher wishes is a floor."""
    seldom = feed(2 * HOUR)
    ten_hours = {"more": "<ttl>600</ttl>", "Cache_Control": "max-age=36000"}
    room.feed("fresh", feed(wait=HOUR, Cache_Control="public, max-age=3600"))
    room.feed("lasting", lasting)
    room.feed("expires", expires)
    room.feed("ttl", feed(more="<ttl>60</ttl>", wait=HOUR))
    room.feed("sy", feed(more=f"<sy:updatePeriod xmlns:sy='{SY}'>hourly</sy:updatePeriod>", wait=HOUR))
    often = f"<sy:updatePeriod xmlns:sy='{SY}'>daily</sy:updatePeriod>"
    often += f"<sy:updateFrequency xmlns:sy='{SY}'>12</sy:updateFrequency>"
    room.feed("frequency", feed(more=often, wait=2 * HOUR))
    room.feed("hours", feed(2 * HOUR, more="<skipHours><hour>15</hour><hour>16</hour></skipHours>"))
    room.feed("days", feed(more="<skipDays><day>Sunday</day></skipDays>", wait=12 * HOUR - MINUTE))
    for status in (429, 404, 500):
        busy = always(status, headers={"Retry-After": "7200"}, wait=2 * HOUR)
        room.feed(f"limited-{status}", in_turn(feed(), busy, seldom))
    room.feed("later", in_turn(seldom, busy_until, seldom))
    room.feed("asking", feed(wait=HOUR, Retry_After="3600"))
    room.feed("exact-ttl", feed(more="<ttl>60</ttl>", wait=HOUR), every=7 * MINUTE)
    room.feed("own", feed(**ten_hours), every=HOUR, ignore_hints=True)
    busy = always(429, headers={"Retry-After": "10800"}, wait=3 * HOUR)
    room.feed("own-later", in_turn(feed(**ten_hours), busy, feed()), every=HOUR, ignore_hints=True)


def fill_with_rhythms(room: Stage) -> None:
    room.feed("quiet", silent)
    room.feed("busy", until(RUSH_ENDS, feed(20 * SECOND, etag=None), silent))
    room.feed("exact", feed(), every=20 * MINUTE)
    room.feed("differing", differences)
    room.feed("flooding", bursting(BURST, FLOOD))
    room.feed("surging", bursting(BURST, SURGE))


def fill_with_errors(room: Stage) -> None:
    for number in range(3):
        room.feed(f"failing{number}", always(500))
    room.feed("absent", always(404))
    room.feed("gone", always(410))
    room.feed("forbidding", always(403))
    room.feed("guarded", lambda visit, before: Page(b"<title>Just a moment...</title>", 403))
    room.feed("turned", in_turn(feed(), unreadable))


def fill_with_moves(room: Stage) -> None:
    there = room.feed("new-home", feed(), "/new", add=False)
    room.feed("moving", always(301, to=there))
    there = room.feed("new-home", feed(2 * HOUR), "/detour", add=False)
    room.feed("detour", always(302, to=there))


def fill_one_host(room: Stage) -> None:
    for number in range(SHARED):
        room.feed("shared", feed(), f"/feed/{number}")


@pytest.mark.unmeasured
def test_twelve_hours_without_a_complaint(stage):
    room = stage(redirect_after=2 * HOUR, seed=new_seed())
    for fill in (
        fill_with_validators,
        fill_with_wishes,
        fill_with_rhythms,
        fill_with_errors,
        fill_with_moves,
        fill_one_host,
    ):
        fill(room)
    room.open()
    room.play(12 * HOUR, grain=GRAIN)

    assert room.press.complaints(at_least=SHORTEST) == []
    visits = {row.name: room.visits(row.name) for row in room.room.store.feeds_list()}
    # Every feed was found, and asked often enough to be of use.
    assert min(map(len, visits.values())) >= 1
    named = ("strong", "weak", "bare", "dated", "odd", "none", "spoiled", "forgetful", "bared", "halved")
    assert [name for name in named if len(visits[name]) < 8] == []
    check_wishes(visits)
    check_rhythms(room, visits)
    check_errors(room, visits)
    check_spread(visits)
    # Moves: the permanent one is believed after two hours, the other never.
    assert room.row("moving").polled_url.endswith("/new")
    assert visits["moving"][-1] < BEGIN + 6 * HOUR
    assert room.row("detour").polled_url == room.row("detour").url
    # Asked to the end: by then an hour apart, or with jitter somewhat more, so that none of its polls is overdue.
    assert visits["detour"][-1] > BEGIN + 10 * HOUR
    assert room.row("detour").next_poll_at > BEGIN + 12 * HOUR - GRAIN


def check_wishes(visits: dict[str, list[datetime]]) -> None:
    """The floors are in the complaints; here is that nobody is left waiting for longer."""
    hourly = ("fresh", "ttl", "sy", "asking", "exact-ttl")
    assert [name for name in hourly if len(visits[name]) < 8] == []
    assert len(visits["frequency"]) >= 4
    assert len(visits["lasting"]) >= 4
    assert all(visit.hour not in {15, 16} for visit in visits["hours"])
    assert len(visits["own"]) >= 8
    assert kept(visits["own"], HOUR)
    assert len(visits["own-later"]) >= 8
    assert kept(visits["own-later"][1:], HOUR)
    # What the server asked for is over at once when it is: no failure before it counts on.
    assert all(len(visits[f"limited-{status}"]) >= 8 for status in (429, 404, 500))


def check_rhythms(room: Stage, visits: dict[str, list[datetime]]) -> None:
    """Quiet feeds are asked ever more rarely, busy ones as often as allowed, `every` is kept; news makes faster."""
    assert gaps(visits["quiet"])[-1] > 2 * gaps(visits["quiet"])[0]
    assert gaps([at for at in visits["busy"] if at < RUSH_ENDS])[-1] <= SHORTEST + MINUTE
    assert len(visits["exact"]) >= 30
    assert kept(visits["exact"], 20 * MINUTE)
    slowed, after = around(visits["surging"], BURST)
    assert after <= 0.57 * slowed
    assert room.row("surging").gap_from is None
    slowed, after = around(visits["flooding"], BURST)
    assert after <= 0.29 * slowed
    # Between which moments items may be missing, as it is shown.
    found = next(at for at in visits["flooding"] if at >= BURST)
    before = visits["flooding"][visits["flooding"].index(found) - 1]
    flooding = room.row("flooding")
    assert (flooding.gap_from, flooding.gap_until) == (before, found)
    notes = [run.note for run in room.room.store.feed_history(flooding.id) if run.note]
    sentence = f"items may be missing between {before:%Y-%m-%d %H:%M:%S} and {found:%Y-%m-%d %H:%M:%S} UTC"
    assert notes == [sentence]
    # Of new items alone nothing is lost.
    assert room.row("differing").items >= LISTED + 12 * 2 - 1
    assert 226 in room.statuses("differing")


def kept(visits: list[datetime], every: timedelta) -> bool:
    """Whether all but the first wait, which spreads new feeds, are that long; ticks come up to a grain late."""
    return all(abs(gap - every) <= GRAIN for gap in gaps(visits)[1:])


def around(visits: list[datetime], moment: datetime) -> tuple[timedelta, timedelta]:
    """How long the wait before the first visit from `moment` on was, and the one after it."""
    first = next(number for number, at in enumerate(visits) if at >= moment)
    return visits[first] - visits[first - 1], visits[first + 1] - visits[first]


def check_errors(room: Stage, visits: dict[str, list[datetime]]) -> None:
    """Each wait is about twice the one before it; then the slow lane. States are told apart, and so are feeds."""
    waits = gaps(visits["failing0"])
    assert all(1.7 <= later / earlier <= 2.3 for earlier, later in itertools.pairwise(waits))
    assert len({tuple(visits[f"failing{number}"]) for number in range(3)}) > 1
    assert len(visits["gone"]) == 1
    states = room.states()
    assert {name: states[name] for name in ("strong", "gone", "guarded", "turned", "failing0", "forbidding")} == {
        "strong": "ok",
        "gone": "gone",
        "guarded": "blocked",
        "turned": "html",
        "failing0": "backing_off",
        "forbidding": "broken",
    }
    assert set(room.notices()) >= {("feed.broken", "gone"), ("feed.broken", "forbidding")}


def check_spread(visits: dict[str, list[datetime]]) -> None:
    """Feeds that were added together, and those of one host, do not come together."""
    shared = [visits[f"shared/{number}"] for number in range(SHARED)]
    second = sorted(of_one[1] for of_one in shared)
    assert second[-1] - second[0] > 4 * MINUTE
    # Together they would all come within the minute that the gap of their host takes.
    late = sorted(at for of_one in shared for at in of_one if at > BEGIN + HOUR)
    assert max(sum(1 for other in late if at <= other < at + MINUTE) for at in late) <= 5


@pytest.mark.long
def test_restarts_and_kills_cost_no_publisher_a_request_too_many(tmp_path):
    contact = "https://desk.example/bot"
    press = Press(lambda: datetime.now(UTC), contact=contact)
    paths = [f"/{number}" for number in range(4)]
    script = lambda visit, before: Page(rss([Item("1", "One")]), headers=RSS, validators={"ETag": '"one"'})  # noqa: E731
    urls = [press.publish("127.0.0.1", script, path) for path in paths]
    home = Home(tmp_path, fetch_allow=[press.address], host_gap="2s", contact_url=contact)
    home.write("feeds", feeds=[{"url": url, "every": "8s"} for url in urls])
    kills = 0
    try:
        for end in ("stop", "kill", "kill", "stop"):
            asked = len(press.log)
            service = home.start("up")
            try:
                service.wait_for(lambda before=asked: len(press.log) >= before + 6, "six more requests")
                getattr(service, end)()
            finally:
                service.close()
            kills += end == "kill"
        assert press.rudeness() == []
        # What a killed process had asked and not written down must be asked again: once a feed and kill at most.
        hasty = press.haste(at_least=(8 - 2) * SECOND, one_host=(2 - 1) * SECOND)  # requests travel a while
        assert len(hasty) <= kills * len(paths), hasty
        again = [page.status for visit, page in press.log[len(paths) :]]
        assert again.count(200) <= kills
    finally:
        press.close()
