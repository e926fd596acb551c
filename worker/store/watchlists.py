"""Watch lists and subscriptions."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from config.values import NotifyLine
from worker.alerts.model import Subscription
from worker.errors import ConfigurationError
from worker.store import leases, tables
from worker.store.deliveries import cancel_orphans, subscription_stands
from worker.store.rows import WatchListRow
from worker.store.status import bump_version
from worker.store.transactions import Database, retried
from worker.watchlists.model import WatchList

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from config.values import WatchListLine

WEEK = timedelta(days=7)


class WatchLists(Database):
    """Watch lists as commands see them."""

    def watch_lists_list(self, now: datetime) -> list[WatchListRow]:
        """All watch lists that are not removed, by name."""
        w, m = tables.watch_lists.c, tables.matches.c
        recent = (
            select(m.watch_list_id, func.count().label("met"))
            .where(m.created_at >= now - WEEK)
            .group_by(m.watch_list_id)
            .subquery()
        )
        statement = (
            select(tables.watch_lists, recent.c.met)
            .join_from(tables.watch_lists, recent, recent.c.watch_list_id == w.id, isouter=True)
            .where(w.removed_at.is_(None))
            .order_by(w.name)
        )
        with self._transaction("read") as connection:
            rows = connection.execute(statement).all()
            heard_by = subscribers_of(connection)
        return [
            WatchListRow(
                id=row.id,
                name=row.name,
                query=row.query or row.full_query,
                subscribers=tuple(line.subscriber for line in heard_by.get(row.id, ())),
                feeds=tuple(row.feed_tags),
                alert=row.alert,
                state=row.state,
                matches_7d=row.met or 0,
                managed_by=row.managed_by,
            )
            for row in rows
        ]

    @retried
    def add_watch_list(self, line: WatchListLine, full_query: str, *, now: datetime) -> int:
        """Add a watch list by command, or bring back a removed one; return its id.

        Raises:
            ConfigurationError: It is there already, or a subscriber it names is not.
        """
        with self._transaction("write") as connection:
            bump_version(connection)
            w = tables.watch_lists
            known = connection.execute(select(w).where(w.c.name == line.name)).one_or_none()
            if known is not None and known.removed_at is None:
                raise ConfigurationError(f"watch list {line.name!r} is there already (managed by {known.managed_by})")
            id_ = write_list(connection, line, full_query, known, managed_by="command", now=now)
            write_subscriptions(connection, id_, line, now=now)
        return id_

    @retried
    def remove_watch_list(self, name: str, *, now: datetime) -> None:
        """Remove a watch list made by command: pending deliveries are cancelled, history stays.

        Raises:
            ConfigurationError: There is no such list, or it is managed by file.
        """
        with self._transaction("write") as connection:
            bump_version(connection)
            w = tables.watch_lists
            known = connection.execute(select(w).where(w.c.name == name, w.c.removed_at.is_(None))).one_or_none()
            if known is None:
                raise ConfigurationError(f"there is no watch list {name!r}")
            if known.managed_by == "file":
                raise ConfigurationError(f"watch list {name!r} is managed by file: take it out of watchlists.yaml")
            connection.execute(w.update().where(w.c.id == known.id).values(removed_at=now))
            cancel_orphans(connection, now=now)


def active_lists(connection: Connection) -> list[WatchList]:
    """Load all active watch lists, by name."""
    w = tables.watch_lists.c
    statement = select(w.id, w.name, w.full_query, w.feed_tags).where(w.state == "active", w.removed_at.is_(None))
    return [
        WatchList(row.id, row.name, row.full_query, frozenset(row.feed_tags))
        for row in connection.execute(statement.order_by(w.name))
    ]


def active_subscriptions(connection: Connection, watch_lists: Iterable[int]) -> list[Subscription]:
    """Lock and load the active subscriptions of these lists, by id.

    The lock makes two match steps that tell one subscriber of one list follow each other, so that `at_most` counts.
    """
    found: list[Subscription] = []
    for part in leases.chunks(sorted(set(watch_lists))):
        found.extend(Subscription(*row) for row in connection.execute(_active(), {"lists": part}))
    return sorted(found, key=lambda subscription: subscription.id)


@lru_cache
def _active() -> Select[*tuple[Any, ...]]:
    s, w, u = tables.subscriptions.c, tables.watch_lists.c, tables.subscribers.c
    return (
        select(s.id, s.watch_list_id, w.name, s.subscriber_id, u.timezone, s.at_most, w.alert)
        .join_from(tables.subscriptions, tables.watch_lists, s.watch_list_id == w.id)
        .join(tables.subscribers, s.subscriber_id == u.id)
        .where(s.watch_list_id.in_(bindparam("lists", expanding=True)), subscription_stands())
        .order_by(s.id)
        .with_for_update(of=tables.subscriptions, key_share=True)
    )


def subscribers_of(connection: Connection) -> dict[int, list[NotifyLine]]:
    """Load the `notify` lines of all watch lists, by list, each by subscriber name."""
    s, u = tables.subscriptions.c, tables.subscribers.c
    statement = (
        select(s.watch_list_id, u.name, s.at_most)
        .join_from(tables.subscriptions, tables.subscribers, s.subscriber_id == u.id)
        .where(s.removed_at.is_(None), u.removed_at.is_(None))
        .order_by(s.watch_list_id, u.name)
    )
    lines: dict[int, list[NotifyLine]] = {}
    for row in connection.execute(statement):
        lines.setdefault(row.watch_list_id, []).append(NotifyLine(row.name, row.at_most))
    return lines


def write_list(
    connection: Connection,
    line: WatchListLine,
    full_query: str,
    known: Row[Any] | None,
    *,
    managed_by: str,
    now: datetime,
) -> int:
    """Insert, change or bring back one watch list; return its id."""
    values: dict[str, Any] = {
        "keywords": list(line.keywords),
        "exclude": list(line.exclude),
        "query": line.query,
        "full_query": full_query,
        "feed_tags": list(line.feed_tags),
        "alert": line.alert,
        "managed_by": managed_by,
        "removed_at": None,
    }
    w = tables.watch_lists
    if known is None:
        values |= {"name": line.name, "state": "active", "created_at": now}
        added: int = connection.execute(w.insert().values(**values).returning(w.c.id)).scalar_one()
        return added
    if known.removed_at is not None:
        values["state"] = "active"
    connection.execute(w.update().where(w.c.id == known.id).values(**values))
    id_: int = known.id
    return id_


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
        values = {"at_most": notify.at_most, "removed_at": None}
        if subscriber not in known:
            connection.execute(s.insert().values(watch_list_id=watch_list, subscriber_id=subscriber, **values))
        else:
            connection.execute(s.update().where(s.c.id == known[subscriber].id).values(**values))
    gone = [row.id for subscriber, row in known.items() if subscriber not in wanted and row.removed_at is None]
    if gone:
        connection.execute(s.update().where(s.c.id.in_(gone)).values(removed_at=now))
