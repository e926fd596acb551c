"""What a command that uses the database works with: settings read, schema up to date, changed files applied."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from worker.cli.options import FOLDER
from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from config.values import Configuration, Settings
    from worker.wiring import Engine


def read(folder: Path) -> tuple[Settings, Configuration]:
    """Return settings and files; raise ConfigurationError with everything that is wrong in either, queries too."""
    from worker.configured import everything_of
    from worker.pipeline.sync import full_queries, query_problems

    settings, files = everything_of(folder, check=query_problems)
    full_queries(files)  # what they refer to shows only when all are read
    return settings, files


@contextmanager
def session(folder: Path, *, wrong_files: Callable[[ConfigurationError], None] | None = None) -> Iterator[Engine]:
    """Open the engine for a command, as INTERFACE 1 says: on SQLite the schema and the files first.

    Wrong files stop the command before a database is made, unless `wrong_files` takes the error: then the last good
    ones stay. On PostgreSQL the command takes the database as it is, and fails with exit code 3 where there is no
    schema.
    """
    from worker.configured import log_to_stderr, require, settings_of
    from worker.wiring import engine

    log_to_stderr(quiet=True)
    try:
        settings = settings_of(folder)
    except ConfigurationError:
        if folder.is_dir():
            read(folder)  # says what is wrong in the other files, too
        raise
    if is_embedded(settings) or folder != FOLDER:
        require(folder)  # with a database server all settings may come from the environment
    if not is_embedded(settings):
        with engine(settings) as opened:
            opened.store.require_schema()
            yield opened
        return
    files: Configuration | None = None
    try:
        _, files = read(folder)
    except ConfigurationError as error:
        if wrong_files is None:
            raise
        wrong_files(error)
    with engine(settings) as opened:
        bring_up_to_date(opened, files)
        yield opened


def is_embedded(settings: Settings) -> bool:
    """Say whether the database is a file of ours."""
    return settings.database_url.startswith("sqlite")


def bring_up_to_date(engine: Engine, files: Configuration | None) -> None:
    """Upgrade the schema and apply the files where that changes anything: a command that only looks only reads."""
    if not engine.store.schema_is_current():
        engine.store.upgrade()
    if files is not None and (engine.store.plan(files) or engine.files.error()):
        engine.files.apply(files)
