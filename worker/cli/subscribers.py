"""Subscribers: list."""

from __future__ import annotations

import typer

from worker.cli.options import FOLDER, Config, Json

app = typer.Typer()


@app.callback()
def subscribers() -> None:
    """Keep `list` a command of its own, as its siblings to come will be."""


@app.command("list")
def list_subscribers(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all subscribers with their channels; addresses of webhooks are not shown."""
    from worker.cli.output import show
    from worker.cli.rows import subscriber_row
    from worker.cli.session import session

    with session(config) as engine:
        rows = [subscriber_row(found) for found in engine.store.subscribers_list()]
    show(rows, ("name", "timezone", "channels", "managed_by"), as_json=json, empty="there are no subscribers")
