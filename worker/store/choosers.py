"""Subscribers with what they chose, as their links and commands know them; marks, and what is learned from them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from worker.alerts.links import Addressee
from worker.store import tables
from worker.store.transactions import Database
from worker.store.web_rows import ChooserRow, ListChoiceRow, MarkableRow, ToldItemRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

MARKS_COUNT_FOR = timedelta(days=30)
"""So long a mark speaks for or against its list."""

LEARNED_FROM = 1_000
"""So many alerts of a list, the latest, are looked at for what it might exclude."""


class Choosers(Database):
    """What links, and who marks, must know."""

    def addressee(self, channel: int) -> Addressee | None:
        """Return whom a channel reaches, as links know it; None where it is gone."""
        c, u = tables.channels.c, tables.subscribers.c
        of = (
            select(u.id, u.links)
            .join_from(tables.channels, tables.subscribers, c.subscriber_id == u.id)
            .where(c.id == channel, u.removed_at.is_(None))
        )
        with self._transaction("read") as connection:
            found = connection.execute(of).one_or_none()
            if found is None:
                return None
            lists = {row.name: row.id for row in connection.execute(_lists_of(found.id))}
        return Addressee(found.id, found.links, lists)

    def chooser(self, subscriber: int) -> ChooserRow | None:
        """Return a subscriber with its lists and what it has chosen of them; None where there is none."""
        u = tables.subscribers.c
        of = select(u.id, u.name, u.timezone, u.created_at, u.links, u.paused_since, u.paused_until)
        with self._transaction("read") as connection:
            found = connection.execute(of.where(u.id == subscriber, u.removed_at.is_(None))).one_or_none()
            if found is None:
                return None
            lists = [ListChoiceRow(*row) for row in connection.execute(_lists_of(subscriber))]
        return ChooserRow(*found, lists=tuple(lists))

    def chooser_called(self, name: str) -> ChooserRow | None:
        """Return the subscriber of this name, as `chooser` does."""
        u = tables.subscribers.c
        with self._transaction("read") as connection:
            found = connection.scalar(select(u.id).where(u.name == name, u.removed_at.is_(None)))
        return None if found is None else self.chooser(found)

    def markable(self, alert: int) -> MarkableRow | None:
        """Return an alert as one who marks it knows it; None where there is none."""
        a, w, i = tables.alerts.c, tables.watch_lists.c, tables.items.c
        of = (
            select(a.id, a.subscriber_id, a.created_at, w.name, i.title, i.link, a.mark)
            .join_from(tables.alerts, tables.watch_lists, a.watch_list_id == w.id)
            .join(tables.items, a.item_id == i.id)
            .where(a.id == alert)
        )
        with self._transaction("read") as connection:
            found = connection.execute(of).one_or_none()
        return None if found is None else MarkableRow(*found)

    def told_items(self, watch_list: str, *, now: datetime) -> list[ToldItemRow]:
        """Return what a list told of late, and what became of it, the latest alerts first; each item once."""
        a, w, i = tables.alerts.c, tables.watch_lists.c, tables.items.c
        m = tables.matches.c
        of = (
            select(i.id, i.title, i.text, a.mark, m.terms)
            .join_from(tables.alerts, tables.watch_lists, a.watch_list_id == w.id)
            .join(tables.items, a.item_id == i.id)
            .join(tables.matches, and_(m.watch_list_id == w.id, m.item_id == i.id), isouter=True)
            .where(w.name == watch_list, w.removed_at.is_(None), a.created_at >= now - MARKS_COUNT_FOR)
            .order_by(a.id.desc())
            .limit(LEARNED_FROM)
        )
        found: dict[int, ToldItemRow] = {}
        with self._transaction("read") as connection:
            for item, title, text, mark, terms in connection.execute(of):
                before = found.get(item)
                if before is None or before.mark is None:
                    found[item] = ToldItemRow(title, text, mark, tuple(terms or ()))
        return list(found.values())

    def marks(self, *, now: datetime) -> dict[str, tuple[int, int]]:
        """Return how many alerts of each list that has any were marked useful, and noise, of late; by its name."""
        with self._transaction("read") as connection:
            return marks(connection, now=now)


def marks(connection: Connection, *, now: datetime) -> dict[str, tuple[int, int]]:
    """Count marks, as `Choices.marks`."""
    a, w = tables.alerts.c, tables.watch_lists.c
    of = (
        select(w.name, a.mark, func.count())
        .join_from(tables.alerts, tables.watch_lists, a.watch_list_id == w.id)
        .where(a.mark.is_not(None), a.marked_at >= now - MARKS_COUNT_FOR, w.removed_at.is_(None))
        .group_by(w.name, a.mark)
    )
    found: dict[str, tuple[int, int]] = {}
    for name, mark, count in connection.execute(of):
        useful, noise = found.get(name, (0, 0))
        found[name] = (useful + count, noise) if mark == "useful" else (useful, noise + count)
    return found


def _lists_of(subscriber: int) -> Any:  # noqa: ANN401 - a select of (id, name, and the pause)
    s, w = tables.subscriptions.c, tables.watch_lists.c
    return (
        select(w.id, w.name, w.created_at, s.paused_since, s.paused_until)
        .join_from(tables.subscriptions, tables.watch_lists, s.watch_list_id == w.id)
        .where(s.subscriber_id == subscriber, s.removed_at.is_(None), w.removed_at.is_(None))
        .order_by(w.name)
    )
