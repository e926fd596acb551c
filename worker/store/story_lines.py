"""Stories as commands see them: the list, and one story with all its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from config.redaction import shown_url
from worker.store.story_rows import ReportRow, RevisionRow, StoryRow
from worker.store.tables import alerts, feeds, item_revisions, items, stories
from worker.store.transactions import Database

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

_s, _i, _f, _a, _r = stories.c, items.c, feeds.c, alerts.c, item_revisions.c
_m = stories.alias("merged").c


class StoryLines(Database):
    """Stories, looked at."""

    def stories_list(self, *, since: datetime, limit: int, least_reports: int = 1) -> list[StoryRow]:
        """Return the stories that had a report at `since` or later, and so many of them; the newest report first."""
        statement = (
            _stories()
            .where(_s.last_seen >= since, _s.reports >= least_reports, _s.merged_into.is_(None))
            .order_by(_s.last_seen.desc(), _s.id.desc())
            .limit(limit)
        )
        with self._transaction("read") as connection:
            return [StoryRow(*row) for row in connection.execute(statement)]

    def story(self, story: int) -> tuple[StoryRow, list[ReportRow]] | None:
        """Return a story with its reports, the earliest first; of one merged into another, itself without any."""
        with self._transaction("read") as connection:
            row = connection.execute(_stories().where(_s.id == story)).one_or_none()
            if row is None:
                return None
            reports = connection.execute(_REPORTS.where(_i.story_id == story)).all()
            revisions = _revisions(connection, [one.id for one in reports if one.revisions])
        return StoryRow(*row), [_report_row(one, revisions.get(one.id, ())) for one in reports]


def _stories() -> Select[*tuple[Any, ...]]:
    merged = select(_m.id).where(_m.merged_into == _s.id)
    told = select(func.count()).where(or_(_a.story_id == _s.id, _a.story_id.in_(merged))).scalar_subquery()
    return select(
        *(_s.id, _s.title, _s.link, _s.head_item, _s.wire, _s.reports, _s.independent_reports),
        *(_s.first_seen, _s.last_seen, _s.corrected_at, _s.merged_into, _s.split_from, told),
    )


_REPORTS = (
    select(
        *(_i.id, _i.title, _i.text, _i.link, _i.source, _i.outlet, _i.wire, _i.dateline, _i.image_credit, _i.folded),
        *(_i.copy_of, _i.words, _i.published, _i.updated, _i.first_seen, _i.revisions),
        *(_f.name, _f.title.label("feed_title"), _f.url),
    )
    .join_from(items, feeds)
    .order_by(_i.first_seen, _i.id)
)


def _revisions(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[RevisionRow, ...]]:
    found: dict[int, tuple[RevisionRow, ...]] = {}
    if ids:
        said = select(_r.item_id, _r.title, _r.text, _r.replaced_at).where(_r.item_id.in_(ids)).order_by(_r.id)
        for item, *rest in connection.execute(said):
            found[item] = (*found.get(item, ()), RevisionRow(*rest))
    return found


def _report_row(row: Row[*tuple[Any, ...]], revisions: tuple[RevisionRow, ...]) -> ReportRow:
    return ReportRow(
        id=row.id,
        title=row.title,
        text=row.text,
        link=row.link,
        feed=row.name or row.feed_title or shown_url(row.url),
        source=row.source,
        outlet=row.outlet,
        wire=row.wire,
        dateline=row.dateline,
        image_credit=row.image_credit,
        folded=row.folded,
        text_of=row.copy_of,
        words=row.words,
        published=row.published,
        updated=row.updated,
        first_seen=row.first_seen,
        revisions=revisions,
    )
