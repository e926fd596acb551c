"""All that a database knows, copied row by row into an empty one of either kind.

What each kind keeps for itself does not come along: the archive's index, which is made anew from the items, and the log
of copy keys on SQLite, which is put into the table before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, func, literal_column, select, text

from worker.store.tables import heartbeats, indexed_items, metadata, recent_keys, unindexed_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from psycopg import Cursor
    from sqlalchemy import Connection, Row

    _Part = Sequence[Row[Any]]

ROWS_AT_ONCE = 1_000
_OF_ITS_KIND = frozenset({indexed_items, unindexed_items, recent_keys})
_NOT_OF_OTHERS = frozenset({heartbeats})
"""Who is alive here is not alive there."""


def copied_tables() -> list[Table]:
    """Return the tables whose rows are copied, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table not in _OF_ITS_KIND | _NOT_OF_OTHERS]


def count_rows(connection: Connection) -> dict[str, int]:
    """Return how many rows each of them has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in copied_tables()
    }


def steps(counts: Iterable[int]) -> int:
    """Return in how many steps so many rows a table are copied."""
    return sum(-(-count // ROWS_AT_ONCE) for count in counts)


def copy_rows(source: Connection, target: Connection, *, step: Callable[[], None]) -> None:
    """Copy all rows into a database of this version's schema, whose rows, if it has any, are removed.

    Both are in a transaction, on SQLite one that checks no foreign keys.
    """
    _empty(target)
    write = _copied_in if target.dialect.name == "postgresql" else _inserted
    for table in copied_tables():
        rows = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table).order_by(*table.primary_key))
        write(target, table, _told(rows.partitions(), step))
    _go_on_counting(target)


def _told(parts: Iterable[_Part], step: Callable[[], None]) -> Iterator[_Part]:
    for part in parts:
        yield part
        step()


def _empty(target: Connection) -> None:
    """Remove all rows: those that a migration makes, and all others."""
    if target.dialect.name == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        target.execute(text(f"TRUNCATE {names}"))
        return
    for table in reversed(metadata.sorted_tables):
        target.execute(table.delete())


def _inserted(target: Connection, table: Table, parts: Iterable[_Part]) -> None:
    for rows in parts:
        target.execute(table.insert(), [dict(row._mapping) for row in rows])  # noqa: SLF001 - SQLAlchemy's public name


def _copied_in(target: Connection, table: Table, parts: Iterable[_Part]) -> None:
    """COPY in one statement, whose rows may refer to one another in any order: keys are checked at its end."""
    columns = list(table.columns)
    writers = [
        column.type.dialect_impl(target.dialect).bind_processor(target.dialect) or _as_it_is for column in columns
    ]
    cursor: Cursor[Any] = target.connection.cursor()  # type: ignore[assignment] # psycopg's own
    names = ", ".join(f'"{column.name}"' for column in columns)
    with cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copying:
        for rows in parts:
            for row in rows:
                copying.write_row(
                    [None if value is None else write(value) for write, value in zip(writers, row, strict=True)]
                )


def _as_it_is(value: object) -> object:
    return value


def _go_on_counting(target: Connection) -> None:
    """Let ids go on after the highest there is, and after those that this database has given; SQLite goes on by itself.

    Whoever was at work here before it was emptied must not find a row of the number that it has in hand.
    """
    if target.dialect.name != "postgresql":
        return
    for table in copied_tables():
        column = table.autoincrement_column
        if column is not None and column.default is None:
            sequence = target.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            if sequence is not None:
                given = select(literal_column("last_value")).select_from(text(sequence)).scalar_subquery()
                highest = select(func.greatest(func.max(column), given)).scalar_subquery()
                target.execute(select(func.setval(sequence, highest)))
