"""Watch lists and subscriptions, as commands show them and as the match step runs them."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from worker.alerts.planned import Subscription
from worker.store import leases, tables
from worker.store.orphans import subscription_stands
from worker.store.rows import WatchListRow
from worker.store.subscriptions import quiet_of, schedule_of, subscribers_of
from worker.store.transactions import Database
from worker.watchlists.model import WatchList

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

WEEK = timedelta(days=7)


class WatchLists(Database):
    """Watch lists as commands see them."""

    def watch_list_names(self) -> list[str]:
        """All names that alerts may bear, those of removed lists too."""
        with self._transaction("read") as connection:
            return list(connection.scalars(select(tables.watch_lists.c.name).order_by(tables.watch_lists.c.name)))

    def watch_list_queries(self) -> dict[str, str]:
        """Return the full query of each watch list that is there, by name."""
        w = tables.watch_lists.c
        with self._transaction("read") as connection:
            rows = connection.execute(select(w.name, w.full_query).where(w.removed_at.is_(None)).order_by(w.name))
            return {row.name: row.full_query for row in rows}

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
                exclude=tuple(row.exclude) if row.query else (),
                subscribers=tuple(line.subscriber for line in heard_by.get(row.id, ())),
                feeds=tuple(row.feed_tags),
                languages=tuple(row.languages),
                alert=row.alert,
                state=row.state,
                matches_7d=row.met or 0,
                managed_by=row.managed_by,
                broken_why=row.broken_why,
                notify=tuple(heard_by.get(row.id, ())),
            )
            for row in rows
        ]


def lists_to_match(connection: Connection, *, since: int | None) -> list[WatchList]:
    """Load all watch lists that are there, by name, or those that have changed after version `since`.

    Lists that are paused or broken are not asked, but others may refer to them.
    """
    w = tables.watch_lists.c
    statement = select(w.id, w.name, w.full_query, w.feed_tags, w.languages, w.state).where(w.removed_at.is_(None))
    if since is not None:
        statement = statement.where(w.changed_in > since)
    return [
        WatchList(
            row.id, row.name, row.full_query, frozenset(row.feed_tags), frozenset(row.languages), row.state == "active"
        )
        for row in connection.execute(statement.order_by(w.name))
    ]


def lists_removed(connection: Connection, *, since: int) -> list[int]:
    """Load the ids of lists that were removed after version `since`."""
    w = tables.watch_lists.c
    return list(connection.scalars(select(w.id).where(w.removed_at.is_not(None), w.changed_in > since)))


def active_subscriptions(connection: Connection, watch_lists: Iterable[int], *, now: datetime) -> list[Subscription]:
    """Lock and load the active subscriptions of these lists, by id; those that are paused `now` too.

    The lock makes two match steps that tell one subscriber of one list follow each other, so that `at_most` counts.
    """
    found: list[Subscription] = []
    for part in leases.chunks(sorted(set(watch_lists))):
        found.extend(_subscription(row, now) for row in connection.execute(_active(), {"lists": part}))
    return sorted(found, key=lambda subscription: subscription.id)


def _subscription(row: Row[*tuple[Any, ...]], now: datetime) -> Subscription:
    return Subscription(
        id=row.id,
        watch_list=row.watch_list_id,
        watch_list_name=row.name,
        subscriber=row.subscriber_id,
        timezone=row.timezone,
        at_most=row.at_most,
        alert=row.alert,
        when=schedule_of(row.schedule),
        quiet=quiet_of(row.quiet_hours),
        break_through=row.break_through,
        paused=_lasts(row.paused_since, row.paused_until, now) or _lasts(row.all_since, row.all_until, now),
    )


def _lasts(since: datetime | None, until: datetime | None, now: datetime) -> bool:
    """Whether a pause lasts at a moment."""
    return since is not None and (until is None or now < until)


@lru_cache
def _active() -> Select[*tuple[Any, ...]]:
    s, w, u = tables.subscriptions.c, tables.watch_lists.c, tables.subscribers.c
    return (
        select(
            *(s.id, s.watch_list_id, w.name, s.subscriber_id, u.timezone, s.at_most, w.alert, s.schedule),
            *(u.quiet_hours, s.break_through, s.paused_since, s.paused_until),
            *(u.paused_since.label("all_since"), u.paused_until.label("all_until")),
        )
        .join_from(tables.subscriptions, tables.watch_lists, s.watch_list_id == w.id)
        .join(tables.subscribers, s.subscriber_id == u.id)
        .where(s.watch_list_id.in_(bindparam("lists", expanding=True)), subscription_stands())
        .order_by(s.id)
        .with_for_update(of=tables.subscriptions, key_share=True)
    )
