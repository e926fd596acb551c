"""The archive's index: kept in step with the items a little at a time, out of the way of those who write them.

What is not indexed yet is marked (`unindexed_items`), by triggers, and looked at directly until it is.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, select

from worker.store import search_shelves, search_vectors
from worker.store.leases import chunks
from worker.store.matchables import NO_FEED, SAID, matchable_of
from worker.store.tables import indexed_items, items, unindexed_items
from worker.store.transactions import Database, retried
from worker.watchlists.index_words import index_words
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Row

    from worker.watchlists.index_words import IndexWords

_i, _u, _x = items.c, unindexed_items.c, indexed_items.c
STRETCH = 10
"""So many times as many marks as are wanted are looked through at once for items that are matched."""

# The marks alone first, or PostgreSQL walks over all items that were ever indexed to find those that are not.
_NEXT = (
    select(_u.item_id, _u.times)
    .where(_u.item_id > bindparam("after"))
    .order_by(_u.item_id)
    .limit(bindparam("stretch"))
    .subquery()
)
_WAITING = (
    select(*_NEXT.c, _i.feed_id, _i.story_id, _i.news, _i.first_seen, *SAID)
    .join_from(_NEXT, items, _NEXT.c.item_id == _i.id)
    .where(_i.unmatched_since.is_(None))
    .order_by(_NEXT.c.item_id)
    .limit(bindparam("most"))
)
"""What waits for matching comes later: its story is not known, and its page may be read yet."""
_END = select(func.max(_NEXT.c.item_id))
_MARKS = (
    select(_u.item_id, _u.times)
    .where(_u.item_id.in_(bindparam("ids", expanding=True)))
    .with_for_update(skip_locked=True)
)
_UNMARKED = unindexed_items.delete().where(_u.item_id.in_(bindparam("ids", expanding=True)))


class _Made(NamedTuple):
    """What the index will hold of an item, as its mark was when it was read."""

    item: int
    times: int
    row: dict[str, Any]
    words: IndexWords


class SearchIndex(Database):
    """Filling the index, and keeping it in shape."""

    _indexed_to = 0
    """The id that the last step got to. What lies before it is dead rows by the thousand, which PostgreSQL walks over
    until it has cleaned them away; what was marked there since has its turn when the end has been reached."""

    @cached_property
    def _can_index(self) -> bool:
        if self.dialect == "postgresql":
            return True
        with self._transaction("read") as connection:
            return search_shelves.has_fts5(connection)

    def unindexed(self) -> int:
        """Return how many items the index does not hold yet."""
        with self._transaction("read") as connection:
            return connection.execute(select(func.count()).select_from(unindexed_items)).scalar_one()

    def index_items(self, *, limit: int) -> int:
        """Index up to `limit` items that are marked and matched, by their ids; return how many were there.

        Their words are made between two short transactions. What changes meanwhile stays marked. None where SQLite was
        built without FTS5: all items are looked at directly then.
        """
        rows = self._matched(limit) if self._can_index else []
        if rows:
            self._write_index([_made(row) for row in rows])
        return len(rows)

    def _matched(self, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
        """Return the next of those that are marked and matched, from the first again where there are no more."""
        begun = self._indexed_to
        while True:
            with self._transaction("read") as connection:
                asked = {"after": self._indexed_to, "stretch": limit * STRETCH}
                rows = connection.execute(_WAITING, asked | {"most": limit}).all()
                end = rows[-1].item_id if len(rows) == limit else connection.scalar(_END, asked)
            self._indexed_to = end or 0
            if rows or not (end or begun):
                return rows
            begun = begun if end else 0

    @retried
    def _write_index(self, made: Sequence[_Made]) -> None:
        with self._transaction("write") as connection:
            ids = [one.item for one in made]
            marks = {item: times for part in chunks(ids) for item, times in connection.execute(_MARKS, {"ids": part})}
            standing = [one for one in made if marks.get(one.item) == one.times]
            if not standing:
                return
            for part in chunks([one.item for one in standing]):
                connection.execute(_UNMARKED, {"ids": part})
            if self.dialect == "postgresql":
                connection.execute(indexed_items.insert(), [one.row | _vector(one.words) for one in standing])
            else:
                numbered = [*enumerate(standing, search_shelves.last_number(connection) + 1)]
                connection.execute(indexed_items.insert(), [one.row | {"number": number} for number, one in numbered])
                search_shelves.write(connection, [(number, one.words) for number, one in numbered])

    def tidy_index(self) -> bool:
        """Take one small step in bringing the index into shape; return whether there is more to do."""
        if self.dialect == "postgresql":
            return False
        return self._step(search_shelves.merge)

    def retire_index(self) -> bool:
        """Drop one part of the index of which little is left; return whether there was one."""
        if self.dialect == "postgresql":
            return False
        return self._step(search_shelves.retire)

    @retried
    def _step(self, step: Callable[[Connection], bool]) -> bool:
        with self._transaction("write") as connection:
            return step(connection)


def _made(row: Row[*tuple[Any, ...]]) -> _Made:
    reading = Reading(matchable_of(row, NO_FEED))
    values = {
        "item_id": row.item_id,
        "seen": int(row.first_seen.timestamp()),
        "feed_id": row.feed_id,
        "story_id": row.story_id,
        "news": row.news,
        "language": reading.language,
        "whole": True,
    }
    return _Made(row.item_id, row.times, values, index_words(reading, feed=row.feed_id))


def _vector(words: IndexWords) -> dict[str, object]:
    vector, whole = search_vectors.vector_of(words)
    return {"words": vector, "whole": whole}
