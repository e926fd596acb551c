"""Whether work gets done in time: the figures of the service judged, for `status` and for the web role alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta

Work = Literal["feed", "delivery", "item"]
"""What may be due."""

SILENT_S = 20.0
"""A role that has not been heard of for so long is taken for dead (heartbeats come every 5 s)."""

DUE_TOO_LONG_S = 60.0
"""Due work may wait so long, and three ticks more, before something must be wrong."""


class Ages(Protocol):
    """How long the oldest of each kind of due work has waited, in seconds; None where none waits."""

    @property
    def oldest_due_feed_s(self) -> float | None:
        """Of feeds."""

    @property
    def oldest_pending_delivery_s(self) -> float | None:
        """Of deliveries."""

    @property
    def oldest_unmatched_s(self) -> float | None:
        """Of items to match."""


class Late(NamedTuple):
    """Work that has waited too long, and how long."""

    what: Work
    seconds: float


def is_silent(heartbeat_at: datetime, now: datetime) -> bool:
    """Say whether a process has not been heard of for too long."""
    return (now - heartbeat_at).total_seconds() >= SILENT_S


def patience_s(tick: timedelta) -> float:
    """Return for how many seconds due work may wait, where so much time lies between two ticks."""
    return DUE_TOO_LONG_S + 3 * tick.total_seconds()


def late_work(ages: Ages, *, tick: timedelta) -> list[Late]:
    """Return what has waited too long; nothing where all is well."""
    oldest: tuple[tuple[Work, float | None], ...] = (
        ("feed", ages.oldest_due_feed_s),
        ("delivery", ages.oldest_pending_delivery_s),
        ("item", ages.oldest_unmatched_s),
    )
    return [Late(what, age) for what, age in oldest if age is not None and age > patience_s(tick)]
