"""Backups of the database, of whichever kind it is: taken while the service runs, looked over, put back elsewhere."""

from __future__ import annotations

import glob
import secrets
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
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
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from config.values import Settings
    from worker.store.backups import Heard
    from worker.store.database_file import Shown

NEWER = "a newer version made it, which alone can read it"

HEARD_AGAIN_S = 10.0
"""Who runs is heard of again within so long (heartbeats come every 5 s)."""

LOOK_S = 0.5

LEFT_S = 86_400.0
"""A draft so old is of a process that was killed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database, or a backup of one, holds.

    Attributes:
        schema: Its age, as migrations are numbered; None where there is none.
        made_at: When the backup was taken that this is, or was put back from; None of a database that is neither.
        rows: How many each table has, by name; none where the schema is of another age than this version's.
        damage: What the engine finds wrong, a line each.
        flaws: What else is not as it should be, a line each.
        file: Where it lies, where that is news: the backup that was made, the database that was there before.
    """

    schema: str | None = None
    made_at: datetime | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    damage: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    file: Path | None = None


def back_up(settings: Settings, target: Path, *, overwrite: bool, copying: Shown, checking: Shown) -> Contents:
    """Write all that the database knows at this moment into the file `target`; others may write meanwhile.

    It is there whole and looked over, or not at all. Of a database that is damaged it is called otherwise, and takes
    the place of no earlier one. Only its owner may read it, for channels' secrets stand in it. `copying` and `checking`
    show how far each is.

    Raises:
        ConfigurationError: There is such a file, and not `overwrite`; it is the database; its folder is missing.
        StoreUnavailable: There is no database; it cannot be read, or the backup not be written.
    """
    _refuse_target(settings, target, overwrite=overwrite)
    now = SystemClock().now()
    with _draft(target, now=now) as draft:
        with _there(settings) as store:
            if store.is_embedded:
                store.copy_file(draft, shown=copying)
            else:
                store.require_schema()
                with _new(draft) as copy:
                    copy.upgrade()
                    copy.copy_rows_from(store, shown=copying, since=now, allow=_nobody_asks)
        with _new(draft) as copy:
            copy.sign_backup(made_at=now)
        database_file.make_single(draft)
        with closing(open_to_read(draft)) as store:
            found = _looked_over(store, shown=checking)
        place = target.with_name(f"{target.name}.damaged") if found.damage else target
        draft.replace(place)
        database_file.sync_folder(target.parent)
    return replace(found, file=place)


def restore(settings: Settings, source: Path, *, overwrite: bool, copying: Shown, checking: Shown) -> Contents:
    """Make the database what it was when the backup `source` was taken.

    A backup of an older version is brought up to date; the file itself is only read. Where it is damaged, that is
    returned, and nothing is changed.

    Raises:
        ConfigurationError: `source` is no backup; the database is in use already, and not `overwrite`.
        StoreUnavailable: A service runs on the database; it, or the backup, cannot be read, or no room is left.
    """
    _require_backup(source)
    looked_at = _refuse_what_is_used(settings, overwrite=overwrite)
    now = SystemClock().now()
    place = _file_of(settings) if _is_file(settings) else None
    beside = settings.data_dir / "restored.db" if place is None else place
    beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _draft(beside, now=now) as draft:
        database_file.copy(source, draft, shown=copying)
        with closing(open_to_read(draft)) as store:
            found = _looked_over(store, shown=checking)
        if found.damage:
            return found
        with _new(draft) as copy:
            copy.upgrade()
            copy.release_owners(lambda _: True, now=now, counted=False)
            copy.settle_in(now=now)
            found = replace(found, schema=HEAD, rows=copy.row_counts())
            if place is None:
                with closing(open_store(settings.resolved_database_url)) as store:
                    store.upgrade()
                    store.copy_rows_from(copy, shown=copying, since=looked_at, allow=_refuse_who_runs)
                return found
        database_file.make_single(draft)
        return replace(found, file=database_file.put_in_place(draft, place, now=now))


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
        damage = store.damage(shown=shown)
        if not damage:
            schema = store.schema_version()
            made_at = None if schema is None else store.backup_made_at()
            if schema != HEAD:
                newer = schema is not None and schema > HEAD
                return Contents(schema, made_at, flaws=(NEWER,) if newer else ())
            flaws = tuple(store.flaws())
            return Contents(schema, made_at, {} if flaws else store.row_counts(), flaws=flaws)
    except StoreUnavailable as error:
        damage = [str(error)]  # so much that not even that can be read
    return Contents(damage=tuple(damage))


def _refuse_target(settings: Settings, target: Path, *, overwrite: bool) -> None:
    """Stop before anything that a backup must not take the place of."""
    if not target.absolute().parent.is_dir():
        raise ConfigurationError(f"there is no folder {target.parent}")
    if target.is_dir():
        raise ConfigurationError(f"{target} is a folder: name the file to make in it")
    if _is_file(settings):
        database, found = _file_of(settings).resolve(), target.resolve()
        if found.parent == database.parent and found.name.startswith(database.name):
            raise ConfigurationError(f"{target} is the database, or bears its name beside it: name another file")
    if target.exists() and not overwrite:
        raise ConfigurationError(f"{target} is there already: name another file, or write over it with --force")


def _refuse_what_is_used(settings: Settings, *, overwrite: bool) -> datetime:
    """Stop before a database that a service runs on, and, unless it may be overwritten, that anybody has used.

    Returns the time of its clock at which nobody ran.
    """
    now = SystemClock().now()
    heard: list[Heard] = []
    try:
        with _there(settings) as store:
            if (schema := store.schema_version()) is None:
                return store.current_time() or now
            heard = _still_heard(store)
            now = store.current_time() or now
            used = schema != HEAD or not store.is_blank()
    except StoreUnavailable:
        if not _is_file(settings):
            raise
        used = _file_of(settings).exists()  # one that is damaged may be what is to be mended
    _refuse_who_runs(heard)
    if used and not overwrite:
        raise ConfigurationError("there is a database with something in it: --force puts the backup in its place")
    return now


def _still_heard(store: Store) -> list[Heard]:
    """Return who goes on being heard of: those who were a moment ago may have been stopped since."""
    since = (store.current_time() or SystemClock().now()) - timedelta(seconds=SILENT_S)
    before = {one[:3]: one.at for one in store.heard_since(since) if not has_ended(one.host, one.pid)}
    ends = time.monotonic() + (HEARD_AGAIN_S if before else 0)
    while time.monotonic() < ends:
        time.sleep(LOOK_S)
        if again := [one for one in store.heard_since(since) if one.at > before.get(one[:3], since)]:
            return again
    return []


def _refuse_who_runs(heard: Sequence[Heard]) -> None:
    """Stop where processes are at work."""
    if heard:
        running = ", ".join(f"{one.role} {one.pid} on {one.host}" for one in heard)
        raise StoreUnavailable(f"a service runs on this database ({running}): stop it first")


def _nobody_asks(heard: Sequence[Heard]) -> None:
    """Let it be: a database that was just made is nobody else's."""


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
    opened = open_to_read(_file_of(settings)) if _is_file(settings) else open_store(settings.resolved_database_url)
    with closing(opened):
        yield opened


def _is_file(settings: Settings) -> bool:
    return settings.database_url.startswith("sqlite")


def _file_of(settings: Settings) -> Path:
    return Path(settings.resolved_database_url.partition(":///")[2])


def _new(path: Path) -> closing[Store]:
    return closing(open_store(f"sqlite:///{path}"))


@contextmanager
def _draft(target: Path, *, now: datetime) -> Iterator[Path]:
    """Name a file beside `target` that nobody else names, gone afterwards, as are those that were left a day ago."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
        if now.timestamp() - left.stat().st_mtime > LEFT_S:
            database_file.remove(left)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    try:
        yield draft
    finally:
        database_file.remove(draft)
