"""A SQLite database as a file: read without writing a byte, copied while others write to it, put in another's place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from worker.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    Shown = Callable[[int], AbstractContextManager[Callable[[], None]]]
    """Shows how far long work is: called with the number of steps, it gives what is called at each."""

PAGES_AT_ONCE = 1_000
"""Pages that one step copies: 4 MB."""

WAITS_S = 10.0
"""So long another process that is just about to close the file is waited for."""

_OF_THE_TARGET = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
"""Errors of copying that cannot be the source's, which is only read."""

_NO_DATABASE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database that is open, or was when its process died."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there, for reading alone.

    Raises:
        StoreUnavailable: It cannot be read.
    """
    try:
        with closing(opened_for_reading(path)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable(f"database {path}: {error}") from error


def opened_for_reading(path: Path) -> sqlite3.Connection:
    """Open a database for reading alone; StoreUnavailable where there is none."""
    if not path.is_file():
        raise StoreUnavailable(f"there is no database {path}")
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAITS_S, check_same_thread=False)


def copy(source: Path, target: Path, *, shown: Shown) -> None:
    """Copy a database as it is at this moment to `target`, a new file; others go on writing meanwhile.

    Raises:
        StoreUnavailable: The one cannot be read, or the other not be written.
    """
    with reading(source) as from_:
        # A transaction that has read something keeps to what it saw; without one each write of others meanwhile would
        # begin the copy anew. What is written in that time waits in the write-ahead log.
        from_.execute("BEGIN")
        from_.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (pages,) = from_.execute("PRAGMA page_count").fetchone()
        with closing(_made(target)) as to, shown(-(-pages // PAGES_AT_ONCE)) as step:
            try:
                from_.backup(to, pages=PAGES_AT_ONCE, progress=lambda *_: step())
                # A backup is one file, and is read from media that are read-only, too.
                to.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode not in _OF_THE_TARGET:
                    raise
                raise StoreUnavailable(f"{target.parent}: {error}") from error


def damage_of(path: Path) -> list[str]:
    """Return what SQLite finds wrong in a database; nothing where all is well."""
    with reading(path) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
        loose = connection.execute('SELECT DISTINCT "table", parent FROM pragma_foreign_key_check LIMIT 20').fetchall()
    # SQLite 3.44 alone wants to write where it looks at an index of words.
    broken = [line for line in found if line != "ok" and not line.endswith("attempt to write a readonly database")]
    return [*broken, *(f"rows of {table} refer to rows of {parent} that are missing" for table, parent in loose)]


def put_in_place(made: Path, target: Path, *, now: datetime) -> Path | None:
    """Put a database, which nobody has open, where `target` is; return where what was there lies now, if any was.

    Raises:
        StoreUnavailable: A process has the one that is there open, or its log cannot be brought in.
    """
    kept = None
    if target.exists():
        kept = target.with_name(f"{target.name}.{now:%Y%m%dT%H%M%S}.replaced")
        try:
            make_single(target)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _NO_DATABASE:
                raise StoreUnavailable(f"database {target}: {error}") from error
        kept.hardlink_to(target)  # at no moment is there none: a service that starts would make one
    for beside in _BESIDE:  # a log of the one that was there would be taken for the new one's
        left = target.with_name(target.name + beside)
        if left.exists() and kept is not None:
            left.rename(kept.with_name(kept.name + beside))
    made.replace(target)
    sync_folder(target.parent)
    return kept


def make_single(path: Path) -> None:
    """Bring the write-ahead log into the file, and make sure that nobody has it open: only then does SQLite do that.

    Raises:
        StoreUnavailable: A process has it open.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=WAITS_S)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            raise StoreUnavailable(f"database {path}: a process has it open; stop it first") from error


def remove(path: Path) -> None:
    """Remove a database with all that SQLite keeps beside it."""
    for beside in ("", *_BESIDE):
        path.with_name(path.name + beside).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """See to it that a file's new name survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _made(path: Path) -> sqlite3.Connection:
    """Open a new database that nobody else may read, for channels' secrets stand in it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    return sqlite3.connect(path, isolation_level=None)
