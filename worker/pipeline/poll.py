"""Poll feeds: fetch, parse, decide, store, match. Callable from a Python prompt; nothing here knows Celery."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from worker.errors import ParseError, Unavailable
from worker.feeds.cadence import Bounds, Pace, wants_whole
from worker.feeds.network import NetworkWatch, is_down
from worker.pipeline import judge
from worker.pipeline.claim import IN_FLIGHT, LEASE
from worker.pipeline.failing import failed, of_the_network
from worker.pipeline.judge import Occasion
from worker.pipeline.leases import RENEW_EVERY_S, Renewal
from worker.pipeline.parts import Asking, Index, chosen, follow_parts
from worker.pipeline.reading import Reader
from worker.pipeline.stop import Stop
from worker.records import FetchRequest, FetchResponse, MatchOutcome, PollResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from config.values import Settings
    from worker.clock import Clock
    from worker.feeds.model import Document
    from worker.pipeline.parts import Gathering
    from worker.pipeline.ports import Fetcher, Parse, PollStore
    from worker.pipeline.reading import Read
    from worker.records import Fetched, LeasedFeed, Manners, Part, PollRecord

UNCHANGED_AT_ONCE = 100
"""Polls without news are written together, this many at a time."""

NEWS_AT_ONCE = 32
ITEMS_AT_ONCE = 240
"""Polls with news are written and told together as long as more answers come: so many at most, with so many items,
because the first one's news waits until the last one is read, some milliseconds each."""

READ_ON = timedelta(seconds=5)
"""After `stop` turned true documents are read for so long, and then no more, however many are there: each may cost a
parser's whole time, twice, and the task has a limit of its own (tasks/app.py)."""

_LONG_READING = timedelta(seconds=1)
"""News waits for the end of one such reading at most."""

TESTIFY = 3
"""A feed with so many failures in a row is no witness of the network any more."""

_NOTHING = MatchOutcome(items=0, alerts=0, deliveries=())


def _nobody(_: Sequence[int]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Polling:
    """The parts that polling works with.

    Attributes:
        match: Matches new items, at once.
        wake: Is told of deliveries that are due now (notices to the owner).
        read_pages: Takes new items whose linked pages are to be read first, and has them matched, now or by and by.
        pages_within: How long items wait for that before they are matched without.
        jitter: Returns a number in [0, 1).
        wait: Sleeps so many seconds: the documents of a sitemap index are asked for one after another.
        network: What this process has seen of the network; kept from batch to batch.
    """

    store: PollStore
    fetcher: Fetcher
    parse: Parse
    match: Callable[[Sequence[int]], MatchOutcome]
    clock: Clock
    settings: Settings
    manners: Manners
    owner: str
    read_pages: Callable[[Sequence[int]], MatchOutcome]
    pages_within: timedelta
    jitter: Callable[[], float]
    wait: Callable[[float], None]
    wake: Callable[[Sequence[int]], None] = _nobody
    network: NetworkWatch = field(default_factory=NetworkWatch)
    renew_every_s: float = RENEW_EVERY_S


def poll(parts: Polling, feeds: Sequence[int], *, stop: Callable[[], bool], force: bool = False) -> list[PollResult]:
    """Poll these feeds now and return what became of each, in the order in which they ended.

    1. Begin the leases; feeds that are not due or not ours, and those whose host bears no more now, are left out.
    2. Fetch them all, some at a time, renewing the leases meanwhile.
    3. As each answer comes: nothing to parse -> write it with others of its kind; a document -> decide, write items,
       validators and next poll in one transaction, and match the new items at once; a failure -> back off.
    4. Fetch the documents that sitemap indexes point to, and deal with them likewise.
    5. Hand back what was not begun when `stop` turned true, or came too late to be read.
    """
    began = parts.clock.now()
    begun = parts.store.begin_polls(
        feeds, owner=parts.owner, now=began, lease=LEASE, manners=parts.manners, force=force
    )
    stop = Stop(stop, parts.clock)
    run = _Run(parts, {feed.id: feed for feed in begun}, began, stop)

    def renew(tokens: Mapping[int, int]) -> None:
        parts.store.renew_feed_leases(tokens, now=parts.clock.now(), lease=LEASE)

    def take_turns(indexes: Sequence[int], now: datetime) -> set[int]:
        held = {feed: tokens[feed] for feed in indexes}
        return parts.store.take_turns(held, now=now, manners=parts.manners)

    tokens = {feed.id: feed.token for feed in begun}
    asking = Asking(parts.fetcher, parts.parse, parts.manners, parts.clock, take_turns, parts.wait)
    with Renewal(renew, tokens, every_s=parts.renew_every_s) as run.renewal:
        try:
            for fetched in parts.fetcher.fetch(
                [_request(feed, began) for feed in begun], in_flight=IN_FLIGHT, stop=stop, idle=run.tell
            ):
                run.take(fetched)
                del fetched  # the next one may take its room
            run.flush()
            for found in follow_parts(asking, run.indexes, stop=stop):
                run.take_gathered(found)
                run.tell()
            run.flush()
        except KeyboardInterrupt:
            # A person at a prompt has had enough: nobody shall wait for these leases to run out, or count them as lost.
            parts.store.hand_back_feeds(run.renewal.left())
            raise
        except Unavailable:
            # What was asked for cannot be written: no worker is lost, but it must not be asked for again at once.
            with suppress(Unavailable):
                parts.store.hand_back_feeds(run.renewal.left(), until=parts.clock.now() + LEASE)
            raise
        parts.store.hand_back_feeds(run.renewal.left())
    return run.results


def _request(feed: LeasedFeed, now: datetime) -> FetchRequest:
    """Ask for what has changed, or for everything."""
    return FetchRequest(
        key=feed.id, url=feed.polled_url, validators=None if _wants_everything(feed, now) else feed.validators
    )


def _wants_everything(feed: LeasedFeed, now: datetime) -> bool:
    """Whether it is time to ask for what has not changed too, since a server's 304s may lie."""
    return wants_whole(
        feed.pace,
        now=now,
        last_whole_at=feed.last_whole_at,
        last_good_at=feed.last_good_at,
        failures=feed.condition.failures,
    )


@dataclass(frozen=True, slots=True)
class _Ended:
    """A poll whose answer is there: its record, or what it failed of, to be judged when it is written.

    `parts`: what to store of a failed one's, or None.
    """

    fetched: Fetched
    record: PollRecord | None
    error: Exception | None = None
    parts: tuple[Part, ...] | None = None

    def without_body(self) -> _Ended:
        """The same without a body that has been read: it waits for company, and the next ones need the memory."""
        response = self.fetched.result
        if (self.record is None and self.error is None) or not isinstance(response, FetchResponse) or not response.body:
            return self
        if self.error is not None:  # the frames that it came through hold the body too
            self.error.__cause__ = self.error.__context__ = None
            self.error.with_traceback(None)
        return replace(self, fetched=replace(self.fetched, result=replace(response, body=b"")))


class _Run:
    """One batch under way: which leases are still held, what waits to be written, what is known so far."""

    renewal: Renewal

    def __init__(self, parts: Polling, leased: dict[int, LeasedFeed], began: datetime, stop: Stop) -> None:
        self.results: list[PollResult] = []
        self.indexes: list[Index] = []
        self._parts = parts
        self._leased = leased
        self._began = began
        self._stop = stop
        self._bounds = Bounds(shortest=parts.settings.min_interval, longest=parts.settings.max_interval)
        self._reader = Reader(parts.store, parts.parse, parts.settings)
        self._waiting: dict[int, _Ended] = {}
        self._news = self._items = 0

    def take(self, fetched: Fetched) -> None:
        """Deal with one answer."""
        feed, now = self._leased[fetched.key], self._parts.clock.now()
        failed = of_the_network(fetched)
        # Only a feed that was fine of late says something of the network: one that hangs has said whose fault that is.
        if not failed or (feed.last_good_at is not None and feed.condition.failures < TESTIFY):
            self._parts.network.record(feed.host, at=now, failed=failed)
        ended = self._judged(feed, fetched, now)
        if ended is not None:
            self._put(ended)
        if self._parts.clock.now() - now > _LONG_READING:
            self.tell()

    def take_gathered(self, found: Gathering) -> None:
        """Deal with a sitemap index, now that the documents it points to are there."""
        feed, now = self._leased[found.fetched.key], self._parts.clock.now()
        if found.error is not None:
            self._put(_Ended(found.fetched, None, found.error, found.parts))
            return
        if feed.last_parsed_at is None:
            # However often there was no time for them: the first items that come are the feed's first document.
            feed = replace(feed, last_good_at=None, pace=Pace())
        read = None
        if found.document is not None:
            read = self._reader.decide(feed, found.response, found.document, now=now)
        record = judge.gathered(feed, found, read, self._occasion(now))
        self._put(_Ended(found.fetched, self._with_pages(feed, record)))

    def flush(self) -> None:
        """Write what waits, and match what is new; what the database refuses is a failed poll."""
        waiting, self._waiting = self._waiting, {}
        self._news = self._items = 0
        if not waiting:
            return
        down = any(of_the_network(ended.fetched) for ended in waiting.values()) and self._is_network_down()
        records = {
            feed: ended.record
            or replace(self._failed(feed, ended.fetched, ended.error, network_down=down), parts=ended.parts)
            for feed, ended in waiting.items()
        }
        owner = self._parts.settings.owner
        recorded = self._parts.store.record_polls([*records.values()], owner=owner)
        refused = {
            feed: self._failed(feed, waiting[feed].fetched, ParseError(poll.refusal))
            for feed, poll in recorded.items()
            if poll.refusal
        }
        if refused:
            records |= refused
            recorded |= self._parts.store.record_polls([*refused.values()], owner=owner)
        for feed in records:
            self.renewal.drop(feed)
        told = [delivery for poll in recorded.values() for delivery in poll.deliveries]
        if told:
            self._parts.wake(told)
        unmatched: list[int] = []
        later: list[int] = []
        for feed, poll in recorded.items():
            (later if records[feed].match_later else unmatched).extend(poll.unmatched)
        alerts = dict((self._parts.match(unmatched) if unmatched else _NOTHING).alerts_by_feed)
        alerts |= dict((self._parts.read_pages(later) if later else _NOTHING).alerts_by_feed)
        self.results += [self._result(records[feed], alerts.get(feed, 0)) for feed in recorded]

    def _is_network_down(self) -> bool:
        since = self._parts.network.down_since(self._parts.clock.now())
        return since is not None and is_down(*self._parts.store.polled_since(since))

    def _put(self, ended: _Ended) -> None:
        self._waiting[ended.fetched.key] = ended.without_body()
        # News is written and told as soon as nothing else comes in; the rest may wait for company.
        decision = ended.record.decision if ended.record is not None else None
        items = len(decision.new) + len(decision.revised) if decision is not None else 0
        self._news += items > 0
        self._items += items
        if self._news >= NEWS_AT_ONCE or self._items >= ITEMS_AT_ONCE or len(self._waiting) >= UNCHANGED_AT_ONCE:
            self.flush()

    def tell(self) -> None:
        """Nothing else comes in at the moment: write what waits if there is news in it."""
        if self._news:
            self.flush()

    def _judged(self, feed: LeasedFeed, fetched: Fetched, now: datetime) -> _Ended | None:
        """Judge an answer; None where documents that it points to must be fetched first, or no time is left."""
        response = fetched.result
        digest: bytes | None = None
        if isinstance(response, FetchResponse) and response.status == HTTPStatus.OK:
            digest = judge.body_hash(response.body)
        record = judge.unchanged(feed, fetched, digest, self._occasion(now))
        if record is not None:
            # What an index points to may have changed all the same.
            return self._index(feed, fetched, digest) if feed.parts else _Ended(fetched, record)
        if not isinstance(response, FetchResponse) or not (digest is not None or response.partial):
            return _Ended(fetched, None)
        if self._stop.stands_for(READ_ON):
            return None
        try:
            read = self._reader.read(feed, response, now=now)
        except ParseError as error:
            return _Ended(self._with_reading(fetched, now), None, error)
        fetched = self._with_reading(fetched, now)
        if read.document.parts:
            return self._index(feed, fetched, digest, read.document)
        return self._read(feed, fetched, read, digest)

    def _index(
        self, feed: LeasedFeed, fetched: Fetched, digest: bytes | None, document: Document | None = None
    ) -> _Ended | None:
        """Have the documents fetched that a sitemap index points to: it has no items of its own."""
        assert isinstance(fetched.result, FetchResponse)  # noqa: S101 - for mypy
        response = replace(fetched.result, body=b"")
        parts = feed.parts if document is None else chosen(response, document, feed.parts)
        if not parts:
            return _Ended(fetched, None, ParseError("the index names no sitemap on its own host"))
        fetched = replace(fetched, result=response)
        now, everything = self._parts.clock.now(), _wants_everything(feed, self._began)
        self.indexes.append(Index(fetched, response, parts, now, document, digest, everything, feed.fresh_for))
        return None

    def _read(self, feed: LeasedFeed, fetched: Fetched, read: Read, digest: bytes | None) -> _Ended:
        """Judge a document."""
        now = self._parts.clock.now()
        record = judge.parsed(feed, fetched, read, digest, self._occasion(now))
        return _Ended(fetched, self._with_pages(feed, record))

    def _with_pages(self, feed: LeasedFeed, record: PollRecord) -> PollRecord:
        """Where there is news of a feed with full text, its pages are read before it is matched."""
        decision = record.decision
        if feed.full_text and decision is not None and any(item.news for item in decision.new):
            return replace(record, match_later=self._parts.pages_within)
        return record

    def _with_reading(self, fetched: Fetched, since: datetime) -> Fetched:
        """The time it took to read a document counts as its poll's: slow feeds travel together."""
        return replace(fetched, seconds=fetched.seconds + (self._parts.clock.now() - since).total_seconds())

    def _failed(
        self, feed: int, fetched: Fetched, error: Exception | None, *, network_down: bool = False
    ) -> PollRecord:
        occasion = self._occasion(self._parts.clock.now())
        return failed(self._leased[feed], fetched, error, occasion, network_down=network_down)

    def _occasion(self, now: datetime) -> Occasion:
        return Occasion(self._began, now, self._bounds, self._parts.settings.redirect_after, self._parts.jitter())

    def _result(self, record: PollRecord, alerts: int) -> PollResult:
        feed = self._leased[record.feed]
        decision = record.decision
        return PollResult(
            feed=feed.name or record.title or feed.url,
            url=feed.url,
            outcome=record.outcome,
            status=record.status,
            new_items=len(decision.new) if decision else 0,
            known_items=len(decision.seen) if decision else 0,
            alerts=alerts,
            error=record.error,
            seconds=round(record.seconds, 3),
            note=record.note,
        )
