"""What a command that uses the database works with: settings read, schema up to date, changed files applied."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from worker.cli.options import FOLDER
from worker.errors import ConfigurationError
from worker.memory import making_much_that_stays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config.values import Configuration, Settings
    from worker.wiring import Engine


def read(folder: Path) -> tuple[Settings, Configuration]:
    """Return settings and files; raise ConfigurationError with everything that is wrong in either, queries too."""
    from worker.cli.progress import progress
    from worker.configured import everything_of
    from worker.pipeline.sync import query_problems

    with making_much_that_stays(), progress("reading the files", None, late=True):
        return everything_of(folder, check=query_problems)


@contextmanager
def session(folder: Path, *, wrong_files: Callable[[ConfigurationError], None] | None = None) -> Iterator[Engine]:
    """Open the engine for a command, as INTERFACE 1 says: on SQLite the schema and the files first.

    Where the files are wrong the last good ones stay, as they do for a service that runs; `wrong_files` takes the
    error, or else one line on standard error tells of it. Wrong settings stop the command, and so do wrong files
    before a database is made, unless `wrong_files` takes the error. On PostgreSQL the command takes the database as it
    is, and fails with exit code 3 where there is no schema.
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
    try:
        files = _glanced_at(folder) if file_of(settings).exists() else read(folder)[1]
    except ConfigurationError as error:
        if wrong_files is None and not file_of(settings).exists():
            raise
        files = None
        _tell(error, folder, wrong_files)
    with engine(settings) as opened:
        try:
            bring_up_to_date(opened, files, folder)
        except ConfigurationError as error:
            _tell(error, folder, wrong_files)
        files = None  # ten thousand lists are a burden to the collector
        yield opened


def refuse(error: ConfigurationError) -> NoReturn:
    """Stop at wrong files: the `wrong_files` of a command that does at once what they say."""
    raise error


def is_embedded(settings: Settings) -> bool:
    """Say whether the database is a file of ours."""
    return settings.database_url.startswith("sqlite")


def file_of(settings: Settings) -> Path:
    """Return where an embedded database lies, or will."""
    return Path(settings.resolved_database_url.removeprefix("sqlite:///"))


def bring_up_to_date(engine: Engine, files: Configuration | None, folder: Path) -> None:
    """Upgrade the schema and apply the files where that changes anything: a command that only looks only reads.

    Raises ConfigurationError where they are to be applied and cannot be.
    """
    from worker.cli.progress import progress

    if not engine.store.schema_is_current():
        with progress("bringing the database up to date", None, late=True):
            engine.store.upgrade()
    if files is not None and (engine.store.plan(files) or engine.files.error()):
        with progress("applying the files", None, late=True):
            engine.files.apply(read(folder)[1])


def _glanced_at(folder: Path) -> Configuration:
    """Return the files with their queries unread; raise ConfigurationError, as `read` does, where more is wrong.

    To read the queries of ten thousand lists takes seconds; those that the database has were read when they came.
    """
    from worker.configured import everything_of

    try:
        with making_much_that_stays():
            return everything_of(folder, check=lambda _: ())[1]
    except ConfigurationError:
        return read(folder)[1]


def _tell(error: ConfigurationError, folder: Path, wrong_files: Callable[[ConfigurationError], None] | None) -> None:
    from worker.cli.output import note

    if wrong_files is not None:
        wrong_files(error)
        return
    option = "" if folder == FOLDER else f" --config {folder}"
    # What the files take away from a list made by command is no mistake in them; only `apply` tells of it.
    command = "check" if error.problems else "apply"
    note(f"warning  the files are wrong; what was last applied of them is used: `tocsin {command}{option}` says more")
