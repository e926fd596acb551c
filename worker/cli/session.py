"""What a command that uses the database works with: settings read, schema up to date, changed files applied."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worker.wiring import Engine


@contextmanager
def session(folder: Path) -> Iterator[Engine]:
    """Open the engine for a command, as INTERFACE 1 says: on SQLite the schema and the files first.

    On PostgreSQL the command takes the database as it is, and fails with exit code 3 where there is no schema.
    """
    from worker.configured import log_to_stderr, settings_of
    from worker.wiring import engine

    log_to_stderr()
    with engine(settings_of(folder)) as opened:
        if opened.store.is_embedded:
            opened.prepare(folder, migrate=True)
        else:
            opened.store.wait_for_schema(timeout_s=0)
        yield opened
