"""Channels that have failed so often in a row that they are left alone for most of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from worker.alerts import breaker
from worker.store.addresses import shown_address
from worker.store.rows import FailingChannel
from worker.store.tables import channels, deliveries, subscribers

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_c, _d = channels.c, deliveries.c


def failing(connection: Connection, *, now: datetime) -> list[FailingChannel]:
    """Return the channels that have failed so often in a row that they are asked with one message at a time."""
    waiting = select(func.count()).where(_d.channel_id == _c.id, _d.state == "pending", _d.due_at <= now)
    statement = (
        select(
            *(_c.id, _c.kind, _c.failures, _c.failing_since, _c.rests_until),
            _c.address,
            subscribers.c.name,
            waiting.correlate(channels).scalar_subquery().label("waiting"),
        )
        .join_from(channels, subscribers)
        .where(_c.failures >= breaker.TRIPS_AT, _c.removed_at.is_(None), _c.state == "enabled")
        .order_by(_c.failing_since, _c.id)
    )
    return [
        FailingChannel(
            subscriber=row.name,
            kind=row.kind,
            channel=f"{row.kind} {shown_address(row.kind, row.address)}".strip(),
            failures=row.failures,
            failing_since=row.failing_since,
            rests_until=row.rests_until,
            waiting=row.waiting,
        )
        for row in connection.execute(statement)
    ]
