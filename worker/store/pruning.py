"""Pruning: what is kept no longer goes, a few rows at a time, each step one short transaction.

A walk goes through one table by ids, from where it was left, and begins anew at its end. What somebody is writing at
the moment is skipped: the next walk meets it. The row with the highest id stays, for SQLite would give its id again.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import and_, case, exists, func, or_, select

from worker.store import leases
from worker.store.status import remember, remembered
from worker.store.tables import (
    alert_updates,
    alerts,
    deliveries,
    feeds,
    item_revisions,
    items,
    matches,
    notices,
    stories,
    story_mutes,
)
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement, Connection, Row, Table

Walk = Literal["items", "stories", "deliveries", "notices"]
WALKS: tuple[Walk, ...] = get_args(Walk)
"""In this order: a story can go once its items have gone."""

SEEN_FOR = timedelta(days=180)
"""So long after an item was last seen its feed may show it again without its being new (RELIABILITY 1)."""

AT_ONCE = 200
"""Rows that one step looks at: a few milliseconds in which others cannot write to SQLite."""

DEAD = ("failed", "quarantined", "ambiguous")
_OPEN = ("pending", "sending")
_LEFT = " for longer than what is kept"
"""The end of what is said of a message that nobody sent again."""

_i, _r, _s, _d, _n = items.c, item_revisions.c, stories.c, deliveries.c, notices.c

_SEEN = case(
    (_i.last_seen >= feeds.c.last_parsed_at, func.coalesce(feeds.c.last_good_at, _i.last_seen)), else_=_i.last_seen
)
"""When an item was last in its feed, which most answers only say by saying that nothing has changed."""
_SAYS = or_(_i.text != "", _i.summary.is_not(None), _i.full_text.is_not(None))


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many went; `given_up`: deliveries that nobody sent again."""

    texts: int = 0
    revisions: int = 0
    items: int = 0
    stories: int = 0
    errors: int = 0
    given_up: int = 0
    notices: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Kept:
    """From when on things are kept: what a feed said from `texts` on, that it said it from `identities` on."""

    texts: datetime
    identities: datetime

    @classmethod
    def at(cls, now: datetime, *, retention: timedelta, story_window: timedelta) -> Kept:
        """Return what is kept `now`: texts at least as long as they may be compared with others."""
        span = max(retention, story_window)
        return cls(now - span, now - max(span, SEEN_FOR))


class Pruning(Database):
    """What is kept no longer."""

    @retried
    def prune(self, walk: Walk, kept: Kept, *, anew: bool = False, limit: int = AT_ONCE) -> tuple[Pruned, bool]:
        """Take one step of a walk; return how much went, and whether the walk has come to its end.

        `anew`: from the first row, wherever it was left.
        """
        step, place = _STEPS[walk], f"pruned_{walk}"
        with self._transaction("write") as connection:
            after = 0 if anew else int(remembered(connection, place) or 0)
            pruned, last = step(connection, after, limit, kept)
            remember(connection, place, str(last or 0))
        return pruned, last is None


def _prune_items(connection: Connection, after: int, limit: int, kept: Kept) -> tuple[Pruned, int | None]:
    """Texts and revisions go first; an item without them, and without an alert, when it may be new again."""
    looked_at = (
        select(_i.id, _i.first_seen, _SEEN.label("seen"), _SAYS.label("says"), _i.revisions)
        .join_from(items, feeds)
        .where(_i.id > after)
        .order_by(_i.id)
        .limit(limit)
    )
    rows = connection.execute(looked_at).all()
    old = [row for row in rows if row.first_seen < kept.texts]
    silent = [row.id for row in old if row.says and row.seen < kept.texts]
    over = [row.id for row in old if row.seen < kept.identities]
    held = exists().where(alerts.c.item_id == _i.id, alerts.c.state == "held")
    silent = _locked(connection, items, silent, _i.unmatched_since.is_(None), ~held)
    over = _locked(connection, items, over, _i.unmatched_since.is_(None), *_unreferred(items, _i.id, _TELLING))
    for part in leases.chunks(silent):
        connection.execute(items.update().where(_i.id.in_(part)).values(text="", summary=None, full_text=None))
    revisions = 0
    revised = [row.id for row in old if row.revisions]
    for part in leases.chunks(revised):
        outdated = or_(_r.replaced_at < kept.texts, _r.item_id.in_(silent))
        revisions += connection.execute(item_revisions.delete().where(_r.item_id.in_(part), outdated)).rowcount
    for part in leases.chunks(over):
        connection.execute(item_revisions.delete().where(_r.item_id.in_(part)))
        connection.execute(matches.delete().where(matches.c.item_id.in_(part)))
        connection.execute(items.delete().where(_i.id.in_(part)))
    return Pruned(texts=len(silent), revisions=revisions, items=len(over)), _last(rows, limit) if old else None


def _prune_stories(connection: Connection, after: int, limit: int, kept: Kept) -> tuple[Pruned, int | None]:
    """A story goes when nothing tells of it and nothing belongs to it any more."""
    rows = _next(connection, stories, after, limit, _s.last_seen)
    over = [row.id for row in rows if row.last_seen < kept.identities]
    over = _locked(connection, stories, over, *_unreferred(stories, _s.id, _OF_STORY))
    for part in leases.chunks(over):
        connection.execute(stories.delete().where(_s.id.in_(part)))
    return Pruned(stories=len(over)), _last(rows, limit)


def _prune_deliveries(connection: Connection, after: int, limit: int, kept: Kept) -> tuple[Pruned, int | None]:
    """Deliveries stay, that nothing is told twice; what went wrong with those that ended is forgotten.

    One that nobody sent again is "cancelled", and says what it was.
    """
    rows = _next(connection, deliveries, after, limit, _d.state, _d.due_at, _d.last_error)
    old = [row for row in rows if row.due_at < kept.texts]
    dead = _locked(connection, deliveries, [row.id for row in old if row.state in DEAD])
    ended = [row.id for row in old if row.state not in (*DEAD, *_OPEN) and not _is_all_said(row.last_error)]
    ended = _locked(connection, deliveries, ended)
    for part in leases.chunks(dead):
        given_up = {"state": "cancelled", "last_error": _d.state + _LEFT}
        connection.execute(deliveries.update().where(_d.id.in_(part)).values(**given_up))
    for part in leases.chunks(ended):
        connection.execute(deliveries.update().where(_d.id.in_(part)).values(last_error=None))
    return Pruned(errors=len(ended), given_up=len(dead)), _last(rows, limit)


def _prune_notices(connection: Connection, after: int, limit: int, kept: Kept) -> tuple[Pruned, int | None]:
    """Notices go, with their deliveries, once none of these waits."""
    rows = _next(connection, notices, after, limit, _n.created_at)
    of_notice = and_(_d.subject_kind == "notice", _d.subject_id == _n.id)
    waits = exists().where(of_notice, _d.state.in_(_OPEN))
    over = _locked(
        connection, notices, [row.id for row in rows if row.created_at < kept.texts], ~waits, _not_last(notices)
    )
    for part in leases.chunks(over):
        connection.execute(deliveries.delete().where(_d.subject_kind == "notice", _d.subject_id.in_(part)))
        connection.execute(notices.delete().where(_n.id.in_(part)))
    return Pruned(notices=len(over)), _last(rows, limit)


_STEPS: Mapping[Walk, Callable[[Connection, int, int, Kept], tuple[Pruned, int | None]]] = {
    "items": _prune_items,
    "stories": _prune_stories,
    "deliveries": _prune_deliveries,
    "notices": _prune_notices,
}

_TELLING = (alerts.c.item_id, alert_updates.c.item_id)
_other = stories.alias("other").c
_OF_STORY = (_i.story_id, alerts.c.story_id, story_mutes.c.story_id, _other.merged_into, _other.split_from)


def _unreferred(table: Table, key: Column[int], columns: Collection[Column[Any]]) -> list[ColumnElement[bool]]:
    """None of these columns refers to the row, and it is not the last one."""
    return [*(~exists().where(column == key).correlate(table) for column in columns), _not_last(table)]


def _not_last(table: Table) -> ColumnElement[bool]:
    return table.c.id < select(func.max(table.alias("every").c.id)).scalar_subquery()


def _next(connection: Connection, table: Table, after: int, limit: int, *columns: Column[Any]) -> Sequence[Row[Any]]:
    statement = select(table.c.id, *columns).where(table.c.id > after).order_by(table.c.id).limit(limit)
    return connection.execute(statement).all()


def _locked(connection: Connection, table: Table, ids: Sequence[int], *where: ColumnElement[bool]) -> list[int]:
    """Lock those of these rows that fulfil `where`, as for their deletion, by their ids; skip locked ones."""
    found: list[int] = []
    for part in leases.chunks(ids):
        locking = select(table.c.id).where(table.c.id.in_(part), *where).order_by(table.c.id)
        found += connection.scalars(locking.with_for_update(skip_locked=True, of=table))
    return found


def _last(rows: Sequence[Row[Any]], limit: int) -> int | None:
    """The id that the next step goes on after; None at the end."""
    return rows[-1].id if len(rows) == limit else None


def _is_all_said(error: str | None) -> bool:
    return error is None or error.endswith(_LEFT)
