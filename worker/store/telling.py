"""What a message says: the facts of alerts, and the lists of alerts that commands show."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, select

from config.redaction import shown_url
from worker.alerts.model import AlertFacts, ReportFacts
from worker.records import AlertLine
from worker.store import leases, tables
from worker.store.full_texts import whole_text
from worker.store.rows import AlertRow
from worker.store.transactions import Database, retried
from worker.watchlists.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Connection, Row, Select

    from worker.records import Outgoing

STORY_ITEMS = 50
"""So many reports of a story are listed in a message, the earliest first."""


class Telling(Database):
    """Alerts as messages and commands see them."""

    @retried
    def alerts_of(self, outgoing: Outgoing, *, now: datetime) -> list[AlertFacts]:
        """Load the facts of a message, closing a digest first (see DeliverStore)."""
        if outgoing.subject_kind == "digest":
            self._close_digest(outgoing.subject, now=now)
        elif outgoing.subject_kind != "alert":
            return []
        facts = _facts(digest=outgoing.subject_kind == "digest")
        with self._transaction("read") as connection:
            rows = connection.execute(facts, {"subject": outgoing.subject}).all()
            sharing = _sharing(connection, [row.alert for row in rows])
            reports = _reports(connection, sorted({row.story for row in rows}))
        return [_alert_facts(row, sharing.get(row.alert, ()), reports.get(row.story, ())) for row in rows]

    def alerts_list(self, *, limit: int = 100) -> list[AlertRow]:
        """Alerts, newest first."""
        a, s = tables.alerts.c, tables.stories.c
        statement = (
            _named_alerts()
            .add_columns(tables.subscribers.c.name, a.story_id, s.reports, s.independent_reports, a.created_at, a.state)
            .join(tables.subscribers, a.subscriber_id == tables.subscribers.c.id)
            .join(tables.stories, a.story_id == s.id)
            .order_by(a.id.desc())
            .limit(limit)
        )
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


@lru_cache
def _facts(*, digest: bool) -> Any:  # noqa: ANN401 - a select of many columns
    """Select the alerts that the message about a subject tells of."""
    a, w, u = tables.alerts.c, tables.watch_lists.c, tables.subscribers.c
    i, f, s, m = tables.items.c, tables.feeds.c, tables.stories.c, tables.matches.c
    subject: BindParameter[int] = bindparam("subject")
    mine = and_(a.digest_id == subject, a.state.in_(("held", "told"))) if digest else a.id == subject
    return (
        select(
            tables.items,
            a.id.label("alert"),
            a.created_at,
            w.name.label("watch_list"),
            u.name.label("subscriber"),
            s.id.label("story"),
            s.title.label("story_title"),
            s.first_seen.label("story_first_seen"),
            s.reports,
            s.independent_reports,
            f.name.label("feed_name"),
            f.title.label("feed_title"),
            f.url.label("feed_url"),
            m.terms,
            m.spans,
        )
        .join_from(tables.alerts, tables.watch_lists, a.watch_list_id == w.id)
        .join(tables.subscribers, a.subscriber_id == u.id)
        .join(tables.stories, a.story_id == s.id)
        .join(tables.items, a.item_id == i.id)
        .join(tables.feeds, i.feed_id == f.id)
        .join(tables.matches, and_(m.watch_list_id == a.watch_list_id, m.item_id == a.item_id), isouter=True)
        .where(mine)
        .order_by(a.created_at, a.id)
    )


def _sharing(connection: Connection, leads: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Load the names of the lists that share each lead's message, by name."""
    names: dict[int, tuple[str, ...]] = {}
    for part in leases.chunks(leads):
        for lead, name in connection.execute(_SHARING, {"leads": part}):
            names[lead] = (*names.get(lead, ()), name)
    return names


_SHARING = (
    select(tables.alerts.c.lead_id, tables.watch_lists.c.name)
    .join_from(tables.alerts, tables.watch_lists, tables.alerts.c.watch_list_id == tables.watch_lists.c.id)
    .where(tables.alerts.c.lead_id.in_(bindparam("leads", expanding=True)), tables.alerts.c.state != "cancelled")
    .order_by(tables.watch_lists.c.name)
)


def _reports(connection: Connection, stories: Sequence[int]) -> dict[int, tuple[ReportFacts, ...]]:
    """Load the first reports of each story."""
    found: dict[int, tuple[ReportFacts, ...]] = {}
    for part in leases.chunks(stories):
        for row in connection.execute(_first_reports(), {"stories": part}):
            report = ReportFacts(row.title, row.link, row.source, row.published)
            found[row.story_id] = (*found.get(row.story_id, ()), report)
    return found


@lru_cache
def _first_reports() -> Select[*tuple[Any, ...]]:
    i, f = tables.items.c, tables.feeds.c
    place = func.row_number().over(partition_by=i.story_id, order_by=(i.first_seen, i.id)).label("place")
    source = func.coalesce(i.source, f.name, f.title).label("source")
    told = (
        select(i.story_id, i.title, i.link, source, i.published, place)
        .join_from(tables.items, tables.feeds)
        .where(i.story_id.in_(bindparam("stories", expanding=True)))
        .subquery()
    )
    return select(told).where(told.c.place <= STORY_ITEMS).order_by(told.c.story_id, told.c.place)


def _alert_facts(row: Row[Any], sharing: tuple[str, ...], reports: tuple[ReportFacts, ...]) -> AlertFacts:
    return AlertFacts(
        alert=row.alert,
        watch_list=row.watch_list,
        watch_lists=sharing or (row.watch_list,),
        subscriber=row.subscriber,
        story=row.story,
        story_title=row.story_title,
        story_first_seen=row.story_first_seen,
        reports=row.reports,
        independent_reports=row.independent_reports,
        story_items=reports,
        title=row.title,
        link=row.link,
        summary=row.text if row.summary is None else row.summary,
        text=whole_text(row.text, row.full_text),
        authors=tuple(row.authors),
        categories=tuple(row.categories),
        source=row.source,
        language=row.language,
        published=row.published,
        updated=row.updated,
        first_seen=row.first_seen,
        image=row.image,
        feed_name=row.feed_name or row.feed_title or shown_url(row.feed_url),
        feed_url=shown_url(row.feed_url),
        terms=tuple(row.terms or ()),
        spans=tuple(Span(field, start, end) for field, start, end in row.spans or ()),
        created_at=row.created_at,
    )
