"""Whether a database is sound: what its engine finds, whether all is there that the schema has, and what must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, inspect, literal_column, select, text

from worker.store.database_file import damage_of
from worker.store.row_copying import copied_tables
from worker.store.schema import VERSION
from worker.store.status import INSTALLATION, remembered
from worker.store.tables import alerts, deliveries, digests, metadata, notices
from worker.store.transactions import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from worker.store.database_file import Shown

_SUBJECTS = (("alert", alerts), ("digest", digests), ("notice", notices))


class Checking(Database):
    """Looking everything over; nothing is written."""

    def schema_version(self) -> str | None:
        """Return the age of the schema, as migrations are numbered; None where there is none."""
        with self._transaction("read") as connection:
            if not connection.dialect.has_table(connection, VERSION):
                return None
            found: str | None = connection.scalar(text(f"SELECT max(version_num) FROM {VERSION}"))  # noqa: S608 - ours
        return found

    def damage(self, *, shown: Shown) -> list[str]:
        """Return what the engine finds wrong, a line each; every page, or row, is read."""
        if self.is_embedded:
            with shown(1) as step:
                found = damage_of(self.file)
                step()
            return found
        tables = copied_tables()
        with self._transaction("snapshot") as connection, shown(len(tables)) as step:
            there = set(inspect(connection).get_table_names())
            for table in tables:
                if table.name in there:
                    # As text, so that each value is read whole, wherever it lies. What is broken ends in an error.
                    whole = func.count(literal_column(f'"{table.name}"::text'))
                    connection.execute(select(whole).select_from(table)).scalar_one()
                step()
        return []

    def flaws(self) -> list[str]:
        """Return what is not as this version's schema has it, a line each; the schema is of this version's age."""
        with self._transaction("snapshot") as connection:
            return [*_lacking(connection), *_broken(connection)]


def _lacking(connection: Connection) -> Iterator[str]:
    """Tables and indexes that somebody must have dropped."""
    there = inspect(connection)
    names = set(there.get_table_names())
    for table in metadata.sorted_tables:
        if table.name not in names:
            yield f"the table {table.name} is missing"
            continue
        indexes = {index["name"] for index in there.get_indexes(table.name)}
        for index in sorted(str(index.name) for index in table.indexes):
            if index not in indexes:
                yield f"the index {index} is missing"


def _broken(connection: Connection) -> Iterator[str]:
    """What no foreign key can hold, for deliveries are about rows of three tables."""
    if remembered(connection, INSTALLATION) is None:
        yield "the installation's name is missing, without which no delivery can be made"
    d = deliveries.c
    for kind, table in _SUBJECTS:
        without = and_(d.subject_kind == kind, ~exists().where(table.c.id == d.subject_id))
        count = connection.execute(select(func.count()).select_from(deliveries).where(without)).scalar_one()
        if count:
            yield f"deliveries of {kind}s that are missing: {count}"
