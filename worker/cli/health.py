"""Whether the service is well: the figures judged. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from config.redaction import shown_url
from worker.cli.followed import troubles_of
from worker.cli.table import span
from worker.feeds.health import FeedState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.cli.output import Row
    from worker.store.rows import OpmlRow, RoleRow, StatusRow

SILENT_S = 20.0
"""A role that has not been heard of for so long is taken for dead (heartbeats come every 5 s)."""

DUE_TOO_LONG_S = 60.0
"""Due work may wait so long, and three ticks more, before something must be wrong."""

NEEDED = ("beat", "worker")

LIST_STATES = ("active", "paused", "broken")


def is_silent(role: RoleRow, now: datetime) -> bool:
    """Say whether a process has not been heard of for too long."""
    return (now - role.heartbeat_at).total_seconds() >= SILENT_S


def troubles(
    status: StatusRow,
    running: Sequence[RoleRow],
    *,
    now: datetime,
    tick: timedelta,
    wrong_files: str | None,
    lists: Sequence[OpmlRow] = (),
) -> list[str]:
    """Return what is wrong, one line or more each; an empty list means healthy.

    `running`: the processes that there are, silent ones too. `tick`: the pause between two ticks. `lists`: OPML lists.
    """
    found = _roles({role.role for role in running if not is_silent(role, now)})
    patience = DUE_TOO_LONG_S + 3 * tick.total_seconds()
    last_tick = None if status.last_tick_at is None else (now - status.last_tick_at).total_seconds()
    for what, age in (
        ("the timetable has not ticked", last_tick if not found else None),
        ("a feed has been due", status.oldest_due_feed_s),
        ("a delivery has waited", status.oldest_pending_delivery_s),
        ("an item has waited for matching", status.oldest_unmatched_s),
    ):
        if age is not None and age > patience:
            found.append(f"{what} for {span(age)}")
    for count, thing, advice in (
        (status.quarantined_items, "item", "could not be matched"),
        (status.feeds.get("quarantined", 0), "feed", "cost three workers their lives; `tocsin poll NAME` tries again"),
        (status.deliveries.get("quarantined", 0), "delivery", "see `tocsin deliveries list --state quarantined`"),
    ):
        if count:
            found.append(f"quarantined: {count} {_plural(thing, count)}; {advice}")
    if broken := status.watch_lists.get("broken", 0):
        found.append(f"broken: {broken} {_plural('watch list', broken)}, asked no more; `tocsin watch list` says why")
    return [*found, *troubles_of(lists), *([wrong_files] if wrong_files else [])]


def shape(
    status: StatusRow,
    running: Sequence[RoleRow],
    wrong: Sequence[str],
    *,
    now: datetime,
    lists: Sequence[OpmlRow] = (),
) -> Row:
    """Return the JSON shape of `status` (INTERFACE 7); latencies are not measured yet."""
    return {
        "healthy": not wrong,
        "troubles": list(wrong),
        "roles": [
            {
                "role": role.role,
                "host": role.host,
                "pid": role.pid,
                "state": "silent" if is_silent(role, now) else "runs",
                "started_at": role.started_at,
                "heartbeat_at": role.heartbeat_at,
            }
            for role in running
        ],
        "oldest_due_feed_s": status.oldest_due_feed_s,
        "oldest_pending_delivery_s": status.oldest_pending_delivery_s,
        "oldest_unmatched_s": status.oldest_unmatched_s,
        "quarantined_items": status.quarantined_items,
        "last_tick_at": status.last_tick_at,
        "feeds": dict.fromkeys(get_args(FeedState), 0) | dict(status.feeds),
        "watch_lists": dict.fromkeys(LIST_STATES, 0) | dict(status.watch_lists),
        "deliveries": dict(status.deliveries),
        "opml_lists": [
            {
                "source": shown_url(one.source),
                "feeds": one.feeds,
                "last_error": one.last_error,
                "last_read_at": one.last_read_at,
                "next_read_at": one.next_read_at,
            }
            for one in lists
        ],
        "latency": None,
    }


def counted(counts: Mapping[str, int]) -> str:
    """Say how many there are, and of which state: "22: 20 ok, 2 broken"."""
    parts = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()) if count)
    return f"{sum(counts.values())}: {parts}" if parts else "none"


def _roles(alive: Collection[str]) -> list[str]:
    missing = [role for role in NEEDED if role not in alive]
    if len(missing) == len(NEEDED):
        return ["no service runs; `tocsin up` starts one"]
    return [f"no {role} runs" for role in missing]


def _plural(thing: str, count: int) -> str:
    if count == 1:
        return thing
    return f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
