"""What to do about a database that cannot be used, told by what the driver says of it."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing

import psycopg
import pytest

from worker.cli.advice import advice, advice_of_system
from worker.errors import BrokerUnavailable, StoreUnavailable, TocsinError


class Wrapped(Exception):
    """As SQLAlchemy wraps what a driver raises."""

    def __init__(self, orig):
        self.orig = orig


def raised(cause):
    error = StoreUnavailable("database x: no")
    error.__cause__ = cause
    return error


def of_sqlite(name):
    error = sqlite3.OperationalError("no")
    error.sqlite_errorname = name
    return Wrapped(error)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (of_sqlite("SQLITE_NOTADB"), "`tocsin db restore FILE`"),
        (of_sqlite("SQLITE_CORRUPT_INDEX"), "`tocsin db restore FILE`"),
        (of_sqlite("SQLITE_FULL"), "make room"),
        (of_sqlite("SQLITE_READONLY_DIRECTORY"), "$TOCSIN_DATA_DIR"),
        (of_sqlite("SQLITE_CANTOPEN"), "$TOCSIN_DATA_DIR"),
        (OSError(errno.ENOSPC, "full"), "make room"),
        (PermissionError(errno.EACCES, "no"), "$TOCSIN_DATA_DIR"),
        (OSError("no number"), "$TOCSIN_DATA_DIR"),
        (Wrapped(psycopg.OperationalError("refused")), "$TOCSIN_DATABASE_URL"),
    ],
)
def test_it_is_said_what_to_do(cause, said):
    told = advice(raised(cause))
    assert told.startswith("; ")
    assert said in told


def test_an_error_that_says_it_all_is_left_alone():
    missing = Wrapped(psycopg.errors.UndefinedTable("no such table"))
    for error in (raised(None), raised(missing), raised(of_sqlite("SQLITE_BUSY")), TocsinError(), BrokerUnavailable()):
        assert advice(error) == ""


def test_a_real_file_that_is_no_database_is_told_so(tmp_path):
    (tmp_path / "tocsin.db").write_bytes(b"this is no database at all" * 40)
    with closing(sqlite3.connect(tmp_path / "tocsin.db")) as connection, pytest.raises(sqlite3.Error) as caught:
        connection.execute("SELECT * FROM feeds")
    assert "damaged" in advice(raised(caught.value))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EACCES, "where that is the data folder"),
        (errno.EROFS, "where that is the data folder"),
    ],
)
def test_a_folder_may_be_the_data_folder(number, said):
    assert said in advice_of_system(OSError(number, "no"))
    assert advice_of_system(OSError(errno.EPIPE, "gone")) == ""
