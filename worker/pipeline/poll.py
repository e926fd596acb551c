"""Poll feeds: fetch, parse, decide, store, match. Callable from a Python prompt; nothing here knows Celery."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from worker.errors import ParseError
from worker.feeds.cadence import Bounds
from worker.pipeline import judge
from worker.pipeline.claim import LEASE
from worker.pipeline.leases import RENEW_EVERY_S, Renewal
from worker.records import FetchRequest, FetchResponse, MatchOutcome, PollResult
from worker.stories.decide import decide_poll
from worker.stories.identity import identify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from config.values import Settings
    from worker.clock import Clock
    from worker.pipeline.ports import Fetcher, Parse, PollStore
    from worker.records import Fetched, LeasedFeed, PollRecord

IN_FLIGHT = 24
"""Requests under way at once in one process (DESIGN 3.2: 16 to 32)."""

UNCHANGED_AT_ONCE = 50
"""Polls without news are written together, this many at a time."""


@dataclass(frozen=True, slots=True)
class Polling:
    """The parts that polling works with."""

    store: PollStore
    fetcher: Fetcher
    parse: Parse
    match: Callable[[Sequence[int]], MatchOutcome]
    clock: Clock
    settings: Settings
    owner: str
    renew_every_s: float = RENEW_EVERY_S


def poll(parts: Polling, feeds: Sequence[int], *, stop: Callable[[], bool], force: bool = False) -> list[PollResult]:
    """Poll these feeds now and return what became of each, in the order in which they ended.

    1. Begin the leases; feeds that are not due or not ours are left out.
    2. Fetch them all, some at a time, renewing the leases meanwhile.
    3. As each answer comes: nothing to parse -> write it with others of its kind; a document -> decide, write items,
       validators and next poll in one transaction, and match the new items at once; a failure -> back off.
    4. Hand back what was not begun when `stop` turned true.
    """
    began = parts.clock.now()
    leased = {
        feed.id: feed for feed in parts.store.begin_polls(feeds, owner=parts.owner, now=began, lease=LEASE, force=force)
    }
    run = _Run(parts, leased, began)
    requests = [FetchRequest(key=feed.id, url=feed.polled_url, validators=feed.validators) for feed in leased.values()]

    def renew(tokens: Mapping[int, int]) -> None:
        parts.store.renew_feed_leases(tokens, now=parts.clock.now(), lease=LEASE)

    tokens = {feed.id: feed.token for feed in leased.values()}
    with Renewal(renew, tokens, every_s=parts.renew_every_s) as run.renewal:
        try:
            for fetched in parts.fetcher.fetch(requests, in_flight=IN_FLIGHT, stop=stop):
                run.take(fetched)
            run.flush()
        except KeyboardInterrupt:
            # A person at a prompt has had enough: nobody shall wait for these leases to run out, or count them as lost.
            parts.store.hand_back_feeds(run.renewal.left())
            raise
        parts.store.hand_back_feeds(run.renewal.left())
    return run.results


class _Run:
    """One batch under way: which leases are still held, what waits to be written, what is known so far."""

    renewal: Renewal

    def __init__(self, parts: Polling, leased: dict[int, LeasedFeed], began: datetime) -> None:
        self.results: list[PollResult] = []
        self._parts = parts
        self._leased = leased
        self._began = began
        self._bounds = Bounds(shortest=parts.settings.min_interval, longest=parts.settings.max_interval)
        self._waiting: dict[int, tuple[PollRecord, Fetched]] = {}

    def take(self, fetched: Fetched) -> None:
        """Deal with one answer."""
        feed = self._leased[fetched.key]
        record = self._judge(feed, fetched)
        self._waiting[feed.id] = record, fetched
        # News is written and told at once; the rest may wait for company.
        decision = record.decision
        news = decision is not None and (decision.new or decision.revised)
        if news or len(self._waiting) >= UNCHANGED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits, and match what is new; what the database refuses is a failed poll."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        records = {feed: record for feed, (record, _) in waiting.items()}
        recorded = self._parts.store.record_polls([*records.values()])
        refused = {
            feed: self._refused(waiting[feed][1], poll.refusal) for feed, poll in recorded.items() if poll.refusal
        }
        if refused:
            records |= refused
            recorded |= self._parts.store.record_polls([*refused.values()])
        for feed in records:
            self.renewal.drop(feed)
        unmatched = [item for poll in recorded.values() for item in poll.unmatched]
        matched = self._parts.match(unmatched) if unmatched else MatchOutcome(items=0, alerts=0, deliveries=())
        alerts = dict(matched.alerts_by_feed)
        self.results += [self._result(records[feed], alerts.get(feed, 0)) for feed in recorded]

    def _refused(self, fetched: Fetched, refusal: str) -> PollRecord:
        now = self._parts.clock.now()
        return judge.failed(self._leased[fetched.key], fetched, ParseError(refusal), now=now, bounds=self._bounds)

    def _judge(self, feed: LeasedFeed, fetched: Fetched) -> PollRecord:
        now = self._parts.clock.now()
        response = fetched.result
        digest: bytes | None = None
        if isinstance(response, FetchResponse) and response.status == HTTPStatus.OK:
            digest = judge.body_hash(response.body)
        record = judge.unchanged(feed, fetched, digest, now=now, began=self._began, bounds=self._bounds)
        if record is not None:
            return record
        if not isinstance(response, FetchResponse) or digest is None:
            return judge.failed(feed, fetched, None, now=now, bounds=self._bounds)
        try:
            document = self._parts.parse(response.body, content_type=response.content_type, url=response.url)
        except ParseError as error:
            return judge.failed(feed, fetched, error, now=now, bounds=self._bounds)
        items = identify(document.items)
        by_identity, by_content = self._parts.store.known_items(
            feed.id, [item.identity for item in items], [item.content for item in items]
        )
        decision = decide_poll(
            items,
            by_identity,
            by_content,
            now=now,
            last_good_at=feed.last_good_at,
            fresh_for=self._parts.settings.fresh_for,
            story_window=self._parts.settings.story_window,
        )
        return judge.parsed(
            feed,
            fetched,
            response,
            document,
            decision,
            digest=digest,
            now=now,
            began=self._began,
            bounds=self._bounds,
        )

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
        )
