"""What channels bear: how many messages may be under way through each, and how each has been doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select

from worker.alerts import breaker
from worker.alerts.breaker import ChannelHealth
from worker.store import leases
from worker.store.notices import write_channel_notice
from worker.store.tables import channels, deliveries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

CHANNELS_AT_ONCE = 500
"""So many channels a look at what is due takes into account, those first that have waited the longest."""

ENABLED = {"state": "enabled", "disabled_reason": None, "failures": 0, "failing_since": None, "rests_until": None}
"""What a channel gets that somebody has seen to."""

_c, _d = channels.c, deliveries.c
_HEALTH = (_c.id, _c.kind, _c.failures, _c.failing_since, _c.rests_until)
_UNDER_WAY = (
    select(_d.channel_id, func.count().label("under_way")).where(_d.state == "sending").group_by(_d.channel_id)
)  # few rows, by the index on state
_ASKED = select(*_HEALTH).where(_c.id == bindparam("channel"))
_LOCKED = _ASKED.with_for_update(key_share=True)


def room(connection: Connection, only: Sequence[int] | None, *, now: datetime) -> dict[int, int]:
    """Return how many messages more each channel bears that has any due, the longest waiting first.

    `only` these, or all; channels that bear none are left out.
    """
    first = (
        select(func.min(_d.due_at))
        .where(_d.channel_id == _c.id, _d.state == "pending", _d.due_at <= now)
        .correlate(channels)
        .scalar_subquery()
    )
    awake = or_(_c.rests_until.is_(None), _c.rests_until <= now)
    statement = select(*_HEALTH).where(awake, first.is_not(None)).order_by(first, _c.id).limit(CHANNELS_AT_ONCE)
    if only is not None:
        statement = statement.where(_c.id.in_(only))
    under_way = _under_way(connection)
    left = {row.id: _bears(row, now) - under_way.get(row.id, 0) for row in connection.execute(statement)}
    return {channel: number for channel, number in left.items() if number > 0}


def borne(connection: Connection, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Return those of these deliveries that their channels bear now, in their order; the others are given back free.

    The channels stay locked until the end of the transaction, so that no two processes count on the same room.
    """
    taken: list[int] = []
    left: list[int] = []
    rows = [row for part in leases.chunks(sorted(set(ids))) for row in connection.execute(_due(), {"ids": part})]
    rows.sort(key=lambda row: (row.due_at, row.id))
    health = _lock(connection, sorted({row.channel_id for row in rows}))
    under_way = _under_way(connection) if rows else {}
    free = {channel: _bears(row, now) - under_way.get(channel, 0) for channel, row in health.items()}
    for row in rows:
        free[row.channel_id] -= 1
        (taken if free[row.channel_id] >= 0 else left).append(row.id)
    for part in leases.chunks(sorted(left)):
        unowned = (_d.id.in_(part), _d.lease_owner.is_(None))
        connection.execute(leases.chosen(deliveries, leases.locked(deliveries, *unowned)).values(leased_until=None))
    return taken


def record_health(connection: Connection, channel: int, change: Callable[[ChannelHealth], ChannelHealth]) -> None:
    """Write how a channel is doing after an attempt; where nothing changes it is not even locked."""
    seen = connection.execute(_ASKED, {"channel": channel}).one()
    if change(_health(seen)) == _health(seen):
        return
    changed = change(_health(connection.execute(_LOCKED, {"channel": channel}).one()))
    values = {
        "failures": changed.failures,
        "failing_since": changed.failing_since,
        "rests_until": changed.rests_until,
    }
    connection.execute(channels.update().where(_c.id == channel).values(**values))


def turn_off(connection: Connection, channel: int, reason: str, *, owner: str | None, now: datetime) -> None:
    """Turn a channel off, and tell of it by others; one that is off already stays so, silently."""
    off = channels.update().where(_c.id == channel, _c.state == "enabled")
    if connection.execute(off.values(state="disabled", disabled_reason=reason).returning(_c.id)).first():
        write_channel_notice(connection, channel, reason, owner=owner, now=now)


def turn_on(connection: Connection, ids: Sequence[int]) -> None:
    """Turn channels on, and forget how they have been doing: whoever asks for it has seen to them."""
    for part in leases.chunks(ids):
        connection.execute(channels.update().where(_c.id.in_(part)).values(**ENABLED))


def _due() -> Select[int, int, datetime]:
    return select(_d.id, _d.channel_id, _d.due_at).where(
        _d.id.in_(bindparam("ids", expanding=True)), _d.state == "pending"
    )


def _lock(connection: Connection, ids: Sequence[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    found: dict[int, Row[*tuple[Any, ...]]] = {}
    for part in leases.chunks(ids):
        locking = select(*_HEALTH).where(_c.id.in_(part)).order_by(_c.id).with_for_update(key_share=True)
        found.update((row.id, row) for row in connection.execute(locking))
    return found


def _under_way(connection: Connection) -> dict[int, int]:
    return {row.channel_id: row.under_way for row in connection.execute(_UNDER_WAY)}


def _bears(row: Row[*tuple[Any, ...]], now: datetime) -> int:
    return breaker.bears(row.kind, _health(row), now=now)


def _health(row: Row[*tuple[Any, ...]]) -> ChannelHealth:
    return ChannelHealth(row.failures, row.failing_since, row.rests_until)
