"""Publishers who read their logs: each host serves feeds by a script of its own, and complains of every bad manner.

One server on loopback plays them all, told apart by the Host header; what time it is comes from the caller.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from servers.loopback import LoopbackServer, body_of, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from http.server import BaseHTTPRequestHandler

AGENT = re.compile(r"Tocsin/\d[\w.+-]* \(\+https?://[^\s()]+\)")
GOOD = frozenset({200, 226, 304})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNWANTED = ("cookie", "referer", "authorization", "cache-control", "pragma", "range", "from")
ONE_HOST = timedelta(seconds=5)
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as it stands in the log; headers by lower-case name, as received."""

    at: datetime
    host: str
    path: str
    headers: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, and what the publisher expects after it.

    Attributes:
        wait: No request of this path may come sooner than this after it.
        unreadable: It is no feed, so that the next request must ask for a whole one.
        validators: ETag and Last-Modified lines, as sent.
        unchanged: Serve 304 instead where the request's validators are the ones above.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: timedelta = timedelta(0)
    unreadable: bool = False
    validators: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = True


Script = "Callable[[Visit, int], Page]"


class Press(LoopbackServer):
    """`publish` a script by URL; `complaints` are what its publishers found in their logs."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.log: list[tuple[Visit, Page]] = []
        self._now = now
        self._scripts: dict[tuple[str, str], Callable[[Visit, int], Page]] = {}
        self._at_once: dict[str, int] = defaultdict(int)
        self._crowds: list[str] = []
        self._behind: set[tuple[str, str]] = set()
        super().__init__()

    def publish(
        self, host: str, script: Callable[[Visit, int], Page], path: str = "/feed", *, behind: bool = False
    ) -> str:
        """Let `host` serve `path` by `script`, which gets the visit and how many came before it; return the URL.

        `behind`: only a redirect leads there, so that nobody can know of it before the first visit.
        """
        self._scripts[host, path] = script
        if behind:
            self._behind.add((host, path))
        return f"http://{host}:{self.port}{path}"

    def visits(self, host: str, path: str | None = None) -> list[tuple[Visit, Page]]:
        """What the log of a host holds."""
        with self.changed:
            return [one for one in self.log if one[0].host == host and path in (None, one[0].path)]

    def answer(self, exchange: BaseHTTPRequestHandler) -> None:
        body_of(exchange)
        host = exchange.headers.get("Host", "").rpartition(":")[0]
        headers = {name.lower(): value.encode("latin-1") for name, value in exchange.headers.items()}
        with self.changed:
            visit = Visit(self._now(), host, exchange.path, headers)
            before = sum(1 for one, _ in self.log if (one.host, one.path) == (host, exchange.path))
            page = self._scripts[host, exchange.path](visit, before)
            if page.unchanged and page.status == 200 and _asks_for(visit, page):
                page = Page(status=304, headers=page.headers, validators=page.validators, wait=page.wait)
            self.log.append((visit, page))
            self._at_once[host] += 1
            if self._at_once[host] > AT_ONCE:
                self._crowds.append(f"{host}: {self._at_once[host]} requests at once")
        exchange.date_time_string = lambda timestamp=None: format_datetime(visit.at, usegmt=True)
        try:
            send(exchange, page.status, {**page.headers, **page.validators, "Set-Cookie": "seen=1"}, page.body)
        finally:
            with self.changed:
                self._at_once[host] -= 1

    def complaints(self, *, at_least: timedelta, one_host: timedelta = ONE_HOST) -> list[str]:
        """Everything that a publisher could object to; `at_least` lies between two requests of one path."""
        found = [*self._crowds]
        for host in sorted({visit.host for visit, _ in self.log}):
            log = self.visits(host)
            found += [f"{host}: {fault}" for visit, _ in log for fault in _of_headers(visit)]
            found += [f"{host}: {fault}" for fault in _of_crowding(self._known(log), one_host)]
            for path in sorted({visit.path for visit, _ in log}):
                mine = self.visits(host, path)
                found += [f"{host}{path}: {fault}" for fault in _of_haste(mine, at_least)]
                found += [f"{host}{path}: {fault}" for fault in _of_validators(mine)]
        return found

    def _known(self, log: list[tuple[Visit, Page]]) -> list[tuple[Visit, Page]]:
        """The visits but for the first ones of what stands behind a redirect."""
        first = {(visit.host, visit.path): visit for visit, _ in reversed(log)}
        unknown = {id(visit) for place, visit in first.items() if place in self._behind}
        return [(visit, page) for visit, page in log if id(visit) not in unknown]


def _asks_for(visit: Visit, page: Page) -> bool:
    etag, modified = page.validators.get("ETag"), page.validators.get("Last-Modified")
    if "if-none-match" in visit.headers:
        return etag is not None and visit.headers["if-none-match"] == etag.encode("latin-1")
    asked = visit.headers.get("if-modified-since")
    return asked is not None and modified is not None and asked == modified.encode("latin-1")


def _of_headers(visit: Visit) -> Iterator[str]:
    agent = visit.headers.get("user-agent", b"").decode()
    if not AGENT.fullmatch(agent):
        yield f"who is {agent!r}?"
    accepted = visit.headers.get("accept", b"").decode()
    yield from (f"Accept lacks {kind}" for kind in ("rss+xml", "atom+xml", "feed+json", "*/*") if kind not in accepted)
    codings = visit.headers.get("accept-encoding", b"").decode()
    yield from (f"Accept-Encoding lacks {coding}" for coding in ("gzip", "br", "zstd") if coding not in codings)
    yield from (f"{name} was sent" for name in UNWANTED if name in visit.headers)
    delta = visit.headers.get("a-im")
    if delta is not None and (delta != b"feed" or "if-none-match" not in visit.headers):
        yield f"A-IM {delta!r} without a state to differ from"


def _of_crowding(log: list[tuple[Visit, Page]], gap: timedelta) -> Iterator[str]:
    """Two polls of one host come `gap` apart; the hop of a redirect is no poll of its own."""
    last: datetime | None = None
    hop = False
    for visit, page in log:
        if last is not None and not hop and visit.at - last < gap:
            yield f"requests only {visit.at - last} apart"
        last, hop = visit.at, page.status in REDIRECTS


def _of_haste(log: list[tuple[Visit, Page]], at_least: timedelta) -> Iterator[str]:
    for (before, page), (visit, _) in itertools.pairwise(log):
        waited = visit.at - before.at
        if waited < max(page.wait, at_least):
            yield f"asked again after {waited}, not {max(page.wait, at_least)} (at {visit.at:%d %H:%M:%S})"


def _of_validators(log: list[tuple[Visit, Page]]) -> Iterator[str]:
    """Those of the last good answer come back byte for byte, none after one that could not be read."""
    held: dict[str, str] = {}
    whole_at: datetime | None = None
    for visit, page in log:
        asked = {
            name: visit.headers[header].decode("latin-1")
            for name, header in (("ETag", "if-none-match"), ("Last-Modified", "if-modified-since"))
            if header in visit.headers
        }
        if asked != held and (asked or whole_at is None or visit.at - whole_at < timedelta(days=1)):
            yield f"asked with {asked}, not {held}"
        if page.unreadable:
            held = {}
        elif page.status in {200, 226}:
            held = dict(page.validators)
        elif page.status == 304:
            held = held | dict(page.validators)
        if page.status == 200:
            whole_at = visit.at
