"""Alerts: list."""

from __future__ import annotations

import typer

from worker.cli.options import FOLDER, Config, Json, Limit

app = typer.Typer()


@app.callback()
def alerts() -> None:
    """Keep `list` a command of its own, as its siblings to come will be."""


@app.command("list")
def list_alerts(config: Config = FOLDER, *, limit: Limit = 100, json: Json = False) -> None:
    """List alerts, newest first."""
    from worker.cli.output import show
    from worker.cli.rows import alert_row
    from worker.cli.session import session

    with session(config) as engine:
        rows = [alert_row(found) for found in engine.store.alerts_list(limit=limit)]
    show(
        rows,
        ("created_at", "watch_list", "subscriber", "state", "reports", "title", "link"),
        as_json=json,
        empty="no alerts yet",
    )
