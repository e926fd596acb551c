"""The database: upgrade."""

from __future__ import annotations

import sys

import typer

from worker.cli.options import FOLDER, Config

app = typer.Typer()


@app.callback()
def database() -> None:
    """Keep `upgrade` a command of its own, as its siblings to come will be."""


@app.command()
def upgrade(config: Config = FOLDER) -> None:
    """Bring the schema up to date. Safe to run twice, and by two at once."""
    from worker.configured import log_to_stderr, settings_of
    from worker.wiring import engine

    log_to_stderr()
    with engine(settings_of(config)) as opened:
        opened.store.upgrade()
    sys.stdout.write("the schema is up to date\n")
