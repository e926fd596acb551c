"""Whether one role on this machine is well: what was heard of it, and the work it is there for, judged. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from worker.cli.health import SAID, late_tick
from worker.cli.table import distance, span
from worker.pipeline import health

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, timedelta

    from worker.cli.output import Row
    from worker.pipeline.health import Ages

WORK = get_args(health.Work)

PARTS = {"up": ("up", "beat", "worker"), "beat": ("beat",), "worker": ("worker",), "web": ("web",)}
"""Who must have been heard of on this machine; the broker and the web role of `up` are its own to look after."""

WORK_OF_QUEUES = {
    "tick": ("tick",),
    "poll": ("feed",),
    "new": ("feed",),
    "slow": ("feed",),
    "deliver": ("delivery",),
    "upkeep": ("item",),
}
"""What is late where nobody works on a queue. Feeds are not told apart by the queue that they wait in."""

_EVERYTHING = ("tick", *WORK)
_WORK_OF_ROLES = {"up": _EVERYTHING, "beat": ("tick",), "worker": _EVERYTHING, "web": ()}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database says of a role.

    Attributes:
        heard: When each of its PARTS was last heard of on this machine; None: never.
        last_tick_at: When the timetable last ticked; None: never.
    """

    heard: Mapping[str, datetime | None]
    last_tick_at: datetime | None
    ages: Ages


def work_of(role: str, queues: Collection[str] | None) -> tuple[str, ...]:
    """Return the work that a role is there for: "tick" and the kinds of late work. `queues`: a worker's; None: all."""
    if queues is None:
        return _WORK_OF_ROLES[role]
    return tuple(dict.fromkeys(work for queue in queues for work in WORK_OF_QUEUES[queue]))


def troubles_of_role(seen: Seen, work: Collection[str], *, now: datetime, tick: timedelta) -> list[str]:
    """Return what is wrong, a phrase each; nothing where the role is well. `tick`: the pause between two ticks.

    Only what the role itself can mend counts: neither a channel that fails nor a feed that is broken.
    """
    found = [_silence(part, at, now) for part, at in seen.heard.items() if at is None or health.is_silent(at, now)]
    if "tick" in work:
        found += late_tick(seen.last_tick_at, now=now, tick=tick) or (
            ["the timetable has not ticked yet"] if seen.last_tick_at is None else []
        )
    late = [one for one in health.late_work(seen.ages, tick=tick) if one.what in work]
    return [*found, *(f"{SAID[one.what]} for {span(one.seconds)}" for one in late)]


def well(seen: Seen, work: Collection[str], *, now: datetime) -> str:
    """Say of a role that is well by what that is known."""
    heard = ", ".join(f"{part} {distance(at, now)}" for part, at in seen.heard.items() if at is not None)
    ticked = seen.last_tick_at if "tick" in work else None
    return f"heard of {heard}{'' if ticked is None else f'; last tick {distance(ticked, now)}'}"


def role_shape(role: str, seen: Seen | None, wrong: Collection[str]) -> Row:
    """Return the JSON shape of `status --role`; `seen`: None where the database did not answer."""
    return {
        "healthy": not wrong,
        "role": role,
        "troubles": list(wrong),
        "heartbeats": {} if seen is None else dict(seen.heard),
        "last_tick_at": None if seen is None else seen.last_tick_at,
        "oldest_due_feed_s": None if seen is None else seen.ages.oldest_due_feed_s,
        "oldest_pending_delivery_s": None if seen is None else seen.ages.oldest_pending_delivery_s,
        "oldest_unmatched_s": None if seen is None else seen.ages.oldest_unmatched_s,
    }


def _silence(part: str, heard_at: datetime | None, now: datetime) -> str:
    if heard_at is None:
        return f"no {part} runs on this machine"
    return f"no {part} has been heard of on this machine for {span((now - heard_at).total_seconds())}"
