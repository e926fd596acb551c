"""How a feed is doing: what its failures weigh, and what state that makes. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from worker.errors import DeadlineExceeded, HtmlPage, NameNotFound, Unreachable
from worker.feeds.challenge import is_challenge

if TYPE_CHECKING:
    from datetime import datetime

    from worker.feeds.cadence import Pace

FeedState = Literal["new", "ok", "backing_off", "broken", "blocked", "html", "stale", "gone", "quarantined", "disabled"]

Fault = Literal["gone", "hard", "soft", "name", "turned_away", "html"]
"""What a poll failed of: 410; a refusal or a document that will not mend itself; what may pass (404, 5xx, timeouts);
DNS; a challenge page; a web page in the feed's place."""

WEIGHTS = {"gone": 2.0, "hard": 1.0, "soft": 0.5, "name": 0.25, "turned_away": 1.0, "html": 1.0}

BROKEN_FROM = 5.0
"""The weight, summed since the last good poll, from which on a feed is called broken."""

STALE_GAPS = 10
STALE_FROM = timedelta(days=3)
"""A feed is stale after a silence of so many usual gaps between its items, but not before so long a time."""

_FIRST_SERVER_ERROR = 500
_PASSING = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_CHALLENGING = frozenset(
    {
        HTTPStatus.ACCEPTED,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""With these the guards of web sites send their challenges."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a feed is doing; kept with the feed.

    Attributes:
        state: What `feeds list` shows.
        failures: Polls failed in a row.
        weight: What they weigh, summed.
        told_at: When the owner was told that it is broken or gone, None if that is not so.
    """

    state: FeedState = "new"
    failures: int = 0
    weight: float = 0.0
    told_at: datetime | None = None

    @property
    def broken(self) -> bool:
        """Whether the feed is in the slow lane, whatever its state is called."""
        return self.weight >= BROKEN_FROM


def after_good(pace: Pace, *, now: datetime) -> Condition:
    """Return the condition after a good poll: "ok", or "stale" where it has been silent for longer than its rhythm.

    A feed whose rhythm is not known (no dates, no news yet) is never stale.
    """
    if pace.item_gap is None or pace.last_new_at is None:
        return Condition("ok")
    silence = now - pace.last_new_at
    return Condition("stale" if silence > max(pace.item_gap * STALE_GAPS, STALE_FROM) else "ok")


def after_failure(before: Condition, fault: Fault, *, now: datetime) -> Condition:
    """Return the condition after one more failure; `told_at` is set to `now` where the owner must be told now.

    A feed that is gone stays so until a good poll: no other failure says that it has come back.
    """
    weight = before.weight + WEIGHTS[fault]
    state: FeedState
    if fault == "gone" or before.state == "gone":
        state = "gone"
    elif fault == "turned_away":
        state = "blocked"
    elif fault == "html":
        state = "html"
    else:
        state = "broken" if weight >= BROKEN_FROM else "backing_off"
    must_know = state == "gone" or weight >= BROKEN_FROM
    told_at = before.told_at or (now if must_know else None)
    return Condition(state, before.failures + 1, weight, told_at)


def fault_of(status: int | None, error: Exception | None, body: bytes = b"") -> Fault:
    """Say what a poll failed of, by its error, else by its status (any but a good one) and the opening of its body.

    Hard is what has no other name: a document that is no feed, an answer that cannot be trusted, an address that our
    own policy refuses, a status that no feed has.
    """
    if error is not None:
        return _of_error(error)
    if status == HTTPStatus.GONE:
        return "gone"
    if status in _CHALLENGING and is_challenge(body):
        return "turned_away"
    if status is not None and (status in _PASSING or status >= _FIRST_SERVER_ERROR):
        return "soft"
    return "hard"


def _of_error(error: Exception) -> Fault:
    match error:
        case HtmlPage():
            return "html"
        case NameNotFound():
            return "name"
        case Unreachable() | DeadlineExceeded():
            return "soft"
        case _:
            return "hard"
