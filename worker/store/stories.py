"""Stories: the statements of folding, within the match step's transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, null, select

from worker.records import Said
from worker.store import leases
from worker.store.tables import item_revisions, items, stories
from worker.stories.story import FULL_REPORT, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Connection

    from worker.records import FoldedItem, OpenedStory
    from worker.stories.story import Summary

_s, _i, _r = stories.c, items.c, item_revisions.c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_OPENED = stories.insert()
_OPENED_RETURNING = stories.insert().returning(_s.id, sort_by_parameter_order=True)
_LAST = select(func.coalesce(func.max(_s.id), 0))
_TEXT_OF = func.coalesce(_i.copy_of, _i.id).label("text_of")
_TOLD = (
    select(_i.id, _i.feed_id, _i.story_id, _TEXT_OF, _i.link, _i.title, _i.text, _i.revisions)
    .join_from(items, stories, _i.story_id == _s.id)
    .where(_i.id.in_(_IDS), _s.last_seen >= bindparam("since"))
)
_FOLDED = (
    items.update()
    .where(_i.id == bindparam("b_item"))
    .values(
        **{name: bindparam(name) for name in ("story_id", "folded", "copy_of", "outlet")},
        **{name: bindparam(name) for name in ("wire", "dateline", "image_credit", "words")},
        unmatched_since=null(),
        match_leased_until=null(),
        match_attempts=0,
        match_state=null(),
    )
)
_LOCKED = leases.locked(stories, _s.id.in_(_IDS), skip=False).order_by(_s.id)
_REPORTS = (
    select(
        *(_i.story_id, _i.id, _i.first_seen, _TEXT_OF, _i.outlet, _i.feed_id, _i.wire),
        # What was folded by a version that did not count is no bare headline.
        func.coalesce(_i.words, FULL_REPORT).label("words"),
        *(_i.title, _i.link),
    )
    .where(_i.story_id.in_(_IDS))
    .order_by(_i.first_seen, _i.id)
)
_SUMMED_UP = (
    stories.update()
    .where(_s.id == bindparam("b_story"))
    .values(
        **{name: bindparam(name) for name in ("title", "link", "head_item", "wire", "reports", "independent_reports")},
        first_seen=bindparam("first_seen"),
        last_seen=case((_s.last_seen < bindparam("seen"), bindparam("seen")), else_=_s.last_seen),
        corrected_at=func.coalesce(bindparam("corrected"), _s.corrected_at),
    )
)
_SPLIT = select(_s.id, _s.split_at).where(_s.id.in_(_IDS), _s.split_at.is_not(None))
_SAID_BEFORE = select(_r.item_id, _r.title, _r.text).where(_r.item_id.in_(_IDS)).order_by(_r.item_id, _r.id.desc())
_REPLACED = (
    select(_r.item_id, _r.title, _r.text)
    .join_from(item_revisions, items, _r.item_id == _i.id)
    .where(_r.item_id.in_(_IDS), _r.replaced_at >= _i.unmatched_since)
    .order_by(_r.id.desc())
)
_EARLIER_WORDINGS = 3
"""So many earlier states of an item are compared with a newcomer, which may be a copy of any."""


def open_stories(connection: Connection, opened: Sequence[OpenedStory], *, now: datetime) -> list[int]:
    """Insert stories of one report each, in order (see MatchTransaction)."""
    if not opened:
        return []
    values = [
        {
            "title": one.title,
            "link": one.link,
            "head_item": one.item,
            "wire": one.wire,
            "first_seen": one.first_seen,
            "last_seen": now,
            "reports": 1,
            "independent_reports": 1,
        }
        for one in opened
    ]
    if connection.dialect.name == "postgresql":
        return list(connection.scalars(_OPENED_RETURNING, values))
    # SQLite would return ids in any order. It has one writer, which numbers rows on from the last one itself.
    last: int = connection.execute(_LAST).scalar_one()
    ids = range(last + 1, last + 1 + len(values))
    connection.execute(_OPENED, [{"id": id_, **value} for id_, value in zip(ids, values, strict=True)])
    return [*ids]


def said(connection: Connection, ids: Iterable[int], *, since: datetime) -> dict[int, list[Said]]:
    """Load items of stories that had a report at `since` or later, with what they said before."""
    found: dict[int, list[Said]] = {}
    revised: list[int] = []
    for part in leases.chunks(sorted(set(ids))):
        for *said, revisions in connection.execute(_TOLD, {"ids": part, "since": since}):
            now = Said(*said)
            found[now.id] = [now]
            if revisions:
                revised.append(now.id)
    for part in leases.chunks(revised):
        for item, title, text in connection.execute(_SAID_BEFORE, {"ids": part}):
            if len(found[item]) <= _EARLIER_WORDINGS:
                found[item].append(found[item][0]._replace(title=title, text=text))
    return found


def fold(connection: Connection, folded: Sequence[FoldedItem]) -> None:
    """Write what folding found about items, and clear their marks."""
    if not folded:
        return
    values = [
        {
            "b_item": one.item,
            "story_id": one.story,
            "folded": one.folded,
            "copy_of": None if one.text_of == one.item else one.text_of,
            "outlet": one.outlet,
            "wire": one.wire,
            "dateline": one.dateline,
            "image_credit": one.image_credit,
            "words": one.words,
        }
        for one in sorted(folded)
    ]
    connection.execute(_FOLDED, values)


def reports(connection: Connection, ids: Iterable[int], *, lock: bool = True) -> dict[int, list[Report]]:
    """Load the reports of stories, which stay locked: who waited here sees what the other committed."""
    found: dict[int, list[Report]] = defaultdict(list)
    for part in leases.chunks(sorted(set(ids))):
        if lock and connection.dialect.name == "postgresql":
            connection.execute(_LOCKED, {"ids": part}).all()
        for row in connection.execute(_REPORTS, {"ids": part}):
            outlet = row.outlet or f"feed:{row.feed_id}"  # folded by the version that did not ask for outlets
            found[row.story_id].append(
                Report(row.id, row.first_seen, row.text_of, outlet, row.wire, row.words, row.title, row.link)
            )
    return found


def sum_up(
    connection: Connection, summaries: Mapping[int, Summary], *, corrected: Iterable[int], now: datetime
) -> None:
    """Write what the reports of stories come to."""
    corrections = frozenset(corrected)
    values = [
        {
            "b_story": story,
            "title": summary.head.title,
            "link": summary.head.link,
            "head_item": summary.head.item,
            "wire": summary.wire,
            "reports": summary.reports,
            "independent_reports": summary.independent,
            "first_seen": summary.first_seen,
            "seen": summary.last_seen,
            "corrected": now if story in corrections else None,
        }
        for story, summary in sorted(summaries.items())
    ]
    if values:
        connection.execute(_SUMMED_UP, values)


def replaced(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Load what items that wait said before they were revised since they were matched: title and text."""
    found: dict[int, tuple[str, str]] = {}
    for part in leases.chunks(sorted(set(ids))):
        for item, title, text in connection.execute(_REPLACED, {"ids": part}):
            found[item] = title, text
    return found


def split_at(connection: Connection, ids: Iterable[int]) -> dict[int, datetime]:
    """Load when stories were taken out of others; stories that were not are left out."""
    found: dict[int, datetime] = {}
    for part in leases.chunks(sorted(set(ids))):
        found.update((row.id, row.split_at) for row in connection.execute(_SPLIT, {"ids": part}))
    return found
