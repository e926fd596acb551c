"""What became of one request for a feed: the record to write. Pure; `poll` only puts the steps in order."""

from __future__ import annotations

from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING

from worker.errors import FetchError, ParseError, Refused
from worker.feeds.cadence import after_failure, after_gone, after_good
from worker.records import FetchResponse, PollRecord

if TYPE_CHECKING:
    from datetime import datetime

    from worker.feeds.cadence import Bounds
    from worker.feeds.model import Document
    from worker.records import FeedState, Fetched, LeasedFeed, Outcome
    from worker.stories.model import PollDecision

BROKEN_AFTER = 5
"""Failures in a row after which a feed is called broken; it is still tried, ever more slowly."""

WAIT_STATUSES = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


def body_hash(body: bytes) -> bytes:
    """Return the hash by which a body is known again."""
    return blake2b(body, digest_size=16).digest()


def unchanged(
    feed: LeasedFeed, fetched: Fetched, digest: bytes | None, *, now: datetime, began: datetime, bounds: Bounds
) -> PollRecord | None:
    """Return the record of a poll that brought nothing to parse (304, or the very same body), else None.

    `digest`: the `body_hash` of what came with status 200, else None.
    """
    response = fetched.result
    if not isinstance(response, FetchResponse):
        return None
    not_modified = response.status == HTTPStatus.NOT_MODIFIED
    if not not_modified and (digest is None or digest != feed.body_hash):
        return None
    return PollRecord(
        feed=feed.id,
        token=feed.token,
        at=now,
        outcome="not_modified" if not_modified else "unchanged",
        status=response.status,
        state="ok",
        failures=0,
        next_poll_at=after_good(began=began, now=now, every=feed.every, bounds=bounds),
        seconds=fetched.seconds,
        raw_bytes=response.raw_bytes,
        # RFC 9110, 15.4.5 with RFC 9111, 3.2: a 304 may bring newer validators; without any the stored ones stay.
        keep_validators=not_modified and response.validators is None,
        validators=response.validators,
        body_hash=feed.body_hash,
    )


def parsed(
    feed: LeasedFeed,
    fetched: Fetched,
    response: FetchResponse,
    document: Document,
    decision: PollDecision,
    *,
    digest: bytes,
    now: datetime,
    began: datetime,
    bounds: Bounds,
) -> PollRecord:
    """Return the record of a poll that brought a document; `digest` is its `body_hash`."""
    return PollRecord(
        feed=feed.id,
        token=feed.token,
        at=now,
        outcome="new" if decision.new else "unchanged",
        status=response.status,
        state="ok",
        failures=0,
        next_poll_at=after_good(began=began, now=now, every=feed.every, bounds=bounds),
        seconds=fetched.seconds,
        raw_bytes=response.raw_bytes,
        keep_validators=False,
        validators=response.validators,
        body_hash=digest,
        title=document.title or None,
        link=document.link,
        language=document.language,
        decision=decision,
    )


def failed(feed: LeasedFeed, fetched: Fetched, error: Exception | None, *, now: datetime, bounds: Bounds) -> PollRecord:
    """Return the record of a failed poll: an error of the exchange, of the parser (`error`), or a status of no use."""
    response = fetched.result if isinstance(fetched.result, FetchResponse) else None
    reason = error if error is not None else fetched.result
    failures = feed.failures + 1
    status = response.status if response is not None else None
    outcome: Outcome = "error"
    state: FeedState = "broken" if failures >= BROKEN_AFTER else "backing_off"
    next_poll_at = after_failure(
        now=now,
        every=feed.every,
        failures=failures,
        bounds=bounds,
        retry_after=response.retry_after if response is not None else None,
    )
    if isinstance(reason, Refused):
        outcome = "blocked"
    elif status == HTTPStatus.GONE:
        outcome, state, next_poll_at = "gone", "gone", after_gone(now=now)
    elif status in WAIT_STATUSES:
        outcome = "backoff"
    # A document that could not be read must be asked for in full next time, so its validators go (RELIABILITY 12).
    unreadable = isinstance(reason, ParseError)
    return PollRecord(
        feed=feed.id,
        token=feed.token,
        at=now,
        outcome=outcome,
        status=status,
        state=state,
        failures=failures,
        next_poll_at=next_poll_at,
        seconds=fetched.seconds,
        raw_bytes=response.raw_bytes if response is not None else 0,
        keep_validators=not unreadable,
        error=_one_line(reason),
    )


def _one_line(reason: Exception | FetchResponse) -> str:
    """Say what went wrong in one line, without secrets: our own errors never hold any."""
    if isinstance(reason, FetchResponse):
        try:
            phrase = HTTPStatus(reason.status).phrase
        except ValueError:
            phrase = "unknown status"
        return f"HTTP {reason.status} {phrase}"
    if isinstance(reason, FetchError | ParseError):
        return " ".join(str(reason).split()) or type(reason).__name__
    return type(reason).__name__
