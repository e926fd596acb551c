"""The documents that a sitemap index points to: asked for with manners, and put together as the index's own items.

An index says only which documents there are. As a rule it keeps its bytes while they change, so they are asked whether
it has changed or not, each with its own validators.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.rules import is_public
from worker.errors import FetchError, ParseError
from worker.feeds.host import host_of
from worker.feeds.model import Document
from worker.pipeline.judge import body_hash
from worker.pipeline.reading import gathered
from worker.records import FetchRequest, FetchResponse, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from worker.clock import Clock
    from worker.pipeline.ports import Fetcher, Parse
    from worker.records import Fetched, Manners

PARTS = 5
"""So many documents of one index are read, the latest first; older ones hold no news."""

AGAIN = timedelta(seconds=1)
"""When to look again at a host that somebody else has just asked."""

_LONGEST_NAP_S = 1.0
_UNSAID = Document("sitemapindex", "", None, None, ())


@dataclass(frozen=True, slots=True)
class Index:
    """A sitemap index that was answered, and its parts as they were.

    Attributes:
        fetched: Its answer, a good one, without the body.
        parts: What to ask for, one at least: first what was not reached last time, then in order.
        at: When that answer was there; the host's gap counts from then.
        document: What it says; None where it stands as it stood.
        digest: The `body_hash` of what came whole (status 200), else None.
        everything: Ask for what has not changed too, since a server's 304s may lie.
        fresh_for: What was said before of how long all this stays fresh, or None.
    """

    fetched: Fetched
    response: FetchResponse
    parts: tuple[Part, ...]
    at: datetime
    document: Document | None = None
    digest: bytes | None = None
    everything: bool = False
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """What the parts of an index brought.

    Attributes:
        index: The index.
        fetched: Its answer, with the time that all took, waits too: from its request on.
        response: The same with what its parts' answers add: bytes, how long the host asks us to wait, and the longest
            that any of them stays fresh; partial unless each part was read whole.
        document: The items of the parts that were read; None where there is nothing to read.
        parts: To remember, first those that were not reached. One that could not be read is asked in full next time.
        reasons: Why parts could not be read, a line each.
        error: None of them could be read, and there was time for all.
        whole: No 304 was believed: the index came with status 200, and each part was asked for in full or came so, or
            else will be asked for in full next time.
        late: So many were not reached in time.
    """

    index: Index
    fetched: Fetched
    response: FetchResponse
    document: Document | None
    parts: tuple[Part, ...]
    reasons: tuple[str, ...]
    error: ParseError | None
    whole: bool
    late: int = 0

    @property
    def note(self) -> str | None:
        """What was not read, in one line, or None."""
        notes = []
        if self.reasons:
            notes.append(f"{len(self.reasons)} of {len(self.parts)} sitemaps could not be read: {_told(self.reasons)}")
        if self.late:
            notes.append(f"no time was left for {self.late} of {len(self.parts)} sitemaps")
        return "; ".join(notes) or None


@dataclass(frozen=True, slots=True)
class Asking:
    """The parts that following needs.

    Attributes:
        take_turns: Says which of these feeds, by id, may ask their hosts for one thing more now, and that they do.
        wait: Sleeps so many seconds.
    """

    fetcher: Fetcher
    parse: Parse
    manners: Manners
    clock: Clock
    take_turns: Callable[[Sequence[int], datetime], AbstractSet[int]]
    wait: Callable[[float], None]


def chosen(response: FetchResponse, document: Document, known: Sequence[Part]) -> tuple[Part, ...]:
    """Return which documents of an index to ask for, as they are `known`: its latest ones, on its own host.

    An index may name those of its own site only (https://www.sitemaps.org/protocol.html#sitemapIndexTagDefinitions),
    and so can aim nobody at a stranger. Where only what is new of it came (226), the others stand as they stood. Those
    that were not reached last time come first, longest waiting first.
    """
    before = {part.url: part for part in known}
    named = [*document.parts, *before] if response.partial else document.parts
    host = host_of(response.url)
    ours = [url for url in dict.fromkeys(named) if url != response.url and _is_on(host, url)]
    found = [before.get(url) or Part(url) for url in ours[:PARTS]]
    late = [part for part in known if part.late and part in found]
    return (*late, *(part for part in found if part not in late))


def follow_parts(asking: Asking, indexes: Sequence[Index], *, stop: Callable[[], bool]) -> Iterator[Gathering]:
    """Yield what the parts of each index brought, as it is complete.

    Round by round each host is asked for one document, with the manners' gap after whatever it was asked for before, by
    whomever. When `stop` turns true, what is left is remembered as late.
    """
    under_way = [_UnderWay(index, asking.clock) for index in indexes]
    rounds = _Rounds(asking, under_way, stop)
    while turn := rounds.next():
        requests = [one.request(key) for key, one in enumerate(turn)]
        for fetched in asking.fetcher.fetch(requests, in_flight=len(requests), stop=stop):
            if stop():
                continue  # there is no time to read it
            one = turn[fetched.key]
            one.take(fetched, asking.parse)
            if one.wanted is None:
                under_way.remove(one)
                yield one.gathering()
    for one in under_way:
        one.end()
        yield one.gathering()


class _UnderWay:
    """An index, and what is there of its parts so far."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self.host = host_of(index.response.url)
        self._index = index
        self._clock = clock
        self._parts: list[Part] = []
        self._left: list[Part] = []
        self._answers = [index.response]
        self._documents: list[Document] = []
        self._reasons: list[str] = []
        self._late = 0
        self._fresh_for = [index.response.fresh_for]
        self._had = False
        self._believed = False
        self._read_whole = 0

    @property
    def index(self) -> Index:
        """The index."""
        return self._index

    @property
    def feed(self) -> int:
        """The id of the feed that is this index."""
        return self._index.fetched.key

    @property
    def wanted(self) -> Part | None:
        """The part to ask for next, or None when there is none left."""
        done = len(self._parts) + len(self._left)
        return self._index.parts[done] if done < len(self._index.parts) else None

    def request(self, key: int) -> FetchRequest:
        """Ask for that part."""
        part = self._index.parts[len(self._parts)]
        return FetchRequest(key=key, url=part.url, validators=None if self._index.everything else part.validators)

    def take(self, fetched: Fetched, parse: Parse) -> None:
        """Deal with its answer."""
        part, found = _read(parse, self._index.parts[len(self._parts)], fetched.result)
        self._parts.append(part)
        response = fetched.result if isinstance(fetched.result, FetchResponse) else None
        if response is not None:
            self._answers.append(replace(response, body=b""))
        if isinstance(found, str):
            self._reasons.append(found)
            if response is not None and response.retry_after is not None:
                self._reasons += [found] * self._leave()
            return
        answer = self._answers[-1]
        self._had = True
        self._fresh_for.append(answer.fresh_for)
        self._believed |= answer.status != HTTPStatus.OK and not self._index.everything
        if found is not None:
            self._documents.append(found)
            self._read_whole += not answer.partial

    def end(self) -> None:
        """Ask for no more, for no time is left."""
        self._late = self._leave()

    def gathering(self) -> Gathering:
        """Return what there is."""
        index, answers = self._index, self._answers
        seconds = index.fetched.seconds + (self._clock.now() - index.at).total_seconds()
        response = replace(
            index.response,
            partial=self._read_whole < len(index.parts),
            raw_bytes=sum(answer.raw_bytes for answer in answers),
            retry_after=max(filter(None, (answer.retry_after for answer in answers)), default=None),
            fresh_for=self._longest_fresh(),
        )
        error = None
        if not self._had and not self._late:
            error = ParseError(f"none of the sitemaps that the index names could be read: {_told(self._reasons)}")
        anew = index.response.status == HTTPStatus.OK and not self._believed
        return Gathering(
            index=index,
            fetched=replace(index.fetched, result=response, seconds=seconds),
            response=response,
            document=gathered(index.document or _UNSAID, self._documents) if self._documents else None,
            parts=(*self._left, *self._parts),
            reasons=tuple(self._reasons),
            error=error,
            whole=anew and all(part.validators is None for part in self._left),
            late=self._late,
        )

    def _leave(self) -> int:
        """Leave what has not been asked for to the next poll, as it was; return how many those are."""
        for part in self._index.parts[len(self._parts) :]:
            # What was to be asked for in full is still to be.
            validators = None if self._index.everything else part.validators
            self._left.append(replace(part, validators=validators, late=True))
        return len(self._left)

    def _longest_fresh(self) -> timedelta | None:
        """What was said anew of that; what a 304 does not name stays as it was (RFC 9111, 4.3.4)."""
        said = max((one for one in self._fresh_for if one is not None), default=None)
        unsaid = said is None and any(answer.status == HTTPStatus.NOT_MODIFIED for answer in self._answers)
        return self._index.fresh_for if unsaid else said


class _Rounds:
    """Whose turn it is."""

    def __init__(self, asking: Asking, under_way: Sequence[_UnderWay], stop: Callable[[], bool]) -> None:
        self._asking = asking
        self._under_way = under_way
        self._stop = stop
        self._may_be_asked: dict[str, datetime] = {}
        for one in sorted(under_way, key=lambda one: one.index.at):
            self._asked(one, one.index.at)

    def next(self) -> list[_UnderWay]:
        """Wait until a host may be asked, and return whose next part to ask for, one a host; [] when all is over."""
        while self._under_way and not self._stop():
            now = self._asking.clock.now()
            first: dict[str, _UnderWay] = {}
            for one in self._under_way:
                first.setdefault(one.host, one)
            ready = [one for host, one in first.items() if self._may_be_asked[host] <= now]
            if turn := self._taken(ready, now):
                return turn
            soonest = min(self._may_be_asked[host] for host in first)
            self._asking.wait(min((soonest - now).total_seconds(), _LONGEST_NAP_S))
        return []

    def _taken(self, ready: Sequence[_UnderWay], now: datetime) -> list[_UnderWay]:
        """Return those whose hosts nobody else has asked for anything within the gap."""
        limited = [one.feed for one in ready if self._gap(one)]
        taken = self._asking.take_turns(limited, now) if limited else frozenset()
        turn = [one for one in ready if one.feed in taken or not self._gap(one)]
        for one in ready:
            self._may_be_asked[one.host] = now + (self._gap(one) if one in turn else AGAIN)
        return turn

    def _asked(self, one: _UnderWay, at: datetime) -> None:
        self._may_be_asked[one.host] = at + self._gap(one)

    def _gap(self, one: _UnderWay) -> timedelta:
        manners = self._asking.manners
        return manners.gap if is_public(one.index.response.url) else manners.private_gap


def _read(parse: Parse, part: Part, result: FetchResponse | Exception) -> tuple[Part, Document | str | None]:
    """Return the part as it is to be remembered, with its document, None where it has not changed, or what is wrong."""
    part = replace(part, late=False)
    failed = replace(part, validators=None)
    if not isinstance(result, FetchResponse):
        return failed, _one_line(result) if isinstance(result, FetchError) else type(result).__name__
    if result.status == HTTPStatus.NOT_MODIFIED and part.body_hash is not None:
        return replace(part, validators=result.validators or part.validators), None
    if result.status != HTTPStatus.OK and not result.partial:
        return failed, f"HTTP {result.status}"
    digest = part.body_hash if result.partial else body_hash(result.body)
    if digest == part.body_hash and not result.partial:
        return replace(part, validators=result.validators), None
    try:
        document = parse(result.body, content_type=result.content_type, url=result.url)
    except ParseError as error:
        return failed, _one_line(error)
    return Part(part.url, result.validators, digest), document


def _is_on(host: str, url: str) -> bool:
    try:
        return host_of(url) == host
    except ValueError:
        return False


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _told(reasons: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(reasons))
