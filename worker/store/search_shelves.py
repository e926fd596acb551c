"""The index's words on SQLite: FTS5 tables without content, in shelves.

Such a table needs a third of the room of one that keeps what it indexed, but nothing can be taken out of it. So each
item that is indexed gets a number of its own, also when it is indexed anew, and what is found counts only where the
number still belongs to an item. A shelf holds `PER_SHELF` numbers in a row; when most of its items are gone or have
moved on, the rest is indexed anew, and it is dropped whole.

FTS5's own merging may hold the write lock for hundreds of milliseconds, so it is off, and done here in small steps.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import text

from worker.watchlists.index_words import BREAK, CUT, FEED, FIELDS, LANGUAGE
from worker.watchlists.needs import AllOf, AnyOf, Holds, Lacks, OfFeeds, Speaks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from worker.watchlists.index_words import IndexWords
    from worker.watchlists.needs import Need

PER_SHELF = 50_000
"""Some 20 MB of short news. It must stay as it is: by it a number finds its shelf."""

KEPT_FROM = 1 / 5
"""A shelf of which fewer items are left is dropped."""

MERGED_AT_ONCE = 50
"""Pages that one step of merging writes: some 30 ms."""

_PREFIX = "item_words_"
_NAMES = text(f"SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE {_PREFIX}%'")  # noqa: S608 - ours, as all below
_MODULE = text("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")
_LAST = text("SELECT seq FROM sqlite_sequence WHERE name = 'indexed_items'")
_LEFT = text("SELECT count(*) FROM indexed_items WHERE number >= :first AND number < :end")
_MARKED = text(
    "INSERT OR IGNORE INTO unindexed_items (item_id) "
    "SELECT item_id FROM indexed_items WHERE number >= :first AND number < :end"
)
_FORGOTTEN = text("DELETE FROM indexed_items WHERE number >= :first AND number < :end")


def has_fts5(connection: Connection) -> bool:
    """Whether SQLite was built with it."""
    return bool(connection.execute(_MODULE).all())


def last_number(connection: Connection) -> int:
    """Return the highest number that was ever used; none is used again."""
    return connection.execute(_LAST).scalar_one_or_none() or 0


def write(connection: Connection, written: Sequence[tuple[int, IndexWords]]) -> None:
    """Index words under their numbers, which ascend and are all new."""
    there = set(shelves(connection))
    for shelf, rows in groupby(written, lambda row: row[0] // PER_SHELF):
        name = f"{_PREFIX}{shelf}"
        if shelf not in there:
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE {name} USING fts5(title, text, category, marks, content='', columnsize=0, "
                f"tokenize=\"ascii tokenchars ''':'\")"
            )
            connection.exec_driver_sql(f"INSERT INTO {name} ({name}, rank) VALUES ('automerge', 0)")  # noqa: S608
        values = [(number, *(" ".join(words) for words in said)) for number, said in rows]
        connection.exec_driver_sql(
            f"INSERT INTO {name} (rowid, title, text, category, marks) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            values,
        )


def merge(connection: Connection) -> bool:
    """Take one step in merging segments, of which many make a shelf larger and slower; return whether there is more.

    Those of the newest shelf are merged as FTS5 would by itself, those of the one before it into a single one.
    """
    newest = shelves(connection)[-2:]
    return any(_merged(connection, shelf, whole=shelf != newest[-1]) for shelf in reversed(newest))


def _merged(connection: Connection, shelf: int, *, whole: bool) -> bool:
    name = f"{_PREFIX}{shelf}"
    if whole and len(connection.exec_driver_sql(f"SELECT DISTINCT segid FROM {name}_idx LIMIT 2").all()) == 1:  # noqa: S608
        return False
    before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    pages = -MERGED_AT_ONCE if whole else MERGED_AT_ONCE
    connection.exec_driver_sql(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', {pages})")  # noqa: S608
    # FTS5 says so itself: fewer than two changes, and there was nothing to merge.
    changed: int = connection.exec_driver_sql("SELECT total_changes()").scalar_one() - before
    return changed > 1


def retire(connection: Connection) -> bool:
    """Drop one shelf of which little is left, and mark that for indexing; return whether there was one."""
    for shelf in shelves(connection)[:-1]:
        numbers = {"first": shelf * PER_SHELF, "end": (shelf + 1) * PER_SHELF}
        if connection.execute(_LEFT, numbers).scalar_one() < PER_SHELF * KEPT_FROM:
            connection.execute(_MARKED, numbers)
            connection.execute(_FORGOTTEN, numbers)
            connection.exec_driver_sql(f"DROP TABLE {_PREFIX}{shelf}")
            return True
    return False


def shelves(connection: Connection) -> list[int]:
    """Return the shelves that there are, ascending."""
    return sorted(int(name.removeprefix(_PREFIX)) for name in connection.scalars(_NAMES))


def shelf_of(shelf: int) -> tuple[str, int, int]:
    """Return a shelf's table, the first number that it may hold, and the first of the next one."""
    return f"{_PREFIX}{shelf}", shelf * PER_SHELF, (shelf + 1) * PER_SHELF


def query_of(need: Need) -> str:
    """Write a need, but for ANYTHING and NOTHING, in FTS5's language; items that were cut may hold anything."""
    return f'{_query(need)} OR "{CUT}"'


def _query(need: Need) -> str:
    if isinstance(need, Holds):
        return _phrase(need)
    if isinstance(need, Speaks):
        return f'"{LANGUAGE}{need.language}"'
    if isinstance(need, OfFeeds):
        return _joined("OR", (f'"{FEED}{feed}"' for feed in sorted(need.feeds)))
    if isinstance(need, AnyOf):
        return _joined("OR", map(_query, need.parts))
    # NOT stands between two things, and there is always the break.
    parts = need.parts if isinstance(need, AllOf) else (need,)
    wanted = [_query(part) for part in parts if not isinstance(part, Lacks)] or [f'"{BREAK}"']
    excluded = [_query(part.part) for part in parts if isinstance(part, Lacks)]
    whole = _joined("AND", wanted)
    return f"({whole} NOT {_joined('OR', excluded)})" if excluded else whole


def _phrase(need: Holds) -> str:
    mark = FIELDS.get(need.field, "")
    phrase = f'"{" ".join(mark + word for word in need.words)}"{" *" if need.goes_on else ""}'
    return f"{need.field} : {phrase}" if need.field is not None and not mark else phrase


def _joined(operator: str, parts: Iterable[str]) -> str:
    return f"({f' {operator} '.join(parts)})"
