"""The database: upgrade."""

from __future__ import annotations

import os
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
    from config.logging import configure
    from config.settings import load_settings
    from worker.wiring import engine

    configure()
    settings, _ = load_settings(config, os.environ)
    with engine(settings) as opened:
        opened.store.upgrade()
    sys.stdout.write("the schema is up to date\n")
