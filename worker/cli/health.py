"""`tocsin status`: the figures, and whether they are good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from worker.cli.output import show, show_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from worker.store.rows import StatusRow
    from worker.wiring import Engine

SILENT_S = 20.0
"""A role that has not been heard of for so long is taken for dead (heartbeats come every 5 s)."""

DUE_TOO_LONG_S = 60.0
"""Due work may wait so long before something must be wrong."""

NEEDED = ("beat", "worker")


def print_status(engine: Engine, *, as_json: bool) -> bool:
    """Print the service's health and return whether it is good."""
    now = engine.clock.now()
    status = engine.store.status(now=now)
    configuration_error = engine.configuration_error()
    troubles = [*find_troubles(status, now=now), *([configuration_error] if configuration_error else [])]
    if as_json:
        show_json(
            {
                "healthy": not troubles,
                "troubles": troubles,
                "roles": [
                    {"role": role.role, "host": role.host, "pid": role.pid, "heartbeat_at": role.heartbeat_at}
                    for role in status.roles
                ],
                "oldest_due_feed_s": status.oldest_due_feed_s,
                "oldest_pending_delivery_s": status.oldest_pending_delivery_s,
                "oldest_unmatched_s": status.oldest_unmatched_s,
                "quarantined_items": status.quarantined_items,
                "last_tick_at": status.last_tick_at,
                "feeds": dict(status.feeds),
                "deliveries": dict(status.deliveries),
                "latency": None,
            }
        )
        return not troubles
    sys.stdout.write("healthy\n" if not troubles else "".join(f"TROUBLE  {trouble}\n" for trouble in troubles))
    sys.stdout.write(f"feeds       {_counts(status.feeds)}\ndeliveries  {_counts(status.deliveries)}\n\n")
    rows = [
        {"role": r.role, "pid": r.pid, "host": r.host, "heartbeat": _ago(r.heartbeat_at, now)} for r in status.roles
    ]
    show(rows, ("role", "pid", "host", "heartbeat"), as_json=False, empty="no process runs")
    return not troubles


def find_troubles(status: StatusRow, *, now: datetime) -> list[str]:
    """Return what is wrong, one line each; an empty list means healthy."""
    alive = {role.role for role in status.roles if (now - role.heartbeat_at).total_seconds() < SILENT_S}
    found = [f"no {role} runs" for role in NEEDED if role not in alive]
    for what, age in (
        ("a feed has been due", status.oldest_due_feed_s),
        ("a delivery has waited", status.oldest_pending_delivery_s),
    ):
        if age is not None and age > DUE_TOO_LONG_S:
            found.append(f"{what} for {age:.0f} s")
    if status.quarantined_items:
        found.append(f"{status.quarantined_items} items could not be matched and are quarantined")
    if quarantined := status.feeds.get("quarantined", 0):
        found.append(f"{quarantined} feeds are quarantined: each cost three workers their lives")
    if quarantined := status.deliveries.get("quarantined", 0):
        found.append(f"{quarantined} deliveries are quarantined: `tocsin deliveries list --state quarantined`")
    return found


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none"


def _ago(moment: datetime, now: datetime) -> str:
    return f"{max(0.0, (now - moment).total_seconds()):.0f} s ago"
