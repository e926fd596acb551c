"""The service itself: small remembered values, heartbeats, and the figures of `tocsin status`."""

from __future__ import annotations

import platform
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import case, exists, func, select

from worker.records import Waiting
from worker.store.due import channel_takes, in_turn
from worker.store.failing import failing
from worker.store.leases import owners, release
from worker.store.rows import RoleRow, StatusRow
from worker.store.tables import channels, deliveries, feeds, heartbeats, items, service_state, watch_lists
from worker.store.transactions import Database, insert, retried
from worker.store.waiting import feeds_due_since, feeds_wait_since

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Table

    from worker.records import Manners

INSTALLATION = "installation"
"""A random UUID made by the first migration: the namespace of all delivery keys of this database."""

WATCH_LISTS_VERSION = "watch_lists_version"
LAST_TICK_AT = "last_tick_at"

_s = service_state.c
_INSTALLATION = select(_s.value).where(_s.key == INSTALLATION)
_VERSION = select(_s.value).where(_s.key == WATCH_LISTS_VERSION).with_for_update()
_VERSION_SHARED = select(_s.value).where(_s.key == WATCH_LISTS_VERSION).with_for_update(read=True)

SILENT = timedelta(days=1)
"""So long without a heartbeat, a process is forgotten."""


class ServiceStatus(Database):
    """What is known of the service and its processes."""

    def ping(self) -> None:
        """Raise StoreUnavailable if the database does not answer; the schema need not be there."""
        with self._transaction("read") as connection:
            connection.execute(select(1))

    def current_time(self) -> datetime | None:
        """Return the time of the database's own clock, aware UTC, or None if it has none (SQLite)."""
        if self.dialect == "sqlite":
            return None
        with self._transaction("read") as connection:
            moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    def get_state(self, key: str) -> str | None:
        """Return a small value kept under `key`, or None."""
        with self._transaction("read") as connection:
            return remembered(connection, key)

    @retried
    def set_state(self, key: str, value: str | None) -> None:
        """Keep a small value under `key`; None forgets it."""
        with self._transaction("write") as connection:
            if value is None:
                connection.execute(service_state.delete().where(service_state.c.key == key))
            else:
                remember(connection, key, value)

    def last_tick(self) -> datetime | None:
        """When the timetable last ticked."""
        tick = self.get_state(LAST_TICK_AT)
        return datetime.fromisoformat(tick) if tick else None

    @retried
    def record_tick(self, *, now: datetime) -> None:
        """Remember that a tick happened (see ClaimStore)."""
        with self._transaction("write") as connection:
            remember(connection, LAST_TICK_AT, now.isoformat())

    @retried
    def heartbeat(
        self, role: str, *, pid: int, now: datetime, host: str | None = None, started: datetime | None = None
    ) -> None:
        """Say that a process lives. `host`: default this machine; `started`: default when it was first heard of."""
        values = {"role": role, "host": host or platform.node(), "pid": pid}
        again = {"heartbeat_at": now} | ({} if started is None else {"started_at": started})
        with self._transaction("write") as connection:
            first = insert(connection, heartbeats).values(**values, started_at=started or now, heartbeat_at=now)
            connection.execute(first.on_conflict_do_update(index_elements=["role", "host", "pid"], set_=again))

    @retried
    def forget_heartbeats(self, *, now: datetime) -> None:
        """Forget processes that have been silent for a day."""
        with self._transaction("write") as connection:
            connection.execute(heartbeats.delete().where(heartbeats.c.heartbeat_at < now - SILENT))

    def waiting(self, *, now: datetime, manners: Manners | None = None) -> tuple[Waiting, Waiting]:
        """Return what of feeds and of deliveries has been due the longest, and what is in hand.

        With `manners`, feeds that only their hosts keep waiting do not count.
        """
        d = deliveries.c
        with self._transaction("read") as connection:
            pending = connection.scalar(
                select(func.min(d.due_at)).where(d.state == "pending", d.due_at <= now, in_turn(), channel_takes(now))
            )
            return (
                Waiting(feeds_wait_since(connection, now, manners), _in_hand_until(connection, feeds)),
                Waiting(pending, _in_hand_until(connection, deliveries)),
            )

    def status(self, *, now: datetime, manners: Manners | None = None) -> StatusRow:
        """Return the figures of `tocsin status`; `manners` as for `waiting`."""
        f, d, i, w = feeds.c, deliveries.c, items.c, watch_lists.c
        with self._transaction("read") as connection:
            roles = connection.execute(
                select(heartbeats).order_by(heartbeats.c.role, heartbeats.c.host, heartbeats.c.pid)
            ).all()
            due = feeds_due_since(connection, now, manners)
            pending = connection.scalar(
                select(func.min(d.due_at)).where(
                    d.state.in_(("pending", "sending")), d.due_at <= now, in_turn(), channel_takes(now)
                )
            )
            unmatched = connection.scalar(select(func.min(i.unmatched_since)).where(i.unmatched_since.is_not(None)))
            quarantined = connection.scalar(select(func.count()).where(i.match_state == "quarantined"))
            by_feed_state = connection.execute(
                select(f.state, func.count()).where(f.removed_at.is_(None)).group_by(f.state)
            ).all()
            by_list_state = connection.execute(
                select(w.state, func.count()).where(w.removed_at.is_(None)).group_by(w.state)
            ).all()
            by_delivery_state = connection.execute(select(d.state, func.count()).group_by(d.state)).all()
            resting = tuple(failing(connection, now=now))
            tick = remembered(connection, LAST_TICK_AT)
        return StatusRow(
            roles=tuple(RoleRow(r.role, r.host, r.pid, r.started_at, r.heartbeat_at) for r in roles),
            oldest_due_feed_s=_age(due, now),
            oldest_pending_delivery_s=_age(pending, now),
            oldest_unmatched_s=_age(unmatched, now),
            quarantined_items=quarantined or 0,
            last_tick_at=datetime.fromisoformat(tick) if tick else None,
            feeds=_counts(by_feed_state),
            deliveries=_counts(by_delivery_state),
            watch_lists=_counts(by_list_state),
            failing_channels=resting,
        )

    @retried
    def release_lost(self, *, now: datetime) -> int:
        """Free begun leases that have expired (see ClaimStore)."""
        with self._transaction("write") as connection:
            return sum(
                release(connection, table, table.c.leased_until <= now, counted=True, **values)
                for table, values in _when_lost(now)
            )

    @retried
    def release_owners(self, gone: Callable[[str], bool], *, now: datetime, counted: bool) -> int:
        """Free the begun leases of owners that are `gone`; return how many.

        `counted`: a child died, which is a loss as in `release_lost`. Else the whole service did, or was stopped by
        order: nothing is counted, unmatched items start over with no attempts, and what was queued is free at once,
        for its message may be lost.
        """
        with self._transaction("read") as connection:
            lost = sorted(filter(gone, owners(connection, feeds, deliveries)))
        if counted and not lost:
            return 0
        with self._transaction("write") as connection:
            freed = 0
            for table, values in _when_lost(now):
                freed += release(connection, table, table.c.lease_owner.in_(lost), counted=counted, **values)
                if not counted:
                    queued = table.c.lease_owner.is_(None) & table.c.leased_until.is_not(None)
                    connection.execute(table.update().where(queued).values(leased_until=None))
            if not counted:
                i = items.c
                waiting = i.unmatched_since.is_not(None) & i.match_leased_until.is_not(None)
                connection.execute(items.update().where(waiting).values(match_leased_until=None, match_attempts=0))
        return freed


def _when_lost(now: datetime) -> tuple[tuple[Table, dict[str, object]], ...]:
    """The tables with leases, and what a row gets whose holder is lost.

    A message that may have arrived is not sent again through a channel that is to send at most once.
    """
    c = channels.c
    once = exists().where(c.id == deliveries.c.channel_id, c.at_most_once).correlate(deliveries)
    state = case((once, "ambiguous"), else_="pending")
    return (feeds, {}), (deliveries, {"state": state, "due_at": now})


def remembered(connection: Connection, key: str) -> str | None:
    """Read a small value."""
    return connection.scalar(select(service_state.c.value).where(service_state.c.key == key))


def remember(connection: Connection, key: str, value: str) -> None:
    """Write a small value."""
    statement = insert(connection, service_state).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def hold_version(connection: Connection, *, shared: bool = False) -> int:
    """Lock and read the version of the watch lists; `shared`: only against those who would change it."""
    return int(connection.execute(_VERSION_SHARED if shared else _VERSION).scalar_one())


def bump_version(connection: Connection) -> int:
    """Say that watch lists, subscriptions or feeds' tags change in this transaction; return the version that begins."""
    version = hold_version(connection) + 1
    remember(connection, WATCH_LISTS_VERSION, str(version))
    return version


def installation(connection: Connection) -> UUID:
    """Return the namespace of this database's delivery keys."""
    return UUID(connection.execute(_INSTALLATION).scalar_one())


def _in_hand_until(connection: Connection, table: Table) -> datetime | None:
    latest: datetime | None = connection.scalar(
        select(func.max(table.c.leased_until)).where(table.c.lease_owner.is_not(None))
    )
    return latest


def _counts(rows: Sequence[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in rows}


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None or moment > now else (now - moment).total_seconds()
