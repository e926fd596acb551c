"""What publishers complain of, by what stands in their logs."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from servers.press import Page, Place, Visit

REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNWANTED = ("cookie", "referer", "authorization", "cache-control", "pragma", "range", "from")
REFUSED_CONDITIONS = frozenset({400, 412})
ONE_HOST = timedelta(seconds=5)
AT_ONCE = 2
A_DAY = timedelta(days=1)
ONE_POLL = timedelta(seconds=20)
"""Whoever follows a redirect does so within the time of one poll."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit, and how it came about.

    Attributes:
        feed: The address at which the poll began: the visit's own, or the first of the redirects that led here.
        led_by: The address whose redirect led here, None for the first request of a poll.
    """

    visit: Visit
    page: Page
    feed: Place
    led_by: Place | None


def followed(log: Iterable[tuple[Visit, Page]]) -> Iterator[Seen]:
    """Tell the hops of redirects from first requests: a hop is the one next visit of the address in a Location."""
    expected: dict[Place, deque[tuple[datetime, Place, Place]]] = defaultdict(deque)
    for visit, page in log:
        waiting = expected[visit.place]
        while waiting and visit.at - waiting[0][0] > ONE_POLL:
            waiting.popleft()
        feed, led_by = waiting.popleft()[1:] if waiting else (visit.place, None)
        yield Seen(visit, page, feed, led_by)
        there = page.leads_to(visit.place)
        if there is not None:
            expected[there].append((visit.at, feed, visit.place))


def rudeness(log: Iterable[tuple[Visit, Page]], *, contact: str) -> Iterator[str]:
    """Headers that nobody wants, or that are missing, and validators that are not those of the last answer."""
    seen = [*followed(log)]
    agent = re.compile(rf"Tocsin/\d[\w.+-]* \(\+{re.escape(contact)}\)")
    for one in seen:
        yield from (f"{one.visit.place}: {fault}" for fault in _of_headers(one.visit, agent))
    yield from _of_validators(seen)


def crowding(log: Iterable[tuple[Visit, Page]], gap: timedelta) -> Iterator[str]:
    """Two polls of one host come `gap` apart.

    The hop of a redirect within the host is no poll of its own; and of the first one from elsewhere nobody could know.
    """
    last: dict[str, datetime] = {}
    known: set[tuple[str, Place]] = set()
    for one in followed(log):
        host = one.visit.place.host
        is_new = (host, one.feed) not in known
        known.add((host, one.feed))
        if one.led_by is not None and is_new:
            continue
        own_hop = one.led_by is not None and one.led_by.host == host
        if host in last and not own_hop and one.visit.at - last[host] < gap:
            yield f"{host}: requests only {one.visit.at - last[host]} apart (at {one.visit.at:%d %H:%M:%S})"
        last[host] = one.visit.at


def haste(log: Iterable[tuple[Visit, Page]], at_least: timedelta) -> Iterator[str]:
    """Each feed comes to an address no sooner than that wished the last time."""
    streams: dict[Place, _Streams] = defaultdict(_Streams)
    for one in followed(log):
        stream = streams[one.visit.place].of(one)
        if stream.at is not None:
            wait = max(stream.wait, at_least)
            waited = one.visit.at - stream.at
            if waited < wait:
                yield f"{one.visit.place}: asked again after {waited}, not {wait} (at {one.visit.at:%d %H:%M:%S})"
        stream.at, stream.wait = one.visit.at, one.page.wait


def _of_headers(visit: Visit, wanted: re.Pattern[str]) -> Iterator[str]:
    if visit.method != "GET":
        yield f"{visit.method}, not GET"
    agent = visit.headers.get("user-agent", b"").decode()
    if not wanted.fullmatch(agent):
        yield f"who is {agent!r}?"
    accepted = visit.headers.get("accept", b"").decode()
    yield from (f"Accept lacks {kind}" for kind in ("rss+xml", "atom+xml", "feed+json", "*/*") if kind not in accepted)
    codings = visit.headers.get("accept-encoding", b"").decode()
    yield from (f"Accept-Encoding lacks {coding}" for coding in ("gzip", "br", "zstd") if coding not in codings)
    yield from (f"{name} was sent" for name in UNWANTED if name in visit.headers)
    delta = visit.headers.get("a-im")
    if delta is not None and (delta != b"feed" or "if-none-match" not in visit.headers):
        yield f"A-IM {delta!r} without a state to differ from"


@dataclass
class _Stream:
    """What one feed was given at one address.

    Attributes:
        at, wait: Of the last visit.
        held: The validators of the last answer; `or_none`: they may be gone, for that answer was a redirect.
        whole_at: When a whole document was sent last.
    """

    at: datetime | None = None
    wait: timedelta = timedelta(0)
    held: Mapping[str, str] = field(default_factory=dict)
    or_none: bool = False
    whole_at: datetime | None = None


class _Streams:
    """The feeds that come to one address."""

    def __init__(self) -> None:
        self._streams: dict[Place, _Stream] = {}

    def of(self, one: Seen) -> _Stream:
        """The visit's stream. One that comes here directly for the first time has been led here until now, if any."""
        if one.feed not in self._streams:
            led = [stream for stream in self._streams.values() if stream.at is not None]
            moved = one.led_by is None and bool(led)
            self._streams[one.feed] = replace(max(led, key=lambda stream: stream.at)) if moved else _Stream()
        return self._streams[one.feed]


def _of_validators(log: Iterable[Seen]) -> Iterator[str]:
    """Those of the last good answer come back byte for byte, none after one that could not be read or was refused."""
    streams: dict[Place, _Streams] = defaultdict(_Streams)
    for one in log:
        visit, page, stream = one.visit, one.page, streams[one.visit.place].of(one)
        asked = {
            name: visit.headers[header].decode("latin-1")
            for name, header in (("ETag", "if-none-match"), ("Last-Modified", "if-modified-since"))
            if header in visit.headers
        }
        in_full = stream.or_none or stream.whole_at is None or visit.at - stream.whole_at >= A_DAY
        if asked != stream.held and (asked or not in_full):
            yield f"{visit.place}: asked with {asked}, not {stream.held} (at {visit.at:%d %H:%M:%S})"
        stream.at, stream.or_none = visit.at, page.status in REDIRECTS
        if page.unreadable or page.status in REFUSED_CONDITIONS:
            stream.held = {}
        elif page.status in {200, 226}:
            stream.held = dict(page.validators)
        elif page.status == 304:
            stream.held = {**stream.held, **page.validators}
        if page.status == 200:
            stream.whole_at = visit.at
