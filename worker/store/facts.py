"""What a message says: the facts of an alert, of one of its updates, of a digest."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, exists, func, literal, null, select

from config.redaction import shown_url
from worker.alerts.model import AlertFacts, ReportFacts
from worker.store import leases, tables
from worker.store.full_texts import whole_text
from worker.store.orphans import subscription_stands
from worker.store.update_facts import update_of, updates_of_digest
from worker.watchlists.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter, ColumnElement, Connection, Row, Select

    from worker.alerts.model import UpdateFacts
    from worker.records import Outgoing

STORY_ITEMS = 50
"""So many reports of a story are listed in a message, the earliest first."""

IN_FULL = 200
"""So many alerts of a digest are told in full; what a flood brought beyond that is told in a line each."""

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_a, _w, _s, _m = tables.alerts.c, tables.watch_lists.c, tables.subscriptions.c, tables.matches.c
_HELD = (
    select(_a.id)
    .where(_a.digest_id == bindparam("digest"), _a.state.in_(("held", "told")))
    .order_by(_a.created_at, _a.id)
)
_STANDS = exists().where(_s.id == _a.subscription_id, subscription_stands()).correlate(tables.alerts)
_MET_BY = (
    select(_m.terms, _m.spans)
    .join_from(tables.alerts, tables.matches, and_(_m.watch_list_id == _a.watch_list_id, _m.item_id == _a.item_id))
    .join(tables.watch_lists, _a.watch_list_id == _w.id)
    .where(_a.id.in_(_IDS), _m.item_id == bindparam("item"))
    .order_by(_w.name)
)
_SHARING = (
    select(_a.id, _w.name, _a.state)
    .join_from(tables.alerts, tables.watch_lists, _a.watch_list_id == _w.id)
    .where(_a.lead_id == bindparam("lead"), _a.state != "cancelled", _STANDS)
    .order_by(_w.name)
)


def of_alert(connection: Connection, alert: int) -> list[AlertFacts]:
    """Load what the first message of an alert says.

    Where its own list is gone the first of those that are left speaks for it, or, with none, of those that rely on it.
    """
    living = connection.execute(_SHARING, {"lead": alert}).all()
    lists = {row.id: row.name for row in [row for row in living if row.state != "merged"] or living}
    return _spoken(connection, alert, lists)


def of_update(connection: Connection, outgoing: Outgoing) -> list[AlertFacts]:
    """Load what a later message says; nothing where the report concerned has been taken out of the story."""
    told = update_of(connection, outgoing)
    return [] if told is None else _spoken(connection, told.alert, told.lists, told.facts)


def of_digest(connection: Connection, digest: int) -> list[AlertFacts]:
    """Load what a digest says: its alerts, then stories told before of which it tells updates, each once."""
    ids = list(connection.scalars(_HELD, {"digest": digest}))
    held = _told(connection, dict.fromkeys(ids[:IN_FULL]), {}) + _briefly(connection, ids[IN_FULL:])
    of_story = updates_of_digest(connection, digest)
    later = [told for story, told in of_story.items() if story not in {facts.story for facts in held}]
    names = {told.alert: _names(told.lists) for told in later}
    return held + _told(connection, {told.alert: told.facts for told in later}, names)


def _spoken(
    connection: Connection, alert: int, lists: Mapping[int, str], update: UpdateFacts | None = None
) -> list[AlertFacts]:
    """Load the facts of an alert that tells of all of `lists` (alert -> name), in the words of one of them."""
    speaker = alert if alert in lists else next(iter(lists), alert)
    told = _told(connection, {speaker: update}, {speaker: _names(lists)})
    return [_met_by_all(connection, replace(facts, alert=alert), lists) for facts in told]


def _met_by_all(connection: Connection, facts: AlertFacts, lists: Mapping[int, str]) -> AlertFacts:
    """Say why each of these lists (alert -> name) met the item: a message for several shows what all of them found."""
    if len(lists) == 1:
        return facts
    terms, spans = dict.fromkeys(facts.terms), set(facts.spans)
    for part in leases.chunks(sorted(lists)):
        for row in connection.execute(_MET_BY, {"ids": part, "item": facts.item}):
            terms |= dict.fromkeys(row.terms)
            spans |= {Span(*span) for span in row.spans}
    ordered = sorted(spans, key=lambda span: (span.field, span.start, span.end))
    return replace(facts, terms=tuple(terms), spans=tuple(ordered))


def _names(lists: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lists.values()))


def _told(
    connection: Connection, updates: Mapping[int, UpdateFacts | None], lists: Mapping[int, tuple[str, ...]]
) -> list[AlertFacts]:
    """Load the facts of these alerts with these updates, in the order of their making."""
    rows = [row for part in leases.chunks(sorted(updates)) for row in connection.execute(_facts(), {"ids": part})]
    rows.sort(key=lambda row: (row.created_at, row.alert))
    reports = _reports(connection, {row.story for row in rows})
    return [_alert_facts(row, lists.get(row.alert, ()), reports.get(row.story, ()), updates[row.alert]) for row in rows]


def _briefly(connection: Connection, ids: Sequence[int]) -> list[AlertFacts]:
    """Load what fits into a line of each of these alerts, in their order."""
    rows: list[Row[*tuple[Any, ...]]] = []
    for part in leases.chunks(ids):
        rows += connection.execute(_facts(brief=True), {"ids": part})
    found = {row.alert: _alert_facts(row, (), (), None, brief=True) for row in rows}
    return [found[id_] for id_ in ids]


_LONG = ("summary", "text", "full_text", "authors", "categories", "image")
"""Columns of items that make no line."""


@lru_cache
def _facts(*, brief: bool = False) -> Select[*tuple[Any, ...]]:
    """Select alerts with all that is said of them; the story is the one that has the reports now.

    `brief`: without what is long.
    """
    a, w, u = tables.alerts.c, tables.watch_lists.c, tables.subscribers.c
    i, f, s, m = tables.items.c, tables.feeds.c, tables.stories.c, tables.matches.c
    told = tables.stories.alias("told")
    whole: list[ColumnElement[Any]] = [*tables.items.c, m.terms, m.spans]
    line = [column for column in i if column.name not in _LONG]
    empty = [null().label(name) for name in (*_LONG, "terms", "spans")]
    met = and_(m.watch_list_id == a.watch_list_id, m.item_id == a.item_id, literal(not brief))
    return (
        select(
            *([*line, *empty] if brief else whole),
            a.id.label("alert"),
            a.created_at,
            w.name.label("watch_list"),
            u.name.label("subscriber"),
            s.id.label("story"),
            s.title.label("story_title"),
            s.first_seen.label("story_first_seen"),
            s.wire.label("story_wire"),
            s.reports,
            s.independent_reports,
            f.name.label("feed_name"),
            f.title.label("feed_title"),
            f.url.label("feed_url"),
        )
        .join_from(tables.alerts, tables.watch_lists, a.watch_list_id == w.id)
        .join(tables.subscribers, a.subscriber_id == u.id)
        .join(told, a.story_id == told.c.id)
        .join(tables.stories, s.id == func.coalesce(told.c.merged_into, told.c.id))
        .join(tables.items, a.item_id == i.id)
        .join(tables.feeds, i.feed_id == f.id)
        .join(tables.matches, met, isouter=True)
        .where(a.id.in_(_IDS))
    )


def _reports(connection: Connection, stories: Iterable[int]) -> dict[int, tuple[ReportFacts, ...]]:
    """Load the first reports of each story."""
    found: dict[int, tuple[ReportFacts, ...]] = {}
    for part in leases.chunks(sorted(stories)):
        for row in connection.execute(_first_reports(), {"stories": part}):
            report = ReportFacts(row.id, row.title, row.link, row.source, row.published, row.wire, row.dateline)
            found[row.story_id] = (*found.get(row.story_id, ()), report)
    return found


@lru_cache
def _first_reports() -> Select[*tuple[Any, ...]]:
    i, f = tables.items.c, tables.feeds.c
    place = func.row_number().over(partition_by=i.story_id, order_by=(i.first_seen, i.id)).label("place")
    source = func.coalesce(i.source, f.name, f.title).label("source")
    told = (
        select(i.story_id, i.id, i.title, i.link, source, i.published, i.wire, i.dateline, place)
        .join_from(tables.items, tables.feeds)
        .where(i.story_id.in_(bindparam("stories", expanding=True)))
        .subquery()
    )
    return select(told).where(told.c.place <= STORY_ITEMS).order_by(told.c.story_id, told.c.place)


def _alert_facts(
    row: Row[*tuple[Any, ...]],
    lists: Sequence[str],
    reports: tuple[ReportFacts, ...],
    update: UpdateFacts | None,
    *,
    brief: bool = False,
) -> AlertFacts:
    return AlertFacts(
        alert=row.alert,
        watch_list=row.watch_list,
        watch_lists=tuple(lists) or (row.watch_list,),
        subscriber=row.subscriber,
        story=row.story,
        story_title=row.story_title,
        story_first_seen=row.story_first_seen,
        story_wire=row.story_wire,
        reports=row.reports,
        independent_reports=row.independent_reports,
        story_items=reports,
        item=row.id,
        title=row.title,
        link=row.link,
        summary=(row.text or "") if row.summary is None else row.summary,
        text=whole_text(row.text or "", row.full_text),
        authors=tuple(row.authors or ()),
        categories=tuple(row.categories or ()),
        source=row.source,
        wire=row.wire,
        dateline=row.dateline,
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
        update=update,
        brief=brief,
    )
