"""The steps of an item's way, as `why` tells them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

StepKind = Literal["feed", "poll", "item", "story", "matching", "watch_list", "alert", "update", "digest", "delivery"]

_HOURS = timedelta(hours=1)
_MANY = 48


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an item, or did not.

    Attributes:
        step: What it is about.
        at: When, or None where nobody knows.
        result: What came of it, in one word.
        detail: That in a sentence without its stop.
    """

    step: StepKind
    at: datetime | None
    result: str
    detail: str


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Order steps by time; one whose time nobody knows stays behind the one before it."""
    timed: list[tuple[datetime | None, Step]] = []
    last: datetime | None = None
    for step in steps:
        last = step.at or last
        timed.append((last, step))
    known = [(at, step) for at, step in timed if at is not None]
    return (*(step for at, step in timed if at is None), *(step for _, step in sorted(known, key=lambda one: one[0])))


def moment(at: datetime) -> str:
    """Write a moment as details have it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def length(span: timedelta) -> str:
    """Write how long something took, roughly: "40 min", "26 h", "3 d"."""
    if span < 2 * _HOURS:
        return f"{max(0, round(span / timedelta(minutes=1)))} min"
    hours = round(span / _HOURS)
    return f"{hours} h" if hours < _MANY else f"{round(hours / 24)} d"


def counted(count: int, thing: str) -> str:
    """Write "1 poll", "2 polls"."""
    return f"1 {thing}" if count == 1 else f"{count} {thing}s"
