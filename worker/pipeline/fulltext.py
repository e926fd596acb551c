"""Full text: read the pages behind new items, so that watch lists see more than the feed says (INTERFACE 2).

With the manners of a good crawler, at every hop of a redirect: what robots.txt forbids is not asked for, and a host is
asked one thing at a time, with pauses, in turn with the polls of its feeds and with other processes. Whatever goes
wrong costs the text and nothing else: the item is matched by what its feed says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.rules import is_public
from worker.errors import DeadlineExceeded, ParseError, Unreachable
from worker.feeds.robots import address_of, rules
from worker.pipeline.page_lines import PageLines
from worker.records import FetchRequest, FetchResponse, PageManners

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from worker.clock import Clock
    from worker.pipeline.page_lines import Page
    from worker.pipeline.ports import FullTextStore, PageFetcher, ReadPage
    from worker.pipeline.site_rules import SiteRules
    from worker.records import Fetched, Manners

PAGES_A_POLL = 20
"""Of more new items than this only the latest get their text."""

WITHIN = timedelta(seconds=60)
"""No request begins later than this after the first: an alert must not wait longer for a page."""

IN_HAND = timedelta(seconds=30)
"""A host whose answer we do not live to see is free after this: longer than any request takes."""

_LONGEST_NAP_S = 1.0
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_ENOUGH = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class PageReading:
    """The parts that reading pages works with. `wait` sleeps so many seconds."""

    store: FullTextStore
    fetcher: PageFetcher
    read_page: ReadPage
    rules: SiteRules
    manners: Manners
    clock: Clock
    wait: Callable[[float], None]
    within: timedelta = WITHIN


def read_pages(
    parts: PageReading, items: Sequence[int], *, stop: Callable[[], bool] = lambda: False
) -> Iterator[list[int]]:
    """Read the pages behind those of `items` that wait for it, and yield all items, each once it has what it gets.

    1. Yield those without a page. Of the others take the latest, each address once.
    2. Whenever a host may be asked, ask one thing of it: its robots.txt where that is not known, else its next page.
    3. Read what comes as HTML; follow what redirects, as another page.
    4. Keep the texts, and yield their items: no host waits for another, and no item for the page of another.
    5. When all is asked, when `within` is over, or when `stop` turns true, yield the rest.
    """
    run = _Run(parts, items, stop)
    try:
        yield from filter(None, _steps(parts, run))
    finally:
        run.leave()


def _steps(parts: PageReading, run: _Run) -> Iterator[list[int]]:
    yield run.without_page()
    yield run.ready()
    while requests := run.wait():
        for fetched in parts.fetcher.fetch(requests, in_flight=PAGES_A_POLL, stop=run.is_over, more=run.ask):
            run.take(fetched)
            yield run.ready()
    yield run.rest()


class _Run:
    """One call under way: the pages that are left, what is being asked, and the items that have not been yielded."""

    def __init__(self, parts: PageReading, items: Sequence[int], stop: Callable[[], bool]) -> None:
        self._parts = parts
        self._stop = stop
        self._ends = parts.clock.now() + parts.within
        self._items = dict.fromkeys(items)
        self._lines = PageLines()
        self._wanted = parts.store.pages_of(items)[:PAGES_A_POLL]
        for page in self._wanted:
            self._lines.want(page.item, page.link)
        self._turns: dict[str, datetime] = {}
        self._asked: dict[int, tuple[Page, bool]] = {}  # by key: for which page, and whether it is the page
        self._hosts: dict[str, bool] = {}  # those that are being asked: whether they were claimed
        self._requests = 0

    def is_over(self) -> bool:
        """Whether no further request may begin."""
        return self._stop() or self._parts.clock.now() >= self._ends

    def without_page(self) -> list[int]:
        """The items that no page is to be read for."""
        wanted = {page.item for page in self._wanted}
        return self._yielded([item for item in self._items if item not in wanted])

    def ready(self) -> list[int]:
        """Keep the texts that have come, and return the items that wait for nothing any more."""
        self._allowed(self._parts.clock.now())
        done = self._lines.done()
        texts = {item: text for item, text in done.items() if text}
        if texts:
            self._parts.store.add_full_texts(texts)
        return self._yielded([*done])

    def rest(self) -> list[int]:
        """All that is left."""
        return self._yielded([*self._items])

    def wait(self) -> list[FetchRequest]:
        """Wait until a host may be asked, and return what to ask; nothing where all is over."""
        while not self.is_over():
            if requests := self.ask():
                return requests
            soonest = min((self._turns.get(page.host, self._ends) for page in self._lines.firsts()), default=self._ends)
            if soonest >= self._ends:
                break
            seconds = (soonest - self._parts.clock.now()).total_seconds()
            self._parts.wait(min(max(0.0, seconds), _LONGEST_NAP_S))
        return []

    def ask(self) -> list[FetchRequest]:
        """Take what may be asked now: of each host whose turn it is, and that is not being asked, one thing."""
        if self.is_over():
            return []
        now = self._parts.clock.now()
        pages = {
            page.host: page
            for page in self._allowed(now)
            if page.host not in self._hosts and self._turns.get(page.host, now) <= now
        }
        limited = {host: manners for host, page in pages.items() if (manners := self._manners_at(page, now))}
        later: dict[str, datetime] = {}
        if limited:
            later = self._parts.store.claim_page_hosts(limited, now=now, until=now + IN_HAND)
            self._turns |= later
        free = {host: page for host, page in pages.items() if host not in later}
        self._hosts |= {host: host in limited for host in free}
        return [self._request(page, now) for page in free.values()]

    def take(self, fetched: Fetched) -> None:
        """Deal with one answer. A host that does not answer, or has had enough, is asked for nothing more."""
        page, is_page = self._asked.pop(fetched.key)
        self._leave(page.host)
        result = fetched.result
        response = result if isinstance(result, FetchResponse) else None
        if not is_page:
            found = rules(response.body, response.status) if response is not None else rules(None, None)
            self._parts.rules.learn(page.url, found, now=self._parts.clock.now())
        elif response is not None and response.location is not None:
            self._lines.follow(page, response.location)
        else:
            self._lines.end(page, "" if response is None else self._text(response))
        if isinstance(result, Unreachable | DeadlineExceeded) or (response is not None and response.status in _ENOUGH):
            self._lines.drop(page.host)

    def leave(self) -> None:
        """Free the hosts that are being asked still."""
        for host in [*self._hosts]:
            self._leave(host)

    def _leave(self, host: str) -> None:
        if self._hosts.pop(host):
            self._parts.store.leave_page_hosts([host])

    def _yielded(self, items: list[int]) -> list[int]:
        for item in items:
            del self._items[item]
        return items

    def _text(self, response: FetchResponse) -> str:
        if not _is_page(response) or self.is_over():
            return ""
        try:
            return self._parts.read_page(response.body, content_type=response.content_type, url=response.url)
        except ParseError:
            return ""

    def _allowed(self, now: datetime) -> list[Page]:
        """The next page of each host that it allows, as far as is known; those that it forbids are dropped."""
        while True:
            firsts = [*self._lines.firsts()]
            forbidden = [page for page in firsts if not self._may_be_read(page, now)]
            if not forbidden:
                return firsts
            for page in forbidden:
                self._lines.take(page)
                self._lines.end(page)

    def _may_be_read(self, page: Page, now: datetime) -> bool:
        known = self._parts.rules.of(page.url, now=now)
        if known is None or known is page.allowed_by:
            return True
        page.allowed_by = known if known.allow(page.url) else None
        return page.allowed_by is not None

    def _manners_at(self, page: Page, now: datetime) -> PageManners | None:
        """What the page's host bears; None: anything."""
        manners, known = self._parts.manners, self._parts.rules.of(page.url, now=now)
        asked_for = (known.delay if known is not None else None) or timedelta(0)
        if is_public(page.url):
            return PageManners(manners.concurrency, max(manners.gap, asked_for))
        limits = PageManners(manners.private_concurrency, max(manners.private_gap, asked_for))
        return limits if limits.gap or limits.concurrency is not None else None

    def _request(self, page: Page, now: datetime) -> FetchRequest:
        """Return the request that comes next on the way to a page."""
        key = self._requests
        self._requests += 1
        is_page = self._parts.rules.of(page.url, now=now) is not None
        self._asked[key] = (page, is_page)
        if not is_page:
            return FetchRequest(key=key, url=address_of(page.url), purpose="any")
        self._lines.take(page)
        return FetchRequest(key=key, url=page.url, purpose="page", follow=False)


def _is_page(response: FetchResponse) -> bool:
    kind = response.content_type.partition(";")[0].strip().lower()
    return response.status == HTTPStatus.OK and kind in _HTML
