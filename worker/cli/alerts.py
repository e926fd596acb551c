"""Alerts: list."""

from __future__ import annotations

import typer

from worker.cli.options import FOLDER, Config, Json, Limit

app = typer.Typer()


@app.callback()
def alerts() -> None:
    """List what was found."""


@app.command("list")
def list_alerts(config: Config = FOLDER, *, limit: Limit = 100, json: Json = False) -> None:
    """List alerts, newest first."""
    from worker.cli.output import show
    from worker.cli.rows import alert_row
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        rows = [alert_row(found) for found in engine.store.alerts_list(limit=limit)]
    shown = columns("id", "created_at", "watch_list:12", "state", "subscriber:8?", "reports?", "title:24", "link:20?")
    show(rows, shown, as_json=json, empty="no alerts yet")
