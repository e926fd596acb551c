"""Full text: read the pages behind new items, so that watch lists see more than the feed says (INTERFACE 2).

With the manners of a good crawler: what robots.txt forbids is not asked for, and a host is asked one thing at a time,
with pauses. Whatever goes wrong costs the text and nothing else: the item is matched by what its feed says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from config.rules import is_public
from worker.errors import ParseError
from worker.feeds.host import host_of
from worker.feeds.links import without_userinfo
from worker.feeds.robots import Rules, address_of, rules
from worker.records import FetchRequest, FetchResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from worker.clock import Clock
    from worker.pipeline.ports import Fetcher, FullTextStore, ReadPage
    from worker.records import Fetched, Manners

PAGES_A_POLL = 20
"""Of more new items than this only the latest get their text."""

WITHIN = timedelta(seconds=60)
"""No request begins later than this after the first: an alert must not wait longer for a page."""

RULES_LAST = timedelta(hours=24)
"""How long a robots.txt is believed (RFC 9309, 2.4)."""

DOUBT_LASTS = timedelta(hours=1)
"""How long a site that could not say what it allows is left alone."""

HOSTS = 2_000
"""So many are remembered; those not asked for the longest are forgotten."""

RULES_ROOM = 8_000_000
"""Characters of rules that are remembered in all."""

V = TypeVar("V")

_LONGEST_NAP_S = 1.0
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Hosts:
    """What a process knows of the hosts whose pages it reads; the engine keeps one. For one thread at a time.

    `asked` also takes what others ask of a host, so that a feed and its pages are not asked for in one breath.
    """

    _asked: dict[str, datetime] = field(default_factory=dict)
    _rules: dict[str, tuple[Rules, datetime]] = field(default_factory=dict)

    def asked(self, url: str, *, now: datetime) -> None:
        """Remember that a request for `url` begins."""
        _remember(self._asked, host_of(url), now)

    def last_asked(self, url: str) -> datetime:
        """When the host of `url` was asked last; long ago, where nobody remembers."""
        return self._asked.get(host_of(url), _NEVER)

    def learn(self, url: str, found: Rules, *, now: datetime) -> None:
        """Remember what the origin of `url` allows."""
        _remember(self._rules, address_of(url), (found, now + (DOUBT_LASTS if found.undecided else RULES_LAST)))
        while sum(len(kept.group) for kept, _ in self._rules.values()) > RULES_ROOM:
            del self._rules[next(iter(self._rules))]

    def rules_of(self, url: str, *, now: datetime) -> Rules | None:
        """What the origin of `url` allows, or None where it must be asked."""
        known = self._rules.get(address_of(url))
        return known[0] if known is not None and now < known[1] else None


@dataclass(frozen=True, slots=True)
class PageReading:
    """The parts that reading pages works with. `wait` sleeps so many seconds."""

    store: FullTextStore
    fetcher: Fetcher
    read_page: ReadPage
    hosts: Hosts
    manners: Manners
    clock: Clock
    wait: Callable[[float], None]
    within: timedelta = WITHIN


def read_pages(parts: PageReading, items: Sequence[int], *, stop: Callable[[], bool] = lambda: False) -> int:
    """Read the pages behind those of `items` that wait for it, and return how many gave their text.

    1. Take the latest pages, each address once.
    2. Round by round, ask of each host one thing: its robots.txt where that is not known, else its next page.
    3. Read what comes as HTML.
    4. Keep the texts, in one go.

    It ends when all is asked, when `within` is over, or when `stop` turns true. Whoever calls matches all the items.
    """
    run = _Run(parts, stop)
    for page in parts.store.pages_of(items)[:PAGES_A_POLL]:
        run.want(page.item, page.link)
    while requests := run.next_round():
        for fetched in parts.fetcher.fetch(requests, in_flight=PAGES_A_POLL, stop=run.is_over):
            run.take(fetched)
    if run.texts:
        parts.store.add_full_texts(run.texts)
    return len(run.texts)


class _Run:
    """One call under way: the addresses that are left of each host, and the texts so far (item -> text)."""

    def __init__(self, parts: PageReading, stop: Callable[[], bool]) -> None:
        self.texts: dict[int, str] = {}
        self._parts = parts
        self._stop = stop
        self._ends = parts.clock.now() + parts.within
        self._items: dict[str, list[int]] = {}
        self._left: dict[str, list[str]] = {}
        self._pages: dict[int, str] = {}
        self._robots: dict[int, str] = {}

    def want(self, item: int, link: str) -> None:
        """Add a page; a link that is no URL is left out."""
        url = without_userinfo(link).partition("#")[0]
        try:
            host = host_of(url)
        except ValueError:
            return
        if url not in self._items:
            self._left.setdefault(host, []).append(url)
        self._items.setdefault(url, []).append(item)

    def is_over(self) -> bool:
        """Whether no further request may begin."""
        return self._stop() or self._parts.clock.now() >= self._ends

    def next_round(self) -> list[FetchRequest]:
        """Wait until a host may be asked, and return what to ask, one request a host; nothing where all is over."""
        while not self.is_over():
            now = self._parts.clock.now()
            turns = {url: self._turn(url, now) for url in self._allowed(now)}
            if ready := [url for url, turn in turns.items() if turn <= now]:
                self._pages, self._robots = {}, {}
                return [self._request(key, url, now) for key, url in enumerate(ready)]
            soonest = min(turns.values(), default=self._ends)
            if soonest >= self._ends:
                break
            self._parts.wait(min((soonest - now).total_seconds(), _LONGEST_NAP_S))
        return []

    def take(self, fetched: Fetched) -> None:
        """Deal with one answer."""
        response = fetched.result if isinstance(fetched.result, FetchResponse) else None
        if (asked := self._robots.get(fetched.key)) is not None:
            found = rules(response.body, response.status) if response is not None else rules(None, None)
            self._parts.hosts.learn(asked, found, now=self._parts.clock.now())
        elif response is not None and _is_page(response) and not self.is_over():
            self._read(self._pages[fetched.key], response)

    def _read(self, url: str, response: FetchResponse) -> None:
        try:
            text = self._parts.read_page(response.body, content_type=response.content_type, url=response.url)
        except ParseError:
            return
        if text:
            self.texts |= dict.fromkeys(self._items[url], text)

    def _allowed(self, now: datetime) -> list[str]:
        """The next page of each host that it allows, as far as is known; those that it forbids are dropped."""
        following = []
        for urls in self._left.values():
            while urls and (known := self._parts.hosts.rules_of(urls[0], now=now)) and not known.allow(urls[0]):
                urls.pop(0)
            following += urls[:1]
        return following

    def _turn(self, url: str, now: datetime) -> datetime:
        """When the host of `url` may be asked again."""
        manners, hosts = self._parts.manners, self._parts.hosts
        last = hosts.last_asked(url)
        if last == _NEVER:
            return now
        known = hosts.rules_of(url, now=now)
        asked_for = known.delay if known is not None else None
        return last + max(manners.gap if is_public(url) else manners.private_gap, asked_for or timedelta(0))

    def _request(self, key: int, url: str, now: datetime) -> FetchRequest:
        """Return the request that comes next on the way to the page at `url`."""
        hosts = self._parts.hosts
        hosts.asked(url, now=now)
        if hosts.rules_of(url, now=now) is None:
            self._robots[key] = url
            return FetchRequest(key=key, url=address_of(url), purpose="any")
        self._left[host_of(url)].remove(url)
        self._pages[key] = url
        return FetchRequest(key=key, url=url, purpose="page")


def _is_page(response: FetchResponse) -> bool:
    kind = response.content_type.partition(";")[0].strip().lower()
    return response.status == HTTPStatus.OK and kind in _HTML


def _remember(known: dict[str, V], key: str, value: V) -> None:
    """Set a value, as the latest; forget the oldest beyond what is kept."""
    known.pop(key, None)
    known[key] = value
    if len(known) > HOSTS:
        del known[next(iter(known))]
