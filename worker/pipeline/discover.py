"""Find the feeds behind an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from worker.errors import BadResponse, HtmlPage, ParseError
from worker.feeds.decode import decode
from worker.feeds.discovery import Candidate, guesses, known_forms, named_by
from worker.records import Fetched, FetchRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from worker.feeds.discovery import How
    from worker.feeds.model import Document
    from worker.pipeline.ports import Fetcher, Parse
    from worker.records import FetchResponse

IN_FLIGHT = 2
"""Requests to one site at once: what `host_concurrency` allows by default."""

MOST_REQUESTS = 25
"""Candidates that are asked for one address."""

_TURNED_AWAY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that is there.

    Attributes:
        url: To poll: as asked for, or where a permanent redirect leads.
        title: The feed's own, else what the page calls it, or "".
        format: As in `Document`.
        items: How many it holds.
        how: How it was found.
        comments: It tells of comments, by its name.
        document: What it said.
    """

    url: str
    title: str
    format: str
    items: int
    how: How
    document: Document = field(compare=False, repr=False)
    comments: bool = False


def discover(fetcher: Fetcher, parse: Parse, url: str, *, stop: Callable[[], bool] = lambda: False) -> list[FoundFeed]:
    """Return the feeds behind `url`, the likeliest meant first; none where there are none.

    1. Ask the address itself: where it is a feed, that is the answer.
    2. Ask what its site is known to have for it, and what the page declares.
    3. Only where that brought nothing, try where feeds usually lie, two at a time, until one is there.

    At most 26 requests, two at once; none begins when `stop` has turned true. Pages of a server that turns us away
    (429, 503) are asked for no more.

    Raises:
        FetchError: The address itself cannot be read, and no feed was found for it; or it turns us away.
        ParseError: It is neither a feed nor a page, and no feed was found for it.
    """
    search = _Search(fetcher, parse, stop)
    known = known_forms(url)
    try:
        itself, page = search.look_at(url)
    except (BadResponse, ParseError):
        # Some sites refuse robots their pages, and still have feeds for them.
        found = search.ask(known)
        if not found:
            raise
        return found
    if itself is not None:
        return [itself]
    return search.ask([*known, *named_by(*page)]) or search.guess(page[1])


def main_feed(found: Sequence[FoundFeed]) -> FoundFeed:
    """Return the feed that somebody most likely means who gives a page's address: the first that is not of comments."""
    return next((feed for feed in found if not feed.comments), found[0])


class _Search:
    """One search: what may be asked still."""

    def __init__(self, fetcher: Fetcher, parse: Parse, stop: Callable[[], bool]) -> None:
        self._fetcher = fetcher
        self._parse = parse
        self._stopped = stop
        self._turned_away = False
        self._asked: set[str] = set()

    def look_at(self, url: str) -> tuple[FoundFeed | None, tuple[str, str, tuple[str, ...]]]:
        """Ask the address itself: the feed that it is, or its page as text, where that really lies, and its links."""
        self._asked.add(url)
        answers = [*self._fetcher.fetch([FetchRequest(0, url, purpose="any")], in_flight=1, stop=self._stop)]
        if not answers:
            raise BadResponse("stopped before the address could be asked")
        response = answers[0].result
        if isinstance(response, Exception):
            raise response
        if response.status != HTTPStatus.OK:
            raise BadResponse(f"{urlsplit(response.url).hostname} answered {response.status}")
        try:
            document = self._read(response)
        except ParseError as error:
            if not isinstance(error, HtmlPage) and "html" not in response.content_type.lower():
                raise
            return None, (decode(response.body, response.content_type), response.url, response.links)
        return _found(Candidate(url, "itself"), document, url), ("", response.url, ())

    def ask(self, candidates: Iterable[Candidate]) -> list[FoundFeed]:
        """Ask all, and return those that are feeds, in order; each feed once, however many addresses lead to it."""
        once_each: dict[str, Candidate] = {}
        for one in candidates:
            if one.url not in self._asked:
                once_each.setdefault(one.url, one)
        chosen = [*once_each.values()][: max(0, MOST_REQUESTS + 1 - len(self._asked))]
        self._asked.update(one.url for one in chosen)
        requests = [FetchRequest(key, one.url) for key, one in enumerate(chosen)]
        found: dict[int, tuple[str, FoundFeed]] = {}
        for fetched in self._fetcher.fetch(requests, in_flight=IN_FLIGHT, stop=self._stop):
            feed = self._feed(chosen[fetched.key], fetched)
            if feed is not None:
                found[fetched.key] = feed
        once: dict[str, FoundFeed] = {}
        for _, (place, one_found) in sorted(found.items()):
            once.setdefault(place, one_found)
        return sorted(once.values(), key=lambda feed: feed.comments)

    def guess(self, url: str) -> list[FoundFeed]:
        """Try where feeds usually lie, the likeliest first, until one is there."""
        places = guesses(url)
        for first in range(0, len(places), IN_FLIGHT):
            if found := self.ask(places[first : first + IN_FLIGHT]):
                return found
        return []

    def _stop(self) -> bool:
        return self._turned_away or self._stopped()

    def _feed(self, candidate: Candidate, fetched: Fetched) -> tuple[str, FoundFeed] | None:
        """The feed that a candidate is, and where it really lies; None for one that is none."""
        response = fetched.result
        if isinstance(response, Exception):
            return None
        if response.status in _TURNED_AWAY:
            self._turned_away = True
        if response.status != HTTPStatus.OK:
            return None
        try:
            document = self._read(response)
        except ParseError:
            return None
        return response.url, _found(candidate, document, response.moved_to or candidate.url)

    def _read(self, response: FetchResponse) -> Document:
        return self._parse(response.body, content_type=response.content_type, url=response.url)


def _found(candidate: Candidate, document: Document, url: str) -> FoundFeed:
    return FoundFeed(
        url=url,
        title=document.title or candidate.title,
        format=document.format,
        items=len(document.items),
        how=candidate.how,
        comments=candidate.comments,
        document=document,
    )
