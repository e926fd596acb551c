"""The schema's age: Alembic, run from code, safe for two at once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from worker.errors import StoreUnavailable
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

UPGRADE_LOCK = 0x70C51B
"""Number of the advisory lock under which PostgreSQL is migrated."""

_one_at_a_time = threading.Lock()
"""Alembic keeps the running migration in module globals, so threads of one process take turns."""


class Schema(Database):
    """Bringing the schema up to date."""

    @retried
    def upgrade(self) -> None:
        """Bring the schema up to date, in one transaction; whoever comes second waits and finds it done.

        Raises:
            StoreUnavailable: A newer version of the program made the schema.
        """
        with _one_at_a_time, self._migration() as connection:
            configuration = _configuration()
            configuration.attributes["connection"] = connection
            try:
                command.upgrade(configuration, "head")
            except CommandError as error:
                raise StoreUnavailable(f"the database's schema is not of this version: {error}") from error

    def require_schema(self) -> None:
        """Raise StoreUnavailable unless the schema is of this version's age."""
        if not self.schema_is_current():
            raise StoreUnavailable("the database's schema is not of this version; `tocsin db upgrade` makes it so")

    def schema_is_current(self) -> bool:
        """Whether the schema is of this version's age."""
        heads = set(ScriptDirectory.from_config(_configuration()).get_heads())
        with self._transaction("read") as connection:
            return set(MigrationContext.configure(connection).get_current_heads()) == heads

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


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return configuration
