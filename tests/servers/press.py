"""Publishers who read their logs: each host serves feeds by a script of its own; `grading` says what they complain of.

One server on loopback plays them all, told apart by the Host header; what time it is comes from the caller.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from servers import grading
from servers.loopback import LoopbackServer, body_of, send

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from http.server import BaseHTTPRequestHandler

SCHEME = "X-Forwarded-Proto"
"""Names the scheme that the reader used, where something before this server undoes TLS."""


class Place(NamedTuple):
    """An address as the log has it; the port is that of the server."""

    scheme: str
    host: str
    path: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as it stands in the log; headers by lower-case name, as received."""

    at: datetime
    place: Place
    method: str
    headers: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, and what the publisher expects after it.

    Attributes:
        wait: No request of this address may come sooner than this after it.
        unreadable: It is no feed, or none that was asked for, so that the next request must ask for a whole one.
        validators: ETag and Last-Modified lines, as sent.
        unchanged: Serve 304 instead where the request's validators are the ones above.
        takes: Seconds of real time until it is sent.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: timedelta = timedelta(0)
    unreadable: bool = False
    validators: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = True
    takes: float = 0.0

    def leads_to(self, place: Place) -> Place | None:
        """Where a redirect from `place` points."""
        if self.status not in grading.REDIRECTS:
            return None
        parts = urlsplit(urljoin(str(place), self.headers["Location"]))
        return Place(parts.scheme, parts.hostname or "", f"{parts.path}?{parts.query}" if parts.query else parts.path)


class Press(LoopbackServer):
    """`publish` a script by address; `complaints` are what the publishers found in their logs.

    `contact` is the address that every reader must name in its User-Agent.
    """

    def __init__(self, now: Callable[[], datetime], *, contact: str) -> None:
        self.log: list[tuple[Visit, Page]] = []
        self.most_at_once: dict[str, int] = defaultdict(int)
        self._now = now
        self._contact = contact
        self._scripts: dict[Place, Callable[[Visit, int], Page]] = {}
        self._of: dict[Place, list[tuple[Visit, Page]]] = defaultdict(list)
        self._at_once: dict[str, int] = defaultdict(int)
        self._astray: list[str] = []
        super().__init__()

    def publish(
        self, host: str, script: Callable[[Visit, int], Page], path: str = "/feed", *, scheme: str = "http"
    ) -> str:
        """Let `host` serve `path` by `script`, which gets the visit and how many came before it; return the URL."""
        self._scripts[Place(scheme, host, path)] = script
        return f"{scheme}://{host}:{self.port}{path}"

    def visits(self, place: Place) -> list[tuple[Visit, Page]]:
        """What the log holds of an address."""
        with self.changed:
            return [*self._of[place]]

    def answer(self, exchange: BaseHTTPRequestHandler) -> None:
        body_of(exchange)
        headers = {name.lower(): value.encode("latin-1") for name, value in exchange.headers.items()}
        scheme = headers.pop(SCHEME.lower(), b"http").decode()
        place = Place(scheme, exchange.headers.get("Host", "").rpartition(":")[0], exchange.path)
        with self.changed:
            visit = Visit(self._now(), place, exchange.command, headers)
            page = self._page(visit)
            # Nobody can know of a host that stands behind a redirect before they were sent there.
            counts = bool(self._of[place]) or not any(one.leads_to(before.place) == place for before, one in self.log)
            self.log.append((visit, page))
            self._of[place].append((visit, page))
            self._at_once[place.host] += counts
            self.most_at_once[place.host] = max(self._at_once[place.host], self.most_at_once[place.host])
        time.sleep(page.takes)
        with self.changed:
            # Before the answer leaves: whoever has it may send the next request at once.
            self._at_once[place.host] -= counts
        exchange.date_time_string = lambda timestamp=None: format_datetime(visit.at, usegmt=True)
        send(exchange, page.status, {**page.headers, **page.validators, "Set-Cookie": "seen=1"}, page.body)

    def _page(self, visit: Visit) -> Page:
        script = self._scripts.get(visit.place)
        if script is None:
            self._astray.append(f"{visit.place}: nobody was told of this address")
            return Page(b"what?", 404)
        page = script(visit, len(self._of[visit.place]))
        if page.unchanged and page.status == 200 and _asks_for(visit, page):
            return replace(page, body=b"", status=304)
        return page

    def complaints(self, *, at_least: timedelta, one_host: timedelta = grading.ONE_HOST) -> list[str]:
        """Everything that a publisher could object to; `at_least` lies between two requests of one address."""
        return [*self.rudeness(), *self.haste(at_least=at_least, one_host=one_host)]

    def rudeness(self) -> list[str]:
        """What the publishers object to in the requests themselves, and in how many came at once."""
        crowds = [
            f"{host}: {count} requests at once"
            for host, count in sorted(self.most_at_once.items())
            if count > grading.AT_ONCE
        ]
        return [*self._astray, *crowds, *grading.rudeness(self.log, contact=self._contact)]

    def haste(self, *, at_least: timedelta, one_host: timedelta = grading.ONE_HOST) -> list[str]:
        """Which requests came too soon after others."""
        return [*grading.haste(self.log, at_least), *grading.crowding(self.log, one_host)]


def _asks_for(visit: Visit, page: Page) -> bool:
    etag, modified = page.validators.get("ETag"), page.validators.get("Last-Modified")
    if "if-none-match" in visit.headers:
        return etag is not None and visit.headers["if-none-match"] == etag.encode("latin-1")
    asked = visit.headers.get("if-modified-since")
    return asked is not None and modified is not None and asked == modified.encode("latin-1")
