"""The schema's age, and bringing it up to date; safe for two at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from worker.errors import StoreUnavailable
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

HEAD = "0010"
"""The newest migration, as alembic_version has it."""

UPGRADE_LOCK = 0x70C51B
"""Number of the advisory lock under which PostgreSQL is migrated."""

VERSION = "alembic_version"
"""The table in which Alembic keeps how old the schema is."""


class Schema(Database):
    """Bringing the schema up to date."""

    @retried
    def upgrade(self) -> None:
        """Bring the schema up to date, in one transaction; whoever comes second waits and finds it done.

        Raises:
            StoreUnavailable: A newer version of the program made the schema.
        """
        if self.schema_is_current():
            return
        from worker.store.migrating import ONE_AT_A_TIME, migrate  # noqa: PLC0415 - see there

        with ONE_AT_A_TIME, self._migration() as connection:
            migrate(connection, "head")

    def require_schema(self) -> None:
        """Raise StoreUnavailable unless the schema is of this version's age."""
        if not self.schema_is_current():
            raise StoreUnavailable("the database's schema is not of this version; `tocsin db upgrade` makes it so")

    def schema_is_current(self) -> bool:
        """Whether the schema is of this version's age."""
        with self._transaction("read") as connection:
            if not connection.dialect.has_table(connection, VERSION):
                return False
            return set(connection.scalars(text(f"SELECT version_num FROM {VERSION}"))) == {HEAD}  # noqa: S608 - ours

    @contextmanager
    def _migration(self) -> Iterator[Connection]:
        if self.dialect == "postgresql":
            with self._transaction("durable") as connection:
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
                yield connection
            return
        # Batch mode drops and renames tables, which foreign keys would forbid or follow; BEGIN IMMEDIATE is the lock.
        with self._transaction("durable", foreign_keys=False) as connection:
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"the migration broke {len(broken)} references")
