"""Stories and copy keys: the statements of folding, within the match step's transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, case, column, false, func, select

from worker.records import StoryFacts
from worker.store import leases
from worker.store.tables import copy_keys, items, stories
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import BindParameter, ColumnElement, Connection
    from sqlalchemy.sql.dml import ReturningInsert

    from worker.records import ItemToMatch

_s, _k, _i = stories.c, copy_keys.c, items.c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_OPENED = stories.insert()
_OPENED_RETURNING = stories.insert().returning(_s.id, sort_by_parameter_order=True)
_LAST = select(func.coalesce(func.max(_s.id), 0))
_FACTS = (
    select(_s.id, _i.feed_id).join_from(stories, items, _i.story_id == _s.id, isouter=True).where(_s.id.in_(_IDS))
).distinct()
_BEFORE = select(_i.story_id).where(_i.id.in_(_IDS), _i.story_id.is_not(None)).distinct()
_FOLDED = items.update().where(_i.id == bindparam("b_item")).values(story_id=bindparam("b_story"))
_LOCKED = leases.locked(stories, _s.id.in_(_IDS), skip=False).order_by(_s.id)
_COUNTED = (
    stories.update()
    .where(_s.id.in_(_IDS))
    .values(
        reports=select(func.count()).where(_i.story_id == _s.id).scalar_subquery(),
        last_seen=func.coalesce(
            select(func.max(_i.first_seen)).where(_i.story_id == _s.id).scalar_subquery(), _s.last_seen
        ),
    )
)
_KEYS_DROPPED = copy_keys.delete().where(_k.story_id.in_(_IDS))
_DROPPED = stories.delete().where(_s.id.in_(_IDS))


def open_stories(connection: Connection, opening: Sequence[ItemToMatch], *, now: datetime) -> list[int]:
    """Insert a story an item, in order."""
    if not opening:
        return []
    values = [
        {"title": item.title, "link": item.link, "first_seen": item.first_seen, "last_seen": now} for item in opening
    ]
    if connection.dialect.name == "postgresql":
        return list(connection.scalars(_OPENED_RETURNING, values))
    # SQLite would return ids in any order. It has one writer, which numbers rows on from the last one itself.
    last: int = connection.execute(_LAST).scalar_one()
    ids = range(last + 1, last + 1 + len(values))
    connection.execute(_OPENED, [{"id": id_, **value} for id_, value in zip(ids, values, strict=True)])
    return [*ids]


def claim_keys(connection: Connection, keys: Mapping[int, int], *, now: datetime, window: timedelta) -> dict[int, int]:
    """Give keys to stories unless another story owns them, and return the owners.

    A key another transaction is just inserting makes this one wait, and then see the owner it committed.
    """
    if not keys:
        return {}
    ordered = sorted(keys)
    owned = [keys[key] for key in ordered]
    dialect = connection.dialect.name
    given = (
        {"keys": ordered, "stories": owned}
        if dialect == "postgresql"
        else {"pairs": json.dumps(list(zip(ordered, owned, strict=True)))}
    )
    rows = connection.execute(_claiming(dialect), given | {"now": now, "outlived": now - window})
    return {key: story for key, story in rows}  # noqa: C416 - a Row is a tuple of two only to us


@lru_cache
def _claiming(dialect: str) -> ReturningInsert[int, int]:
    """INSERT all keys, in their order, as one value: a parameter a key would cost more than all the rest."""
    if dialect == "postgresql":
        numbers = ARRAY(BigInteger)
        columns = (column("key", BigInteger), column("story", BigInteger))
        pairs = func.unnest(bindparam("keys", type_=numbers), bindparam("stories", type_=numbers))
        given: list[ColumnElement[Any]] = [*pairs.table_valued(*columns, name="offered").render_derived().c]
    else:
        pair = func.json_each(bindparam("pairs", type_=Text())).table_valued("value", name="offered").c.value
        given = [func.json_extract(pair, f"$[{place}]") for place in (0, 1)]
    key, story = given
    # SQLite asks for a WHERE between a SELECT and ON CONFLICT.
    offers = select(key, story, bindparam("now", type_=_k.seen.type), false()).where(key.is_not(None)).order_by(key)
    offered = insert(dialect, copy_keys).from_select(["key", "story_id", "seen", "bad"], offers)
    outlived = _k.seen < bindparam("outlived", type_=_k.seen.type)
    mine = case((outlived, offered.excluded.story_id), else_=_k.story_id)
    owned = {"seen": offered.excluded.seen, "story_id": mine}
    return offered.on_conflict_do_update(index_elements=["key"], set_=owned).returning(_k.key, _k.story_id)


def story_facts(connection: Connection, ids: Iterable[int]) -> dict[int, StoryFacts]:
    """Load which feeds report each story."""
    found: dict[int, set[int]] = defaultdict(set)
    for part in leases.chunks(sorted(set(ids))):
        for story, feed in connection.execute(_FACTS, {"ids": part}):
            found[story].update(() if feed is None else (feed,))
    return {story: StoryFacts(story, frozenset(of)) for story, of in found.items()}


def drop_stories(connection: Connection, ids: Sequence[int]) -> None:
    """Delete stories that nobody joined, and their keys."""
    for part in leases.chunks(sorted(ids)):
        connection.execute(_KEYS_DROPPED, {"ids": part})
        connection.execute(_DROPPED, {"ids": part})


def fold(connection: Connection, story_of: Mapping[int, int]) -> None:
    """Set the story of each item, and count the reports of every story concerned.

    The stories are locked before they are counted: a transaction that waited here counts what the other committed.
    """
    if not story_of:
        return
    concerned = set(story_of.values())
    for part in leases.chunks(sorted(story_of)):
        concerned.update(connection.scalars(_BEFORE, {"ids": part}))
    connection.execute(
        _FOLDED,
        [{"b_item": item, "b_story": story_of[item]} for item in sorted(story_of)],
    )
    for part in leases.chunks(sorted(concerned)):
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCKED, {"ids": part}).all()
        connection.execute(_COUNTED, {"ids": part})
