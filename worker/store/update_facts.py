"""What a message says of an update: what became of a story, and which lists tell it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, exists, func, select

from worker.alerts.model import ReportFacts, UpdateFacts, Words
from worker.store import tables
from worker.store.orphans import subscription_stands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from worker.records import Outgoing

_WEIGHT = {"corrected": 2, "independent": 1, "reported": 0}
"""Of several updates of a story a digest tells the weightiest, of equals the last."""

_a, _p, _w, _s = tables.alerts.c, tables.alert_updates.c, tables.watch_lists.c, tables.subscriptions.c
_i, _f, _r = tables.items.c, tables.feeds.c, tables.item_revisions.c
_told = tables.stories.alias("told")
_matched = tables.items.alias("matched")
_STORY = func.coalesce(_told.c.merged_into, _told.c.id)
_STANDS = exists().where(_s.id == _p.subscription_id, subscription_stands()).correlate(tables.alert_updates)

_UPDATES = (
    select(
        *(_p.id, _p.alert_id, _p.sequence, _p.kind, _p.revision, _p.created_at, _STORY.label("story"), _w.name),
        *(_a.lead_id.label("first_lead"), _i.id.label("item"), _i.title, _i.text, _i.link, _i.wire, _i.dateline),
        *(_i.published, func.coalesce(_i.source, _f.name, _f.title).label("source")),
    )
    .join_from(tables.alert_updates, tables.alerts, _p.alert_id == _a.id)
    .join(tables.watch_lists, _a.watch_list_id == _w.id)
    .join(_told, _a.story_id == _told.c.id)
    .join(tables.items, _p.item_id == _i.id)
    .join(tables.feeds, _i.feed_id == _f.id)
    .where(_i.story_id == _STORY)  # what was split off since is no report of it any more
)
_TITLE_UNTIL_CORRECTED = (
    select(_r.title)
    .where(_r.item_id == _matched.c.id, _r.replaced_at > bindparam("first_sent_at"))
    .order_by(_r.id)
    .limit(1)
    .scalar_subquery()
)
_OF_MESSAGE = (
    _UPDATES.add_columns(func.coalesce(_TITLE_UNTIL_CORRECTED, _matched.c.title).label("first_title"))
    .join(_matched, _a.item_id == _matched.c.id)
    .where(_p.alert_id == bindparam("alert"), _p.sequence == bindparam("sequence"))
)
_OF_DIGEST = _UPDATES.where(_p.digest_id == bindparam("digest"), _a.state != "cancelled", _STANDS).order_by(
    _w.name, _p.id
)
_SHARING = (
    select(_a.id, _w.name)
    .join_from(tables.alert_updates, tables.alerts, _p.alert_id == _a.id)
    .join(tables.watch_lists, _a.watch_list_id == _w.id)
    .where(_p.lead_id == bindparam("lead"), _a.state != "cancelled", _STANDS)
    .order_by(_w.name)
)
_FIRST_LISTS = (
    select(_w.name)
    .join_from(tables.alerts, tables.watch_lists, _a.watch_list_id == _w.id)
    .where(_a.lead_id == bindparam("lead"), _a.state.not_in(("cancelled", "merged")))
    .order_by(_w.name)
)
_SAID = (
    select(_r.id, _r.title, _r.text)
    .where(_r.item_id == bindparam("item"), _r.id >= bindparam("revision"))
    .order_by(_r.id)
    .limit(2)
)


class ToldUpdate(NamedTuple):
    """An update as one message tells it: under one alert, for all lists that share it (alert -> name), by name."""

    alert: int
    lists: dict[int, str]
    facts: UpdateFacts


def update_of(connection: Connection, outgoing: Outgoing) -> ToldUpdate | None:
    """Load the update that a delivery is about; None where the report has been taken out of the story since."""
    about = {"alert": outgoing.subject, "sequence": outgoing.sequence, "first_sent_at": outgoing.first_sent_at}
    row = connection.execute(_OF_MESSAGE, about).one_or_none()
    if row is None:
        return None
    first_lists = tuple(connection.scalars(_FIRST_LISTS, {"lead": row.first_lead}))
    facts = _facts(connection, row, first_lists, row.first_title if first_lists else "")
    sharing = connection.execute(_SHARING, {"lead": row.id})
    return ToldUpdate(row.alert_id, {one.id: one.name for one in sharing}, facts)


def updates_of_digest(connection: Connection, digest: int) -> dict[int, ToldUpdate]:
    """Load the updates that a digest tells: story -> the weightiest, under the alert of the first list by name."""
    of_story: defaultdict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in connection.execute(_OF_DIGEST, {"digest": digest}):
        of_story[row.story].append(row)
    return {story: _weightiest(connection, rows) for story, rows in of_story.items()}


def _weightiest(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> ToldUpdate:
    alert = rows[0].alert_id
    told = max((row for row in rows if row.alert_id == alert), key=lambda row: (_WEIGHT[row.kind], row.id))
    return ToldUpdate(alert, {row.alert_id: row.name for row in rows}, _facts(connection, told))


def _facts(
    connection: Connection, row: Row[*tuple[Any, ...]], first_lists: tuple[str, ...] = (), first_title: str = ""
) -> UpdateFacts:
    before, after = _said(connection, row) if row.kind == "corrected" else (None, None)
    return UpdateFacts(
        sequence=row.sequence,
        kind=row.kind,
        report=ReportFacts(row.item, row.title, row.link, row.source, row.published, row.wire, row.dateline),
        created_at=row.created_at,
        before=before,
        after=after,
        first_lists=first_lists,
        first_title=first_title,
        first_alert=row.alert_id if row.first_lead is None else row.first_lead,
    )


def _said(connection: Connection, row: Row[*tuple[Any, ...]]) -> tuple[Words, Words] | tuple[None, None]:
    """Load what a report said before a correction and after it; it may have been corrected again since."""
    rows = connection.execute(_SAID, {"item": row.item, "revision": row.revision}).all()
    if not rows or rows[0].id != row.revision:
        return None, None
    after = rows[1] if len(rows) > 1 else row
    return Words(rows[0].title, rows[0].text), Words(after.title, after.text)
