"""The database: upgrade, check, backup, restore, prune."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from worker.wiring.backups import Contents

app = typer.Typer()

COUNTED = {
    "feeds": "feed",
    "watch_lists": "watch list",
    "subscribers": "subscriber",
    "items": "item",
    "stories": "story",
    "alerts": "alert",
    "deliveries": "delivery",
}
"""What a summary says how many there are of, table by table."""

Force = Annotated[bool, typer.Option("--force", help="Write over what is there.")]


@app.callback()
def database() -> None:
    """Bring the database up to date; check it, back it up, put a backup in its place; prune it."""


@app.command()
def upgrade(config: Config = FOLDER) -> None:
    """Bring the schema up to date. Safe to run twice, and by two at once."""
    from worker.cli.output import say
    from worker.configured import log_to_stderr, settings_of
    from worker.wiring import engine

    log_to_stderr(quiet=True)
    with engine(settings_of(config)) as opened:
        was_current = opened.store.schema_is_current()
        opened.store.upgrade()
    say("the schema was up to date already" if was_current else "the schema is up to date now")


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", show_default=False, help="A backup; default: the database.")
    ] = None,
    *,
    config: Config = FOLDER,
    json: Json = False,
) -> None:
    """Look over the database, or a backup, and change nothing. Exit code 1 when something is wrong with it."""
    from worker.cli.progress import progress
    from worker.configured import log_to_stderr, settings_of
    from worker.wiring.backups import look_over

    log_to_stderr(quiet=True)
    found = look_over(settings_of(config), file, checking=partial(progress, "checking"))
    said = "NOT AS IT SHOULD BE" if found.flaws else "no mistakes"
    _tell(found, said if file is None else f"{said} in {file}", as_json=json, dated=file is not None)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make: a SQLite database.")],
    *,
    force: Force = False,
    config: Config = FOLDER,
    json: Json = False,
) -> None:
    """Write all that the database knows into one file, while the service runs.

    The file holds the channels' secrets. It is read back by `db restore`, into SQLite or PostgreSQL, whichever it is
    from.
    """
    from worker.cli.output import note
    from worker.cli.progress import progress
    from worker.configured import log_to_stderr, settings_of
    from worker.wiring.backups import back_up

    log_to_stderr(quiet=True)
    _end_in_order()
    found = back_up(
        settings_of(config),
        file,
        overwrite=force,
        copying=partial(progress, "copying"),
        checking=partial(progress, "checking"),
    )
    if found.damage:
        note(f"what can be read of it is {found.file}; {file} is as it was")
    _tell(found, f"backed up to {file}", as_json=json)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `db backup` wrote.")],
    *,
    force: Force = False,
    config: Config = FOLDER,
    json: Json = False,
) -> None:
    """Make the database what it was when a backup was taken; no service may run on it.

    What was told since the backup is told once more where feeds still have it, under the same keys. The service from
    which the backup is must not go on elsewhere.
    """
    from worker.cli.output import note
    from worker.cli.progress import progress
    from worker.configured import log_to_stderr, settings_of
    from worker.service.lock import one_service
    from worker.wiring.backups import restore as put_back

    log_to_stderr(quiet=True)
    _end_in_order()
    settings = settings_of(config)
    with one_service(settings.data_dir):
        found = put_back(
            settings,
            file,
            overwrite=force,
            copying=partial(progress, "copying"),
            checking=partial(progress, "checking"),
        )
    _tell(found, "nothing was changed" if found.damage else f"restored from {file}", as_json=json)
    if found.file is not None:
        note(f"the database that was there before is {found.file}")


@app.command()
def prune(*, config: Config = FOLDER, json: Json = False) -> None:
    """Remove what is kept no longer, which the service does bit by bit by itself.

    Texts go once an item has not been in its feed for the time that the setting retention says, all of it after half a
    year; alerts, with title and link, and what was sent stay.
    """
    from dataclasses import asdict

    from worker.cli.output import say, show_json
    from worker.configured import log_to_stderr, settings_of
    from worker.wiring import engine

    log_to_stderr(quiet=True)
    with engine(settings_of(config)) as opened:
        pruned = asdict(opened.upkeep.prune())
    if json:
        show_json(pruned)
        return
    say("\n".join(f"{_SAID[what]}: {number}" for what, number in pruned.items() if number) or "nothing to remove")


_SAID = {
    "texts": "texts of items",
    "revisions": "earlier versions of items",
    "items": "items",
    "stories": "stories",
    "errors": "reasons of deliveries that ended",
    "given_up": "deliveries that nobody sent again, now cancelled",
    "notices": "notices",
}
"""What each number is of."""


def _end_in_order() -> None:
    """Let SIGTERM end this command as Ctrl-C does: what is half written holds secrets, and is removed."""
    import signal

    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _tell(found: Contents, done: str, *, as_json: bool, dated: bool = True) -> None:
    """Say what was `done` and what the database holds, or what is wrong with it."""
    from worker.cli.output import note, say, show_json

    problems = (*found.damage, *found.flaws)
    if as_json:
        values = {"schema": found.schema, "backup_made_at": found.made_at, "rows": found.rows}
        show_json({**values, "problems": problems, "file": None if found.file is None else str(found.file)})
    elif found.damage:
        say("\n".join(["DAMAGED", *(f"  {one}" for one in found.damage)]))
    else:
        said = [_number(found.rows[table], what) for table, what in COUNTED.items() if table in found.rows]
        age = "no schema" if found.schema is None else f"schema {found.schema}"
        when = "" if found.made_at is None or not dated else f", as of {found.made_at:%Y-%m-%d %H:%M:%S} UTC"
        say("\n".join([f"{done}{when}: {', '.join([*said, age])}", *(f"  {one}" for one in found.flaws)]))
    if found.damage:
        note("the last good backup puts it right: `tocsin db restore FILE --force`")
    if problems:
        raise typer.Exit(1)


def _number(count: int, what: str) -> str:
    """Say how many: "1 story", "2 stories"."""
    if count == 1:
        return f"1 {what}"
    return f"{count} {what[:-1]}ies" if what.endswith("y") else f"{count} {what}s"
