"""What became of one failed poll: the record to write. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from config.redaction import shown_url
from worker.errors import BadResponse, DeadlineExceeded, FetchError, NameNotFound, ParseError, Refused, Unreachable
from worker.feeds import cadence, health, moves
from worker.feeds.cadence import Wishes
from worker.records import FetchResponse, PollRecord

if TYPE_CHECKING:
    from datetime import datetime

    from worker.feeds.health import Condition
    from worker.pipeline.judge import Occasion
    from worker.records import Fetched, LeasedFeed, Outcome

WAIT_STATUSES = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

_BAD_CONDITIONS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.PRECONDITION_FAILED})

_NOT_COUNTED = "the network seems to be down; not counted"


def of_the_network(fetched: Fetched) -> bool:
    """Whether the poll failed with an error of the network: no name, no connection, no answer in time."""
    return isinstance(fetched.result, Unreachable | DeadlineExceeded)


def failed(
    feed: LeasedFeed, fetched: Fetched, error: Exception | None, occasion: Occasion, *, network_down: bool = False
) -> PollRecord:
    """Return the record of a failed poll: an error of the exchange, of the parser (`error`), or a status of no use.

    `network_down`: most polls fail with errors of the network, so that one more of them is not this feed's fault.
    """
    response = fetched.result if isinstance(fetched.result, FetchResponse) else None
    reason = error if error is not None else fetched.result
    status = response.status if response is not None else None
    spared = network_down and of_the_network(fetched)
    fault = health.fault_of(
        status, reason if isinstance(reason, Exception) else None, response.body if response is not None else b""
    )
    condition = feed.condition if spared else health.after_failure(feed.condition, fault, now=occasion.now)
    outcome: Outcome = "error"
    if isinstance(reason, Refused):
        outcome = "blocked"
    elif status == HTTPStatus.GONE:
        outcome = "gone"
    elif status in WAIT_STATUSES:
        outcome = "backoff"
    note = _NOT_COUNTED if spared else None
    next_poll_at = _next(feed, condition, response, occasion, spared=spared)
    moved_to = None if spared else _where_gone(feed, reason, status)
    if moved_to is not None:
        # Tried at once at its new address; whether that is any better is the next poll's to tell.
        outcome, condition, next_poll_at = "moved", feed.condition, occasion.now
        note = f"moved to {shown_url(moved_to)}: the old address is gone"
    told = condition.told_at is not None and feed.condition.told_at is None
    return PollRecord(
        feed=feed.id,
        token=feed.token,
        at=occasion.now,
        outcome=outcome,
        status=status,
        condition=condition,
        next_poll_at=next_poll_at,
        pace=feed.pace,
        hints=feed.hints,
        seconds=fetched.seconds,
        raw_bytes=response.raw_bytes if response is not None else 0,
        # What could not be read must be asked for in full next time (RELIABILITY 12), and so must what the server
        # refuses for its conditions: with the same ones it would do so for ever.
        keep_validators=not isinstance(reason, ParseError | BadResponse) and status not in _BAD_CONDITIONS,
        candidate=None if moved_to is not None else feed.candidate,
        moved_to=moved_to,
        notice="feed.broken" if told else None,
        error=_one_line(reason),
        note=note,
    )


def _next(
    feed: LeasedFeed, condition: Condition, response: FetchResponse | None, occasion: Occasion, *, spared: bool
) -> datetime:
    retry_after = response.retry_after if response is not None else None
    wishes = Wishes(retry_after=retry_after, hints=feed.hints, ignored=feed.ignore_hints)
    if condition.state == "gone":
        return cadence.after_gone(now=occasion.now, jitter=occasion.jitter)
    if condition.broken:
        return cadence.after_broken(now=occasion.now, bounds=occasion.bounds, wishes=wishes, jitter=occasion.jitter)
    return cadence.after_failure(
        now=occasion.now,
        every=feed.every,
        pace=feed.pace,
        failures=0 if spared else condition.failures,
        bounds=occasion.bounds,
        wishes=wishes,
        jitter=occasion.jitter,
    )


def _where_gone(feed: LeasedFeed, reason: Exception | FetchResponse, status: int | None) -> str | None:
    nameless = isinstance(reason, NameNotFound) and reason.known
    return moves.where_gone(feed.candidate, status, nameless=nameless, redirected=_redirected(feed, reason))


def _redirected(feed: LeasedFeed, reason: Exception | FetchResponse) -> bool:
    """Whether what failed is not the feed's own address, but one that it led to."""
    if isinstance(reason, FetchResponse):
        return reason.url != feed.polled_url
    return isinstance(reason, FetchError) and reason.redirected


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
