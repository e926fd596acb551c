"""Backups: all that a database knows, in one SQLite file, whichever kind it is of and will be put into."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select, text

from worker.store import database_file
from worker.store.key_log import KeyLog
from worker.store.row_copying import copy_rows, count_rows, steps
from worker.store.status import remember, remembered
from worker.store.tables import feeds, heartbeats, items, subscribers, watch_lists
from worker.store.transactions import Database

if TYPE_CHECKING:
    from pathlib import Path

    from worker.store.database_file import Shown

MADE_AT = "backup_made_at"
"""When the backup was taken that this database is, or was put back from."""


class Backups(Database):
    """Writing all there is into a database of its own, and taking all there is from one."""

    def copy_file(self, target: Path, *, shown: Shown) -> None:
        """Copy this SQLite database as it is at this moment to `target`, a new file."""
        database_file.copy(self.file, target, shown=shown)

    def copy_rows_from(self, source: Backups, *, shown: Shown) -> None:
        """Put what another database knows, of this version's schema too, in place of all that this one does.

        In one transaction: whoever looks meanwhile sees what was there before.
        """
        with source._transaction("snapshot") as from_, self._transaction("durable", foreign_keys=False) as to:
            if self.dialect == "postgresql":
                to.execute(text("SET LOCAL statement_timeout = 0"))
            with shown(steps(count_rows(from_).values())) as step:
                copy_rows(from_, to, step=step)

    def row_counts(self) -> dict[str, int]:
        """Return how many rows there are, table by table, without what is made anew elsewhere."""
        with self._transaction("snapshot") as connection:
            return count_rows(connection)

    def is_blank(self) -> bool:
        """Say whether nobody has used this database yet, whose schema is up to date."""
        used = or_(*(exists().where(table.c.id.is_not(None)) for table in (feeds, items, subscribers, watch_lists)))
        with self._transaction("read") as connection:
            return not connection.execute(select(used)).scalar_one()

    def heard_since(self, moment: datetime) -> list[tuple[str, str, int]]:
        """Return role, host and PID of each process that was heard of since."""
        h = heartbeats.c
        heard = select(h.role, h.host, h.pid).where(h.heartbeat_at > moment).order_by(h.role, h.host, h.pid)
        with self._transaction("read") as connection:
            return [(row.role, row.host, row.pid) for row in connection.execute(heard)]

    def backup_made_at(self) -> datetime | None:
        """When the backup was taken that this database is, or was put back from; None where it is neither."""
        with self._transaction("read") as connection:
            made = remembered(connection, MADE_AT)
        return None if made is None else datetime.fromisoformat(made)

    def sign_backup(self, *, made_at: datetime) -> None:
        """Write into a copy when it was taken."""
        with self._transaction("durable") as connection:
            remember(connection, MADE_AT, made_at.isoformat())

    def settle_in(self) -> None:
        """Forget what holds only where a backup was taken: who is alive there, and the log that only SQLite has."""
        with self._transaction("durable") as connection:
            connection.execute(heartbeats.delete())
            if self.is_embedded:
                KeyLog().put_away(connection)
