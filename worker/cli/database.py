"""The database: upgrade, prune."""

from __future__ import annotations

import typer

from worker.cli.options import FOLDER, Config, Json

app = typer.Typer()


@app.callback()
def database() -> None:
    """Bring the database up to date; prune it."""


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
