"""The database: upgrade."""

from __future__ import annotations

import typer

from worker.cli.options import FOLDER, Config

app = typer.Typer()


@app.callback()
def database() -> None:
    """Bring the database up to date."""


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
