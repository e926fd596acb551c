"""What a message tells, and the lists of alerts that commands show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from worker.records import AlertLine
from worker.store import facts, tables
from worker.store.rows import AlertRow
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from datetime import datetime

    from worker.alerts.model import AlertFacts
    from worker.records import Outgoing


class Telling(Database):
    """Alerts as messages and commands see them."""

    @retried
    def alerts_of(self, outgoing: Outgoing, *, now: datetime) -> list[AlertFacts]:
        """Load the facts of a message, closing a digest first (see DeliverStore)."""
        if outgoing.subject_kind == "digest":
            self._close_digest(outgoing.subject, now=now)
        elif outgoing.subject_kind != "alert":
            return []
        with self._transaction("read") as connection:
            if outgoing.subject_kind == "digest":
                return facts.of_digest(connection, outgoing.subject)
            if outgoing.sequence:
                return facts.of_update(connection, outgoing)
            return facts.of_alert(connection, outgoing.subject)

    def alerts_list(
        self,
        *,
        watch_list: str | None = None,
        subscriber: str | None = None,
        since: datetime | None = None,
        state: str | None = None,
        limit: int = 100,
    ) -> list[AlertRow]:
        """Alerts, newest first: all, or those of the list and to the subscriber of these names, of one state ..."""
        a, s = tables.alerts.c, tables.stories.c
        told = tables.stories.alias("told")
        statement = (
            _named_alerts()
            .add_columns(tables.subscribers.c.name, s.id, s.reports, s.independent_reports, s.wire)
            .add_columns(a.created_at, a.state)
            .join(tables.subscribers, a.subscriber_id == tables.subscribers.c.id)
            .join(told, a.story_id == told.c.id)
            .join(tables.stories, s.id == func.coalesce(told.c.merged_into, told.c.id))
            .order_by(a.id.desc())
            .limit(limit)
        )
        wanted = {
            tables.watch_lists.c.name: watch_list,
            tables.subscribers.c.name: subscriber,
            a.state: state,
        }
        statement = statement.where(*(column == value for column, value in wanted.items() if value is not None))
        if since is not None:
            statement = statement.where(a.created_at >= since)
        with self._transaction("read") as connection:
            rows = connection.execute(statement).all()
        return [
            AlertRow(id_, watch_list, subscriber, story, title, link, *rest)
            for id_, watch_list, title, link, subscriber, story, *rest in rows
        ]

    def alerts_after(self, alert: int, *, limit: int = 1000) -> list[AlertLine]:
        """Alerts with greater ids, oldest first; ids become visible in their order, so the last is where to go on."""
        a = tables.alerts.c
        with self._transaction("read") as connection:
            rows = connection.execute(_named_alerts().where(a.id > alert).order_by(a.id).limit(limit)).all()
        return [AlertLine(*row) for row in rows]

    def updates_after(self, update: int, *, limit: int = 1000) -> list[AlertLine]:
        """Updates with greater ids, oldest first, as `alerts_after` has alerts; title and link are the report's."""
        p, a, w, i = tables.alert_updates.c, tables.alerts.c, tables.watch_lists.c, tables.items.c
        statement = (
            select(p.id, w.name, i.title, i.link, p.kind)
            .join_from(tables.alert_updates, tables.alerts, p.alert_id == a.id)
            .join(tables.watch_lists, a.watch_list_id == w.id)
            .join(tables.items, p.item_id == i.id)
            .where(p.id > update)
            .order_by(p.id)
            .limit(limit)
        )
        with self._transaction("read") as connection:
            return [AlertLine(*row) for row in connection.execute(statement)]

    def last_update(self) -> int:
        """The id of the newest update, or 0."""
        with self._transaction("read") as connection:
            return connection.scalar(select(func.max(tables.alert_updates.c.id))) or 0

    def last_alert(self) -> int:
        """The id of the newest alert, or 0."""
        with self._transaction("read") as connection:
            return connection.scalar(select(func.max(tables.alerts.c.id))) or 0

    def _close_digest(self, digest: int, *, now: datetime) -> None:
        d = tables.digests
        with self._transaction("durable") as connection:
            connection.execute(d.update().where(d.c.id == digest, d.c.closed_at.is_(None)).values(closed_at=now))


def _named_alerts() -> Any:  # noqa: ANN401 - a select of (id, list, title, link)
    a, w, i = tables.alerts.c, tables.watch_lists.c, tables.items.c
    return (
        select(a.id, w.name, i.title, i.link)
        .join_from(tables.alerts, tables.watch_lists, a.watch_list_id == w.id)
        .join(tables.items, a.item_id == i.id)
    )
