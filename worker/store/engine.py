"""Opening a database: engines, pragmas and session settings."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, NullPool, create_engine, event, exc, make_url

from worker.errors import StoreUnavailable
from worker.store.database_file import opened_for_reading
from worker.store.store import Store
from worker.store.transactions import FOREIGN_KEYS, PURPOSE, described

if TYPE_CHECKING:
    from psycopg import Connection as PsycopgConnection
    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection

__all__ = ["Store", "open_store", "open_to_read"]

BUSY_MS = 30_000
"""How long a writer of SQLite waits for another, and how long a statement of PostgreSQL may take."""

ROWS_AT_ONCE = 50
"""Rows in one INSERT ... RETURNING of PostgreSQL: psycopg parses long statements anew each time."""

_GIVEN_UP = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that is gone without a word is waited for no longer than a minute: its own timeouts end with it (libpq)."""

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def open_store(url: str, *, pool_size: int = 5) -> Store:
    """Open the database at `url` (`sqlite:///path` or `postgresql+psycopg://...`), whatever its schema's age.

    SQLite: the folder and the file (mode 0600) are made if missing. At most twice `pool_size` connections are open at
    once. Call it after a fork, never before.

    Raises:
        StoreUnavailable: One line without the password: no such kind of database, or it cannot be reached.
    """
    engine = _engine(_understood(url), pool_size)
    store = Store(engine)
    try:
        store.ping()
    except StoreUnavailable:
        store.close()
        raise
    return store


def open_to_read(path: Path) -> Store:
    """Open a SQLite database, of whatever age, without writing a byte to it; a method that would write fails.

    Raises:
        StoreUnavailable: There is none, or it cannot be read.
    """
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(
        url,
        creator=lambda: opened_for_reading(path),
        json_serializer=_to_json,
        hide_parameters=True,
        poolclass=NullPool,
    )
    event.listen(engine, "begin", _begin_sqlite)
    store = Store(engine)
    store.ping()
    return store


def _understood(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        # `from None`: the original message repeats the whole URL, password and all.
        raise StoreUnavailable("database_url is no database URL") from (None if "@" in url else error)
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("postgresql+psycopg", "sqlite", "sqlite+pysqlite"):
        raise StoreUnavailable(f"database_url must begin sqlite:/// or postgresql+psycopg://, not {parsed.drivername}:")
    return parsed


def _engine(url: URL, pool_size: int) -> Engine:
    sizes: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "pool_timeout": 30}
    if url.get_backend_name() == "sqlite":
        _ensure_file(url)
        engine = create_engine(
            url, json_serializer=_to_json, connect_args={"timeout": BUSY_MS / 1000}, hide_parameters=True, **sizes
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "invalidate", _let_go_sqlite)
        return engine
    engine = create_engine(
        url,
        json_serializer=_to_json,
        isolation_level="READ COMMITTED",
        hide_parameters=True,  # a traceback must not carry a channel's address (DESIGN 4.10)
        pool_pre_ping=True,
        insertmanyvalues_page_size=ROWS_AT_ONCE,
        connect_args={"application_name": "tocsin", "connect_timeout": 10, **_GIVEN_UP},
        **sizes,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _ensure_file(url: URL) -> None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreUnavailable("database_url must name a file: several processes share it")
    path = Path(url.database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made here, so that channel secrets never lie in a file of a looser mode; -wal and -shm files inherit it.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreUnavailable(f"{described(url)}: {error.strerror}") from error


def _prepare_sqlite(connection: DBAPIConnection, record: object) -> None:  # noqa: ARG001 - the event's signature
    raw: sqlite3.Connection = connection  # type: ignore[assignment]
    raw.isolation_level = None  # the driver begins nothing by itself: `_begin_sqlite` does
    raw.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA synchronous = NORMAL")


def _let_go_sqlite(connection: DBAPIConnection, record: object, error: BaseException | None) -> None:  # noqa: ARG001 - the event's signature
    """End the transaction of a connection that Ctrl-C came into the middle of.

    It is closed without that; where a result has not been read to its end, SQLite then goes on holding the lock.
    """
    with suppress(sqlite3.Error):
        connection.rollback()


def _begin_sqlite(connection: Connection) -> None:
    """Begin as the purpose asks: a reader that turns writer could fail at once, so writers say so first.

    Pragmas cannot change within a transaction, so they are set before each; that costs microseconds.
    """
    options = connection.get_execution_options()
    purpose = options.get(PURPOSE, "read")
    if purpose == "look":
        return
    reads = purpose in ("read", "snapshot")
    if not reads:
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {'ON' if options.get(FOREIGN_KEYS, True) else 'OFF'}")
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if purpose == 'durable' else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _prepare_postgresql(connection: DBAPIConnection, record: object) -> None:  # noqa: ARG001 - the event's signature
    raw: PsycopgConnection[Any] = connection  # type: ignore[assignment]
    raw.autocommit = True
    raw.execute(f"SET statement_timeout = {BUSY_MS}")
    raw.execute("SET TIME ZONE 'UTC'")
    raw.autocommit = False
