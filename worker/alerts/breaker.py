"""The circuit breaker of a channel: when it is left alone, and how much it bears at once. PURE.

A channel that has failed several times in a row, whatever the message, is asked once in a while with one message; the
others wait, uncounted, until that one goes through. So what waits for a dead receiver costs nobody time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from worker.alerts.retry import JITTER_SHARE, LONGEST_RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from config.values import ChannelKind
    from worker.errors import ChannelError

TRIPS_AT = 5
"""So many failures in a row open the breaker."""

LONGEST_REST = timedelta(minutes=5)
"""A receiver that is back is noticed within this time."""

AT_ONCE: Mapping[ChannelKind, int] = {"webhook": 8, "email": 4, "apprise": 1, "log": 16}
"""Messages under way at once through one channel, over all workers."""

PACE: Mapping[ChannelKind, timedelta] = {"apprise": timedelta(seconds=1)}
"""Pause of a channel after each message: what chats bear of one sender."""


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel has been doing.

    Attributes:
        failures: In a row; while the breaker is open only what was tried with one message counts.
        failing_since: When the first of them was.
        rests_until: Nothing is begun before.
    """

    failures: int = 0
    failing_since: datetime | None = None
    rests_until: datetime | None = None


def bears(kind: ChannelKind, health: ChannelHealth, *, now: datetime) -> int:
    """Return how many messages may be under way at once through a channel."""
    if health.rests_until is not None and now < health.rests_until:
        return 0
    return 1 if health.failures >= TRIPS_AT else AT_ONCE[kind]


def after_sent(kind: ChannelKind, health: ChannelHealth, *, now: datetime) -> ChannelHealth:
    """Return the health of a channel that a message went through; a rest that was asked for goes on."""
    rests = [health.rests_until, now + PACE[kind] if kind in PACE else None]
    return ChannelHealth(rests_until=max((until for until in rests if until is not None and until > now), default=None))


def after_trouble(
    health: ChannelHealth, error: ChannelError, *, now: datetime, schedule: Sequence[timedelta], jitter: float
) -> ChannelHealth:
    """Return the health of a channel after an attempt that failed with `error`.

    What is permanent is the message's fault, not the channel's. The rests are the waits of `schedule` (see
    `worker.alerts.retry`), from its second on, up to five minutes each. A receiver that asks for patience gets it for
    all that goes there.
    """
    if error.permanent:
        return health
    if error.retry_after is not None:
        asked = now + min(error.retry_after, LONGEST_RETRY_AFTER)
        health = replace(health, rests_until=max(health.rests_until or asked, asked))
    if health.failures >= TRIPS_AT and health.rests_until is not None and now < health.rests_until:
        return health  # begun before the breaker opened
    failures = health.failures + 1
    failing = replace(health, failures=failures, failing_since=health.failing_since or now)
    if failures < TRIPS_AT:
        return failing
    rest = min(schedule[min(failures - TRIPS_AT + 1, len(schedule) - 1)], LONGEST_REST)
    until = now + rest * (1 + JITTER_SHARE * jitter)
    return replace(failing, rests_until=max(failing.rests_until or until, until))
