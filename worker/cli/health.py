"""Whether the service is well: the figures judged. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from config.redaction import shown_url
from worker.cli.followed import troubles_of
from worker.cli.table import span
from worker.feeds.health import FeedState
from worker.pipeline import health

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.alerts.latency import Latency, Stages
    from worker.cli.output import Row
    from worker.store.rows import OpmlRow, RoleRow, StatusRow

NEEDED = ("beat", "worker")

SAID = {
    "feed": "a feed has been due",
    "delivery": "a delivery has waited",
    "item": "an item has waited for matching",
}
"""What of due work that is late is said."""

STAGES_SAID = {
    "published_to_seen_s": "published to seen",
    "seen_to_alert_s": "seen to alert",
    "alert_to_delivered_s": "alert to delivered",
}

SHORT_S = 10.0
"""Spans below are told with their tenths."""

LIST_STATES = ("active", "paused", "broken")


def is_silent(role: RoleRow, now: datetime) -> bool:
    """Say whether a process has not been heard of for too long."""
    return health.is_silent(role.heartbeat_at, now)


def late_tick(last_tick_at: datetime | None, *, now: datetime, tick: timedelta) -> list[str]:
    """Say that the timetable has not ticked for too long; nothing where it has, or never has. `tick`: as below."""
    last = 0.0 if last_tick_at is None else (now - last_tick_at).total_seconds()
    return [f"the timetable has not ticked for {span(last)}"] if last > health.patience_s(tick) else []


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
    if not found:
        found += late_tick(status.last_tick_at, now=now, tick=tick)
    found += [f"{SAID[late.what]} for {span(late.seconds)}" for late in health.late_work(status, tick=tick)]
    for count, thing, advice in (
        (status.quarantined_items, "item", "could not be matched"),
        (status.feeds.get("quarantined", 0), "feed", "cost three workers their lives; `tocsin poll NAME` tries again"),
        (status.deliveries.get("quarantined", 0), "delivery", "see `tocsin deliveries list --state quarantined`"),
    ):
        if count:
            found.append(f"quarantined: {count} {_plural(thing, count)}; {advice}")
    for one in status.failing_channels:
        since = "" if one.failing_since is None else f" for {span((now - one.failing_since).total_seconds())}"
        waiting = f"; {one.waiting} {_plural('message', one.waiting)} wait{'s' if one.waiting == 1 else ''}"
        found.append(f"failing{since}: {one.channel} of {one.subscriber}{waiting if one.waiting else ''}")
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
    latency: Latency | None = None,
) -> Row:
    """Return the JSON shape of `status` (INTERFACE 7)."""
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
        "failing_channels": [
            {
                "subscriber": one.subscriber,
                "channel": one.channel,
                "failures": one.failures,
                "failing_since": one.failing_since,
                "rests_until": one.rests_until,
                "waiting": one.waiting,
            }
            for one in status.failing_channels
        ],
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
        "latency": None if latency is None else latency_shape(latency),
    }


def latency_shape(latency: Latency) -> Row:
    """Return the JSON shape of percentiles, in seconds: of all alerts of the last day, of feeds and of watch lists."""
    return {
        **_stages(latency.overall),
        "feeds": [{"feed": name, **_stages(stages)} for name, stages in latency.feeds],
        "watch_lists": [{"watch_list": name, **_stages(stages)} for name, stages in latency.watch_lists],
    }


def latency_lines(latency: Latency) -> list[str]:
    """Say how long each stage took in 50, 95 and 99 of a hundred cases."""
    return [
        f"{STAGES_SAID[stage]:<19} {_seconds(one.p50)}, {_seconds(one.p95)}, {_seconds(one.p99)}"
        for stage, one in latency.overall.items()
        if one is not None
    ]


def _stages(stages: Stages) -> Row:
    return {
        stage: None if one is None else {"p50": round(one.p50, 3), "p95": round(one.p95, 3), "p99": round(one.p99, 3)}
        for stage, one in stages.items()
    }


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < SHORT_S else span(seconds)


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
