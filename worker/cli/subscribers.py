"""Subscribers: list."""

from __future__ import annotations

import typer

from worker.cli.options import FOLDER, Config, Json

app = typer.Typer()


@app.callback()
def subscribers() -> None:
    """List who is told."""


@app.command("list")
def list_subscribers(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all subscribers with their channels; of a webhook's address only the host is shown."""
    from worker.cli.output import show
    from worker.cli.rows import subscriber_row
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        rows = [subscriber_row(found) for found in engine.store.subscribers_list()]
    shown = columns("name:12", "timezone", "channels:20", "managed_by?")
    show(rows, shown, as_json=json, empty="there are no subscribers; subscribers.yaml names them")
