"""Subscriptions: the `notify` lines of watch lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from config.hours import parse_quiet_hours, parse_schedule, write_schedule
from config.values import NotifyLine
from worker.errors import ConfigurationError
from worker.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from config.values import QuietHours, Schedule, WatchListLine


def subscribers_of(connection: Connection, watch_list: int | None = None) -> dict[int, list[NotifyLine]]:
    """Load the `notify` lines of all watch lists, or of one, by list, each by subscriber name."""
    s, u = tables.subscriptions.c, tables.subscribers.c
    statement = (
        select(s.watch_list_id, u.name, s.at_most, s.schedule, s.break_through)
        .join_from(tables.subscriptions, tables.subscribers, s.subscriber_id == u.id)
        .where(s.removed_at.is_(None), u.removed_at.is_(None))
        .order_by(s.watch_list_id, u.name)
    )
    if watch_list is not None:
        statement = statement.where(s.watch_list_id == watch_list)
    lines: dict[int, list[NotifyLine]] = {}
    for row in connection.execute(statement):
        lines.setdefault(row.watch_list_id, []).append(_line(row))
    return lines


def _line(row: Row[*tuple[Any, ...]]) -> NotifyLine:
    return NotifyLine(row.name, row.at_most, schedule_of(row.schedule), row.break_through)


def schedule_of(written: str | None) -> Schedule | None:
    """Read what the column `schedule` or `heartbeat` holds."""
    return None if written is None else parse_schedule(written)


def quiet_of(written: str | None) -> QuietHours | None:
    """Read what the column `quiet_hours` holds."""
    return None if written is None else parse_quiet_hours(written)


def write_subscriptions(connection: Connection, watch_list: int, line: WatchListLine, *, now: datetime) -> None:
    """Make a list's subscriptions equal to its `notify` lines; one that comes back keeps its id."""
    s, u = tables.subscriptions, tables.subscribers.c
    names = {row.name: row.id for row in connection.execute(select(u.name, u.id).where(u.removed_at.is_(None)))}
    known = {row.subscriber_id: row for row in connection.execute(select(s).where(s.c.watch_list_id == watch_list))}
    wanted: set[int] = set()
    for notify in line.notify:
        if notify.subscriber not in names:
            raise ConfigurationError(f"watch list {line.name!r} notifies {notify.subscriber!r}, who is no subscriber")
        subscriber = names[notify.subscriber]
        wanted.add(subscriber)
        values = {
            "at_most": notify.at_most,
            "schedule": None if notify.when is None else write_schedule(notify.when),
            "break_through": notify.break_through,
            "removed_at": None,
        }
        if subscriber not in known:
            connection.execute(s.insert().values(watch_list_id=watch_list, subscriber_id=subscriber, **values))
        else:
            connection.execute(s.update().where(s.c.id == known[subscriber].id).values(**values))
    gone = [row.id for subscriber, row in known.items() if subscriber not in wanted and row.removed_at is None]
    if gone:
        connection.execute(s.update().where(s.c.id.in_(gone)).values(removed_at=now))
