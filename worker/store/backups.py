"""Backups: all that a database knows, in one SQLite file, whichever kind it is of and will be put into."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, or_, select, text
from sqlalchemy.exc import DBAPIError

from worker.errors import StoreUnavailable
from worker.store import database_file
from worker.store.key_log import KeyLog
from worker.store.row_copying import copy_rows, count_rows, steps
from worker.store.status import remember, remembered
from worker.store.tables import channels, deliveries, feeds, heartbeats, items, metadata, subscribers, watch_lists
from worker.store.transactions import Database, described

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from worker.store.database_file import Shown

MADE_AT = "backup_made_at"
"""When the backup was taken that this database is, or was put back from."""


WAITS_MS = 10_000
"""So long those are waited for who are at work on a server's database that is to be replaced."""

MAYBE_SENT = "it may have been sent after the backup was taken"


class Heard(NamedTuple):
    """A process that was heard of, and when last."""

    role: str
    host: str
    pid: int
    at: datetime


class Backups(Database):
    """Writing all there is into a database of its own, and taking all there is from one."""

    def copy_file(self, target: Path, *, shown: Shown) -> None:
        """Copy this SQLite database as it is at this moment to `target`, a new file."""
        database_file.copy(self.file, target, shown=shown)

    def copy_rows_from(
        self, source: Backups, *, shown: Shown, since: datetime, allow: Callable[[Sequence[Heard]], None]
    ) -> None:
        """Put what another database knows, of this version's schema too, in place of all that this one does.

        In one transaction, which on PostgreSQL others wait for. `allow` is told who was heard of here since then, once
        nobody can begin anything any more, and raises where that may not be.

        Raises:
            StoreUnavailable: Others work on it for so long that it cannot be taken from them.
        """
        with source._transaction("snapshot") as from_, self._transaction("durable", foreign_keys=False) as to:
            self._hold_alone(to)
            allow(_heard(to, since))
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

    def heard_since(self, moment: datetime) -> list[Heard]:
        """Return which processes were heard of since."""
        with self._transaction("read") as connection:
            return _heard(connection, moment)

    def backup_made_at(self) -> datetime | None:
        """When the backup was taken that this database is, or was put back from; None where it is neither."""
        with self._transaction("read") as connection:
            made = remembered(connection, MADE_AT)
        return None if made is None else datetime.fromisoformat(made)

    def sign_backup(self, *, made_at: datetime) -> None:
        """Write into a copy when it was taken."""
        with self._transaction("durable") as connection:
            remember(connection, MADE_AT, made_at.isoformat())

    def settle_in(self, *, now: datetime) -> None:
        """Make a copy the beginning of something that goes on by itself.

        1. Nobody is alive there.
        2. What may have been sent since it was taken is not sent again through a channel that is to send at most once.
        3. Tokens of leases are higher than any that were given since, so that late writes fail here too.
        4. The log of copy keys, which only SQLite has, is put into their table.
        """
        d, c = deliveries.c, channels.c
        once = exists().where(c.id == d.channel_id, c.at_most_once)
        with self._transaction("durable") as connection:
            connection.execute(heartbeats.delete())
            waiting = deliveries.update().where(d.state == "pending", once)
            connection.execute(waiting.values(state="ambiguous", last_error=MAYBE_SENT))
            for table in (feeds, deliveries):
                connection.execute(table.update().values(lease_token=table.c.lease_token + int(now.timestamp())))
            if self.is_embedded:
                KeyLog().put_away(connection)

    def _hold_alone(self, connection: Connection) -> None:
        """Wait, but not for ever, until nobody else works on a server's database, and keep it so."""
        if self.is_embedded:
            return
        tables = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {WAITS_MS}"))
        try:
            connection.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
        except DBAPIError as error:
            place = described(self._engine.url)
            raise StoreUnavailable(f"{place}: others are at work on it; stop every process that uses it") from error


def _heard(connection: Connection, since: datetime) -> list[Heard]:
    h = heartbeats.c
    heard = select(h.role, h.host, h.pid, h.heartbeat_at).where(h.heartbeat_at > since).order_by(h.role, h.host, h.pid)
    return [Heard(*row) for row in connection.execute(heard)]
