"""What follows a failed attempt at a delivery (INTERFACE 4). PURE."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from worker.alerts.planned import RetryDecision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from worker.errors import ChannelError

LONGEST_RETRY_AFTER = timedelta(hours=24)
"""A receiver may ask for this much patience; past it, an absurd Retry-After would park a delivery for ever."""

JITTER_SHARE = 0.1
"""Jitter adds up to a tenth to each wait, so that what failed together does not come back together."""


def after_failure(
    attempts: int,
    error: ChannelError,
    *,
    now: datetime,
    schedule: Sequence[timedelta],
    jitter: float,
    at_most_once: bool = False,
) -> RetryDecision:
    """Decide what becomes of a delivery after its attempt number `attempts` failed with `error`.

    Args:
        at_most_once: What may have arrived is "ambiguous", and left to a person.
        attempts: Tries so far, this one included.
        error: A permanent one makes the delivery "failed"; its `retry_after` is obeyed, up to 24 h.
        now: When the attempt ended.
        schedule: `schedule[n]` is the wait before try n + 1, counted from the end of the try before it. When all
            tries are used up the delivery is "quarantined", whatever the receiver asked for.
        jitter: In [0, 1).
    """
    if at_most_once and error.ambiguous:
        return RetryDecision("ambiguous")
    if error.permanent:
        return RetryDecision("failed")
    if attempts >= len(schedule):
        return RetryDecision("quarantined")
    wait = schedule[attempts] * (1 + JITTER_SHARE * jitter)
    if error.retry_after is not None:
        wait = max(wait, min(error.retry_after, LONGEST_RETRY_AFTER))
    return RetryDecision("pending", due_at=now + wait)
