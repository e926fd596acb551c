"""Twelve hours of polling, played in a minute: every publisher reads its log, and has nothing to complain of.

The verbs run on a real store and over the real guarded transport; only the clock is moved by hand.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from golden.newsroom import BEGIN, MovedClock, Newsroom, migrated, opened
from servers.documents import Item, rss
from servers.press import Page, Press
from servers.tocsin import Home

from config.values import ChannelLine, Configuration, FeedLine, Settings, SubscriberLine
from worker.errors import NameNotFound
from worker.fetch.egress import Egress
from worker.fetch.feed_fetcher import FeedFetcher
from worker.fetch.loop_thread import LoopThread
from worker.fetch.policy import Policy
from worker.fetch.transport import GuardedTransport
from worker.fetch.user_agent import user_agent
from worker.records import Fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.press import Visit

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHORTEST = 5 * MINUTE
RSS = {"Content-Type": "application/rss+xml"}
LISTED = 20


def listed(at: datetime, every: timedelta, *, more: str = "") -> bytes:
    """A feed with an item `every` so often, as it stands at that time."""
    last = int((at - BEGIN) / every)
    given = [
        Item(f"n{number}", f"Item {number}", "Text.", published=BEGIN + number * every)
        for number in range(last, last - LISTED, -1)
    ]
    return rss(given).replace(b"<channel>", b"<channel>" + more.encode())


def feed(
    every: timedelta = HOUR,
    *,
    etag: str | None = '"{}"',
    modified: str | None = None,
    more: str = "",
    wait: timedelta = timedelta(0),
    **headers: str,
) -> Callable[[Visit, int], Page]:
    """A feed as it should be; `{}` in the validators stands for what tells its states apart."""

    def page(visit: Visit, _: int) -> Page:
        state = int((visit.at - BEGIN) / every)
        pairs = {"ETag": etag, "Last-Modified": modified}
        validators = {name: value.format(state) for name, value in pairs.items() if value is not None}
        lines = RSS | {name.replace("_", "-"): value for name, value in headers.items()}
        return Page(listed(visit.at, every, more=more), headers=lines, validators=validators, wait=wait)

    return page


def always(status: int, **more: object) -> Callable[[Visit, int], Page]:
    return lambda visit, before: Page(b"sorry", status, **more)


def in_turn(*scripts: Callable[[Visit, int], Page]) -> Callable[[Visit, int], Page]:
    """The first visit gets the first script, and so on; the last one stays."""
    return lambda visit, before: scripts[min(before, len(scripts) - 1)](visit, before)


def unreadable(visit: Visit, before: int) -> Page:
    return Page(b"<html><body>Back soon</body></html>", headers={"Content-Type": "text/html"}, unreadable=True)


def expires(visit: Visit, before: int) -> Page:
    lines = {"Expires": format_datetime(visit.at + 3 * HOUR, usegmt=True)}
    return replace(feed()(visit, before), headers=RSS | lines, wait=3 * HOUR)


def busy_until(visit: Visit, before: int) -> Page:
    until = format_datetime(visit.at + 2 * HOUR, usegmt=True)
    return Page(b"later", 503, headers={"Retry-After": until}, wait=2 * HOUR - timedelta(seconds=1))


def differences(visit: Visit, before: int) -> Page:
    """A server that sends new items alone to whoever asks for that (RFC 3229)."""
    whole = feed(20 * MINUTE)(visit, before)
    held = visit.headers.get("if-none-match")
    if visit.headers.get("a-im") != b"feed" or held is None or held == whole.validators["ETag"].encode():
        return whole
    since = int(held.strip(b'"'))
    now = int((visit.at - BEGIN) / (20 * MINUTE))
    given = [Item(f"n{n}", f"Item {n}", "Text.", published=BEGIN + n * 20 * MINUTE) for n in range(now, since, -1)]
    return replace(whole, body=rss(given), status=226, headers=RSS | {"IM": "feed"})


class Stage:
    """A service of one process whose names all lead to one press."""

    def __init__(self, store, press: Press, clock: MovedClock, settings: Settings) -> None:
        self.press, self.clock = press, clock
        self._hosts: list[str] = []
        self._lines: list[FeedLine] = []
        self.room = Newsroom(store, clock=clock, settings=settings)

    def feed(self, host: str, script: Callable[[Visit, int], Page], path: str = "/feed", **line: object) -> str:
        url = self.press.publish(f"{host}.example", script, path)
        self._hosts.append(f"{host}.example")
        self._lines.append(FeedLine(url, f"{host}{path.removeprefix('/feed')}", **line))
        return url

    def open(self) -> None:
        policy = Policy([f"{host}:{self.press.port}" for host in dict.fromkeys(self._hosts)])

        async def look_up(name: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        transport = GuardedTransport(policy, look_up=look_up)
        agent = user_agent("0.1", "https://desk.example/about")
        self.room.web = FeedFetcher(Egress(LoopThread(), transport, agent, self.clock))
        self.room.apply(
            Configuration(
                feeds=tuple(self._lines), subscribers=(SubscriberLine("desk", channels=(ChannelLine("log"),)),)
            )
        )

    def play(self, span: timedelta) -> None:
        """Let time pass, second by second where something is due."""
        until = self.clock.now() + span
        while self.clock.now() < until:
            self.room.run()
            due = min(row.next_poll_at for row in self.room.store.feeds_list() if row.state != "disabled")
            self.clock.moment = max(self.clock.now() + timedelta(seconds=1), min(due, until))

    def visits(self, host: str, path: str = "/feed") -> list[datetime]:
        return [visit.at for visit, _ in self.press.visits(f"{host}.example", path)]

    def row(self, name: str):
        return next(row for row in self.room.store.feeds_list() if row.name == name)

    def notices(self) -> list[tuple[str, str]]:
        return [(message.type, message.data["feed"]["name"]) for message in self.room.boxes["log"].got if message.data]

    def close(self) -> None:
        self.room.web.close()
        self.press.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []
    template = migrated(tmp_path)
    with opened(template, tmp_path) as store:

        def make(**settings: object) -> Stage:
            clock = MovedClock()
            made.append(Stage(store, Press(clock.now), clock, Settings(**settings)))
            return made[-1]

        yield make
        for one in made:
            one.close()


def gaps(visits: list[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in itertools.pairwise(visits)]


def fill(room: Stage) -> str:
    """All kinds of publishers; return where the feed that moves goes."""
    # Validators of every kind come back as they were.
    room.feed("strong", feed())
    room.feed("weak", feed(etag='W/"{}"'))
    room.feed("bare", feed(etag="no-quotes-{}"))
    room.feed("dated", feed(etag=None, modified="Sun, 01 Mar 2026 12:{:02}:00 GMT"))
    room.feed("odd", feed(modified="Sunday, 01-Mar-26 {:02}:00:00 +0000"))
    room.feed("none", feed(etag=None))
    room.feed("renewed", renewed)
    room.feed("spoiled", in_turn(feed(), unreadable, feed()))
    room.feed("queried", feed(), "/feed?id=7&lang=uk")
    # What the publisher wishes is a floor.
    room.feed("fresh", feed(wait=HOUR, Cache_Control="public, max-age=3600"))
    room.feed("expires", expires)
    room.feed("ttl", feed(more="<ttl>60</ttl>", wait=HOUR))
    room.feed("sy", feed(more=f"<sy:updatePeriod xmlns:sy='{SY}'>hourly</sy:updatePeriod>", wait=HOUR))
    room.feed("hours", feed(more="<skipHours><hour>15</hour><hour>16</hour></skipHours>"))
    room.feed("days", feed(more="<skipDays><day>Sunday</day></skipDays>", wait=12 * HOUR - MINUTE))
    room.feed("limited", in_turn(feed(), always(429, headers={"Retry-After": "7200"}, wait=2 * HOUR), feed()))
    room.feed("later", in_turn(feed(), busy_until, feed()))
    room.feed("asking", feed(wait=HOUR, Retry_After="3600"))
    # Rhythms.
    room.feed("quiet", lambda visit, before: Page(listed(BEGIN, HOUR), headers=RSS, validators={"ETag": '"q"'}))
    room.feed("busy", feed(timedelta(seconds=20), etag=None))
    room.feed("exact", feed(), every=7 * MINUTE)
    room.feed("differing", differences)
    # Errors.
    room.feed("failing", always(500))
    room.feed("absent", always(404))
    room.feed("gone", always(410))
    room.feed("forbidding", always(403))
    room.feed("guarded", lambda visit, before: Page(b"<title>Just a moment...</title>", 403))
    # Moves.
    there = room.feed("new-home", feed(), "/new")
    room.feed("moving", always(301, headers={"Location": there + "?from=old"}))
    room.press.publish("new-home.example", feed(), "/new?from=old", behind=True)
    room.feed("detour", always(302, headers={"Location": there + "?detour"}))
    room.press.publish("new-home.example", feed(), "/new?detour", behind=True)
    # One host, many feeds.
    for number in range(12):
        room.feed("shared", feed(), f"/feed/{number}")
    return there + "?from=old"


def test_twelve_hours_without_a_complaint(stage):
    room = stage(redirect_after=2 * HOUR)
    there = fill(room)
    room.open()
    room.play(12 * HOUR)

    assert room.press.complaints(at_least=SHORTEST) == []
    # Every feed was found, and asked often enough to be of use.
    visits = {row.name: room.visits(*host_and_path(row.name)) for row in room.room.store.feeds_list()}
    assert min(map(len, visits.values())) >= 1
    assert all(len(visits[name]) >= 8 for name in ("strong", "weak", "bare", "dated", "odd", "none", "spoiled"))
    # Rhythm: quiet feeds are asked ever more rarely, busy ones as often as allowed, `every` is kept.
    assert gaps(visits["quiet"])[-1] > 2 * gaps(visits["quiet"])[0]
    assert gaps(visits["busy"])[-1] <= SHORTEST + MINUTE
    assert room.row("busy").gap_from is not None
    assert all(gap == 7 * MINUTE for gap in gaps(visits["exact"])[1:])
    assert all(visit.hour not in {15, 16} for visit in visits["hours"])
    # Of new items alone nothing is lost.
    assert room.row("differing").items >= LISTED + 12 * 3 - 1
    assert 226 in {page.status for _, page in room.press.visits("differing.example")}
    # Errors: each wait is about twice the one before it; then the slow lane.
    waits = gaps(visits["failing"])
    assert all(1.7 <= later / earlier <= 2.3 for earlier, later in itertools.pairwise(waits))
    assert len(visits["gone"]) == 1
    states = {row.name: row.state for row in room.room.store.feeds_list()}
    assert {name: states[name] for name in ("strong", "gone", "guarded", "failing", "forbidding")} == {
        "strong": "ok",
        "gone": "gone",
        "guarded": "blocked",
        "failing": "backing_off",
        "forbidding": "broken",
    }
    assert set(room.notices()) >= {("feed.broken", "gone"), ("feed.broken", "forbidding")}
    # Moves: the permanent one is believed after two hours, the other never.
    assert room.row("moving").polled_url == there
    assert visits["moving"][-1] < BEGIN + 6 * HOUR
    assert room.row("detour").polled_url == room.row("detour").url
    assert visits["detour"][-1] > BEGIN + 11 * HOUR


SY = "http://purl.org/rss/1.0/modules/syndication/"


def host_and_path(name: str) -> tuple[str, str]:
    host, _, rest = name.partition("/")
    host, mark, query = host.partition("?")
    return (host, f"/feed/{rest}" if rest and rest != "new" else "/new" if rest else f"/feed{mark}{query}")


def renewed(visit: Visit, before: int) -> Page:
    """A server whose 304s bring a new Last-Modified each time; that one counts from then on."""
    fresh = format_datetime(visit.at, usegmt=True)
    held = visit.headers.get("if-none-match") == b'"r"'
    validators = {"ETag": '"r"', "Last-Modified": fresh}
    if held:
        return Page(status=304, validators=validators)
    return Page(listed(BEGIN, HOUR), headers=RSS, validators=validators, unchanged=False)


def test_a_broken_feed_is_tried_daily_and_its_owner_hears_of_it_twice(stage):
    room = stage()
    mended_at = BEGIN + timedelta(days=5)

    def script(visit: Visit, before: int) -> Page:
        return feed()(visit, before) if visit.at >= mended_at or not before else Page(b"no", 403)

    room.feed("forbidding", script)
    room.open()
    room.play(timedelta(days=7))
    visits = room.visits("forbidding")
    broken = [at for at in visits if BEGIN + timedelta(days=1) < at < mended_at]
    assert all(timedelta(hours=22) <= gap <= timedelta(hours=26) for gap in gaps(broken))
    assert len(broken) >= 3
    assert room.notices() == [("feed.broken", "forbidding"), ("feed.recovered", "forbidding")]
    assert room.row("forbidding").state in {"ok", "stale"}
    assert room.press.complaints(at_least=SHORTEST) == []


def test_a_server_whose_304s_lie_is_found_out_within_two_days_and_asked_in_full_once_a_day_at_most(stage):
    room = stage()

    def script(visit: Visit, before: int) -> Page:
        return replace(feed()(visit, before), validators={"ETag": '"the-same"'})

    room.feed("lying", script)
    room.open()
    room.play(timedelta(days=4))
    assert room.press.complaints(at_least=SHORTEST) == []
    whole = [visit.at for visit, page in room.press.visits("lying.example") if page.status == 200]
    assert len(whole) >= 3
    assert all(gap >= timedelta(days=1) for gap in gaps(whole))
    assert room.row("lying").items >= 2 * LISTED


def test_when_the_network_is_down_no_feed_is_to_blame(stage):
    room = stage()
    for number in range(12):
        room.feed(f"host{number}", feed())
    room.open()
    room.play(HOUR)
    web = room.room.web

    class Unplugged:
        def fetch(self, requests, *, in_flight, stop, idle=None):
            for request in requests:
                yield Fetched(request.key, NameNotFound("name not found"), 0.1)

    room.room.web = Unplugged()
    room.play(8 * HOUR)
    assert {row.state for row in room.room.store.feeds_list()} <= {"ok", "backing_off"}
    assert not room.notices()
    room.room.web = web
    room.play(HOUR)
    assert {row.state for row in room.room.store.feeds_list()} == {"ok"}


def test_restarts_and_kills_cost_no_publisher_a_request_too_many(tmp_path):
    press = Press(lambda: datetime.now(UTC))
    paths = [f"/{number}" for number in range(4)]
    script = lambda visit, before: Page(rss([Item("1", "One")]), headers=RSS, validators={"ETag": '"one"'})  # noqa: E731
    urls = [press.publish("127.0.0.1", script, path) for path in paths]
    home = Home(tmp_path, fetch_allow=[press.address], host_gap="1s", contact_url="https://desk.example/bot")
    home.write("feeds", feeds=[{"url": url, "every": "4s"} for url in urls])
    kills = 0
    try:
        for end in ("stop", "kill", "stop", "kill", "stop"):
            asked = len(press.log)
            service = home.start("up")
            try:
                service.wait_for(lambda before=asked: len(press.log) >= before + 6, "six more requests")
                getattr(service, end)()
            finally:
                service.close()
            kills += end == "kill"
        # What a killed process had asked and not written down must be asked again: once a feed and kill at most.
        slack = timedelta(seconds=0.5)
        hasty = press.complaints(at_least=timedelta(seconds=4) - slack, one_host=timedelta(seconds=1) - slack)
        assert len(hasty) <= kills * len(paths), hasty
        again = [page.status for path in paths for _, page in press.visits("127.0.0.1", path)[1:]]
        assert again.count(200) <= kills
    finally:
        press.close()
