"""Backups of the database, of whichever kind it is: taken while the service runs, looked over, put back elsewhere."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from worker.clock import SystemClock
from worker.errors import ConfigurationError, StoreUnavailable
from worker.owner import has_ended
from worker.pipeline.health import SILENT_S
from worker.store import Store, database_file, open_store
from worker.store.engine import open_to_read
from worker.store.schema import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.values import Settings
    from worker.store.database_file import Shown


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database, or a backup of one, holds.

    Attributes:
        schema: Its age, as migrations are numbered; None where there is none.
        made_at: When the backup was taken that this is, or was put back from; None of a database that is neither.
        rows: How many each table has, by name; none where the schema is of another age than this version's.
        problems: What is wrong, a line each.
        kept: Where the database lies now that was there before.
    """

    schema: str | None
    made_at: datetime | None
    rows: Mapping[str, int]
    problems: tuple[str, ...]
    kept: Path | None = None


def back_up(settings: Settings, target: Path, *, overwrite: bool, copying: Shown, checking: Shown) -> Contents:
    """Write all that the database knows at this moment into the file `target`; others may write meanwhile.

    It is there whole and looked over, or not at all. Only its owner may read it, for channels' secrets stand in it.
    `copying` and `checking` show how far each is.

    Raises:
        ConfigurationError: There is such a file already, and not `overwrite`; its folder is missing.
        StoreUnavailable: There is no database, or it cannot be read.
    """
    if target.exists() and not overwrite:
        raise ConfigurationError(f"{target} is there already: name another file, or write over it with --force")
    if not target.parent.is_dir():
        raise ConfigurationError(f"there is no folder {target.parent}")
    now = SystemClock().now()
    with _draft(target) as draft:
        with _there(settings) as store:
            if store.is_embedded:
                database_file.copy(store.file, draft, shown=copying)
            else:
                store.require_schema()
                with _new(draft) as copy:
                    copy.upgrade()
                    copy.copy_rows_from(store, shown=copying)
        with _new(draft) as copy:
            copy.sign_backup(made_at=now)
        database_file.make_single(draft)
        with closing(open_to_read(draft)) as store:
            found = _looked_over(store, shown=checking)
        if not found.problems:
            draft.replace(target)
            database_file.sync_folder(target.parent)
    return found


def restore(settings: Settings, source: Path, *, overwrite: bool, copying: Shown, checking: Shown) -> Contents:
    """Make the database what it was when the backup `source` was taken.

    A backup of an older version is brought up to date; the file itself is only read. Where something is wrong with it,
    that is returned, and nothing is changed.

    Raises:
        ConfigurationError: `source` is no backup; the database is in use already, and not `overwrite`.
        StoreUnavailable: A service runs on the database; it, or the backup, cannot be read.
    """
    _require_backup(source)
    embedded = settings.database_url.startswith("sqlite")
    place = Path(settings.resolved_database_url.removeprefix("sqlite:///")) if embedded else None
    _refuse_what_is_used(settings, overwrite=overwrite)
    beside = settings.data_dir / "restored.db" if place is None else place
    beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _draft(beside) as draft:
        database_file.copy(source, draft, shown=copying)
        with closing(open_to_read(draft)) as store:
            found = _looked_over(store, shown=checking)
        if found.problems:
            return found
        with _new(draft) as copy:
            copy.upgrade()
            copy.release_owners(lambda _: True, now=SystemClock().now(), counted=False)
            copy.settle_in()
            found = replace(found, schema=HEAD, rows=copy.row_counts())
            if place is None:
                with closing(open_store(settings.resolved_database_url)) as store:
                    store.upgrade()
                    store.copy_rows_from(copy, shown=copying)
                return found
        database_file.make_single(draft)
        return replace(found, kept=database_file.put_in_place(draft, place))


def look_over(settings: Settings, backup: Path | None, *, checking: Shown) -> Contents:
    """Return what the database, or a backup, holds, and what is wrong with it; nothing is changed.

    Raises:
        ConfigurationError: The file is no backup.
        StoreUnavailable: There is no database, or it cannot be read.
    """
    if backup is None:
        with _there(settings) as store:
            return _looked_over(store, shown=checking)
    _require_backup(backup)
    with closing(open_to_read(backup)) as store:
        return _looked_over(store, shown=checking)


def _looked_over(store: Store, *, shown: Shown) -> Contents:
    try:
        problems = store.problems(shown=shown)
        if not problems:
            schema = store.schema_version()
            made_at = None if schema is None else store.backup_made_at()
            return Contents(schema, made_at, store.row_counts() if schema == HEAD else {}, ())
    except StoreUnavailable as error:
        problems = [str(error)]  # so damaged that not even that can be read
    return Contents(None, None, {}, tuple(problems))


def _refuse_what_is_used(settings: Settings, *, overwrite: bool) -> None:
    """Stop before a database that a service runs on, and, unless it may be overwritten, that anybody has used."""
    try:
        with _there(settings) as store:
            schema = store.schema_version()
            if schema is None:
                return
            running = _running(store)
            used = schema != HEAD or not store.is_blank()
    except StoreUnavailable:
        if not settings.database_url.startswith("sqlite"):
            raise
        used, running = _file_of(settings).exists(), None  # one that is damaged may be what is to be mended
    if running:
        raise StoreUnavailable(f"a service runs on this database ({running}): stop it first")
    if used and not overwrite:
        raise ConfigurationError("the database is in use: --force puts the backup in its place")


def _running(store: Store) -> str:
    """Name the processes that were heard of a moment ago, but for those of this machine that have ended."""
    heard = store.heard_since(SystemClock().now() - timedelta(seconds=SILENT_S))
    return ", ".join(f"{role} {pid} on {host}" for role, host, pid in heard if not has_ended(host, pid))


def _require_backup(source: Path) -> None:
    """Refuse a file that is no database of ours."""
    if not source.is_file():
        raise ConfigurationError(f"there is no file {source}")
    try:
        with closing(open_to_read(source)) as store:
            if store.schema_version() is not None:
                return
    except StoreUnavailable as error:
        raise ConfigurationError(f"{source} is no backup that can be read: {error}") from error
    raise ConfigurationError(f"{source} is no backup of Tocsin")


@contextmanager
def _there(settings: Settings) -> Iterator[Store]:
    """Open the database as it is; a file is made by nobody who only looks."""
    if settings.database_url.startswith("sqlite"):
        opened = open_to_read(_file_of(settings))
    else:
        opened = open_store(settings.resolved_database_url)
    with closing(opened):
        yield opened


def _file_of(settings: Settings) -> Path:
    return Path(settings.resolved_database_url.removeprefix("sqlite:///"))


def _new(path: Path) -> closing[Store]:
    return closing(open_store(f"sqlite:///{path}"))


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Name a file beside `target` that nobody else names, gone afterwards."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield draft
    finally:
        database_file.remove(draft)
