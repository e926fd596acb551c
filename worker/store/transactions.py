"""Transactions: how they begin, which errors are worth another try, and what the rest of the house sees of failures."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, TypeVar, cast

from sqlalchemy import URL, Table, exc
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect

from worker.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

Purpose = Literal["look", "read", "snapshot", "write", "durable"]
"""What a transaction is for; "durable" is a write that survives a power cut (SQLite: synchronous FULL).

A "snapshot" reads everything as it was at one moment, however long that takes.

A "look" is one SELECT, which SQLite answers as quickly as it begins a transaction for it: it has none there. Nor is a
connection taken from the pool for it, which would cost more than the rest: each thread keeps one. So only the few
threads that live long may look, and they read to the end: a result left half-read would show an old state to the next.
"""

PURPOSE = "tocsin_purpose"
"""The execution option that carries a Purpose to the `begin` event of SQLite."""

FOREIGN_KEYS = "tocsin_foreign_keys"
"""The execution option that says whether SQLite checks foreign keys; only migrations go without."""

_SCHEMA_MISSING = {"42P01", "3F000"}
_NO_DATABASE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_TRY_AGAIN = {"40001", "40P01", "57P01"}
TRIES = 5

_Self = TypeVar("_Self", bound="Database")
_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


class Database:
    """An engine and its transactions; the nouns of this room add their methods to it, and `Store` joins them."""

    def __init__(self, engine: Engine, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._engine = engine
        self._pause = pause
        self._kept = threading.local()

    @property
    def dialect(self) -> str:
        """Either "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of ours, so that whoever opens it first brings its schema up to date."""
        return self.dialect == "sqlite"

    @property
    def file(self) -> Path:
        """Where an embedded database lies."""
        return Path(str(self._engine.url.database))

    def close(self) -> None:
        """Close all connections; what other threads have kept ends with them."""
        self._let_go()
        self._engine.dispose()

    @staticmethod
    def retryable(error: BaseException) -> bool:
        """Whether the transaction that ended so may succeed when it is run again from its beginning (RELIABILITY 7)."""
        while isinstance(error, StoreUnavailable) and error.__cause__ is not None:
            error = error.__cause__
        if not isinstance(error, exc.DBAPIError):
            return False
        return _sqlstate(error) in _TRY_AGAIN or "database is locked" in str(error.orig)

    def retrying(self, run: Callable[[], _Result]) -> _Result:
        """Call `run`, and again, five times at most, when its whole transaction lost a race."""
        for tried in range(1, TRIES):
            try:
                return run()
            except (StoreUnavailable, exc.DBAPIError) as error:
                if not self.retryable(error):
                    raise
                self._pause(random.uniform(0.5, 1) * 0.02 * 2**tried)  # noqa: S311 - spreads tries, hides nothing
        return run()

    @contextmanager
    def _transaction(self, purpose: Purpose, *, foreign_keys: bool = True) -> Iterator[Connection]:
        try:
            if purpose == "look" and self.is_embedded:
                with self._looking() as connection:
                    yield connection
                return
            with self._engine.connect() as connection:
                connection.execution_options(**{PURPOSE: purpose, FOREIGN_KEYS: foreign_keys})
                if purpose == "snapshot" and not self.is_embedded:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    if purpose == "snapshot" and not self.is_embedded:
                        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                    yield connection
        except (exc.DBAPIError, exc.TimeoutError) as error:
            reason = _reason(error)
            if reason is None:
                raise
            raise StoreUnavailable(f"{described(self._engine.url)}: {reason}") from error

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        """Lend the connection that this thread keeps; one on which something went wrong is kept no longer."""
        connection: Connection | None = getattr(self._kept, "connection", None)
        if connection is None:
            connection = self._engine.connect().execution_options(**{PURPOSE: "look"})
            self._kept.connection = connection
        try:
            yield connection
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        connection: Connection | None = vars(self._kept).pop("connection", None)
        if connection is not None:
            connection.close()


def insert(where: Connection | str, table: Table) -> postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT, in the words of a database (they are the same).

    `where`: a connection to it, or its dialect's name.
    """
    dialect = where if isinstance(where, str) else where.dialect.name
    if dialect == "sqlite":
        return cast("postgresql.Insert", sqlite_dialect.insert(table))
    return postgresql.insert(table)


def retried(
    method: Callable[Concatenate[_Self, _Args], _Result],
) -> Callable[Concatenate[_Self, _Args], _Result]:
    """Run a method that is one whole transaction again when it lost a race, five times at most."""

    @wraps(method)
    def again(self: _Self, /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        return self.retrying(lambda: method(self, *args, **kwargs))

    return again


def described(url: URL) -> str:
    """Name a database for messages, without user, password or parameters."""
    if url.get_backend_name() == "sqlite":
        return f"database {url.database}"
    return f"database {url.database or ''} at {url.host or url.query.get('host') or 'the local socket'}"


def _sqlstate(error: exc.DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None


def _reason(error: exc.SQLAlchemyError) -> str | None:
    """One line for a person, or None where the error is our own mistake."""
    if not isinstance(error, exc.DBAPIError):
        return "no connection became free in time"
    line = str(error.orig).strip().partition("\n")[0]
    if _sqlstate(error) in _SCHEMA_MISSING or line.startswith("no such table"):
        return "the schema is not there yet; `tocsin db upgrade` makes it"
    code = getattr(error.orig, "sqlite_errorcode", None)
    outside = isinstance(error, (exc.OperationalError, exc.InterfaceError)) and code != sqlite3.SQLITE_ERROR
    if not outside and code not in _NO_DATABASE:
        return None
    return line or type(error.orig).__name__
