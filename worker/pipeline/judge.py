"""What became of one good answer: the record to write. Pure; `poll` only puts the steps in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from config.redaction import shown_url
from worker.feeds import cadence, health, moves
from worker.feeds.cadence import Bounds, Brought, Wishes
from worker.records import FetchResponse, PollRecord
from worker.stories.decide import MOST_REVISIONS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from worker.feeds.cadence import Pace
    from worker.feeds.health import Condition
    from worker.feeds.model import Hints
    from worker.feeds.moves import Move
    from worker.pipeline.parts import Gathering
    from worker.pipeline.reading import Read
    from worker.records import FeedNotice, Fetched, LeasedFeed, Outcome


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a judgement needs besides the feed and its answer.

    Attributes:
        began: When the feed's batch began: rhythms count from there.
        now: When the answer is judged.
        bounds: The settings min_interval and max_interval.
        redirect_after: The setting of that name.
        jitter: In [0, 1), drawn for this poll.
    """

    began: datetime
    now: datetime
    bounds: Bounds
    redirect_after: timedelta
    jitter: float


def body_hash(body: bytes) -> bytes:
    """Return the hash by which a body is known again."""
    return blake2b(body, digest_size=16).digest()


def unchanged(feed: LeasedFeed, fetched: Fetched, digest: bytes | None, occasion: Occasion) -> PollRecord | None:
    """Return the record of a poll that brought nothing to parse (304, or the very same body), else None.

    `digest`: the `body_hash` of what came whole (status 200), else None.
    """
    response = fetched.result
    if not isinstance(response, FetchResponse):
        return None
    not_modified = response.status == HTTPStatus.NOT_MODIFIED
    if not not_modified and (digest is None or digest != feed.body_hash):
        return None
    course = _course(feed, response, None, occasion)
    # RFC 9110, 15.4.5 with RFC 9111, 3.2: a 304 may bring newer validators; without any the stored ones stay.
    keep_validators = not_modified and response.validators in (None, feed.validators)
    return _record(
        feed,
        fetched,
        response,
        course,
        occasion,
        outcome="not_modified" if not_modified else "unchanged",
        keep_validators=keep_validators,
        validators=response.validators,
        body_hash=feed.body_hash,
        whole=not not_modified,
        quiet=keep_validators and _is_quiet(feed, course),
    )


def parsed(feed: LeasedFeed, fetched: Fetched, read: Read, digest: bytes | None, occasion: Occasion) -> PollRecord:
    """Return the record of a poll that brought a document; `digest` is its `body_hash` where it came whole."""
    document, decision, response = read.document, read.decision, read.response
    brought = Brought(
        new=len(decision.new),
        known=len(decision.seen),
        dates=read.dates,
        whole=not response.partial,
    )
    course = _course(feed, response, brought, occasion, read=read)
    gap = None
    if feed.last_parsed_at is not None and cadence.is_gap(brought, listed=feed.listed):
        gap = feed.last_good_at or feed.last_parsed_at, occasion.now
    return _record(
        feed,
        fetched,
        response,
        course,
        occasion,
        outcome="new" if decision.new else "unchanged",
        keep_validators=False,
        validators=response.validators,
        body_hash=feed.body_hash if response.partial else digest,
        title=document.title or None,
        link=document.link,
        language=document.language,
        decision=decision,
        whole=not response.partial,
        listed=None if response.partial else read.listed,
        frame=document.frame,
        slices=read.slices,
        keep_memory=response.partial,
        parts=() if feed.parts and not response.partial else None,
        gap=gap,
        standing=read.standing,
        note=_joined([read.step, _worn(decision.worn), _missing(*gap) if gap else None]),
    )


def gathered(feed: LeasedFeed, found: Gathering, read: Read | None, occasion: Occasion) -> PollRecord:
    """Return the record of a poll of a sitemap index; `read`: what its parts brought, None where nothing had changed.

    A part that was not read whole makes it a difference, like a 226. What is stored of the index itself (validators,
    body hash) follows its own answer, with the parts in one record.
    """
    index, response = found.index, found.index.response
    not_modified = response.status == HTTPStatus.NOT_MODIFIED
    course = _course(feed, found.response, None, occasion)
    if read is None:
        outcome: Outcome = "not_modified" if not_modified else "unchanged"
        record = _record(feed, found.fetched, found.response, course, occasion, outcome=outcome)
    else:
        record = parsed(feed, found.fetched, read, None, occasion)
    keep_validators = not_modified and response.validators in (None, feed.validators)
    parts = None if found.parts == feed.parts else found.parts
    return replace(
        record,
        keep_validators=keep_validators,
        validators=response.validators,
        body_hash=feed.body_hash if index.digest is None else index.digest,
        parts=parts,
        whole=found.whole,
        quiet=keep_validators and read is None and parts is None and _is_quiet(feed, course),
        note=_joined([record.note, found.note]),
    )


@dataclass(frozen=True, slots=True)
class _Course:
    """How things go on after a good poll."""

    condition: Condition
    next_poll_at: datetime
    pace: Pace
    hints: Hints
    fresh_for: timedelta | None
    move: Move
    notice: FeedNotice | None


def _course(
    feed: LeasedFeed, response: FetchResponse, brought: Brought | None, occasion: Occasion, *, read: Read | None = None
) -> _Course:
    now, bounds = occasion.now, occasion.bounds
    hints = feed.hints if read is None or response.partial else read.document.hints
    fresh_for = response.fresh_for
    if fresh_for is None and response.status == HTTPStatus.NOT_MODIFIED:
        fresh_for = feed.fresh_for  # what a 304 does not name stays as it was (RFC 9111, 4.3.4)
    pace = cadence.paced(feed.pace, brought, now=now, last_good_at=feed.last_good_at, bounds=bounds)
    next_poll_at = cadence.after_good(
        began=occasion.began,
        now=now,
        every=feed.every,
        pace=pace,
        bounds=bounds,
        wishes=Wishes(fresh_for, response.retry_after, hints, ignored=feed.ignore_hints),
        jitter=occasion.jitter,
        first=feed.last_good_at is None,
    )
    move = moves.after_good(
        feed.candidate,
        response.moved_to,
        polled_url=feed.polled_url,
        now=now,
        redirect_after=occasion.redirect_after,
    )
    notice: FeedNotice | None = "feed.recovered" if feed.condition.told_at is not None else None
    return _Course(health.after_good(pace, now=now), next_poll_at, pace, hints, fresh_for, move, notice)


def _record(
    feed: LeasedFeed,
    fetched: Fetched,
    response: FetchResponse,
    course: _Course,
    occasion: Occasion,
    *,
    outcome: Outcome,
    note: str | None = None,
    **more: Any,  # noqa: ANN401 - the fields of PollRecord that are not here
) -> PollRecord:
    """Put together what all good polls have in common and what is this one's own, in one go: it is not copied again."""
    moved_to = course.move.moved_to
    if moved_to is not None:
        outcome, note = "moved", _joined([f"moved to {shown_url(moved_to)}", note])
    return PollRecord(
        feed=feed.id,
        token=feed.token,
        at=occasion.now,
        outcome=outcome,
        status=response.status,
        condition=course.condition,
        next_poll_at=course.next_poll_at,
        pace=course.pace,
        hints=course.hints,
        fresh_for=course.fresh_for,
        seconds=fetched.seconds,
        raw_bytes=response.raw_bytes,
        candidate=course.move.candidate,
        moved_to=moved_to,
        served_from=response.url,
        notice=course.notice,
        note=note,
        **more,
    )


def _is_quiet(feed: LeasedFeed, course: _Course) -> bool:
    """Whether a poll that brought nothing leaves the feed as it was leased, but for when it is polled."""
    before, after = feed.pace, course.pace
    return (
        course.move.moved_to is None
        and course.notice is None
        and (course.fresh_for == feed.fresh_for or None not in (course.fresh_for, feed.fresh_for))
        and course.move.candidate == feed.candidate
        and after.item_gap == before.item_gap
        and after.last_new_at == before.last_new_at
        and course.condition.weight == feed.condition.weight
        and course.condition.told_at == feed.condition.told_at
    )


def _worn(count: int) -> str | None:
    """Told once: at the change after which no more are kept."""
    if not count:
        return None
    items = "1 item has" if count == 1 else f"{count} items have"
    return f"{items} changed {MOST_REVISIONS} times: what changes from now on is stored, and no more looked at"


def _missing(since: datetime, until: datetime) -> str:
    return f"items may be missing between {since:%Y-%m-%d %H:%M:%S} and {until:%Y-%m-%d %H:%M:%S} UTC"


def _joined(notes: Iterable[str | None]) -> str | None:
    return "; ".join(filter(None, notes)) or None
