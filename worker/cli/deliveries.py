"""Deliveries: list, retry."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from worker.cli.options import FOLDER, Config, Json, Limit

app = typer.Typer()


@app.command("list")
def list_deliveries(
    config: Config = FOLDER,
    *,
    state: Annotated[str | None, typer.Option(help="pending, sending, sent, held, failed, quarantined ...")] = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List deliveries, newest first."""
    from typing import get_args

    from worker.alerts.model import DeliveryState
    from worker.cli.output import show
    from worker.cli.rows import delivery_row
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    if state is not None and state not in get_args(DeliveryState):
        raise ConfigurationError(f"--state {state}: write one of {', '.join(get_args(DeliveryState))}")
    with session(config) as engine:
        rows = [delivery_row(found) for found in engine.store.deliveries_list(state=state, limit=limit)]
    columns = ("id", "state", "attempts", "due_at", "channel", "alert", "last_error")
    show(rows, columns, as_json=json, empty="no deliveries")


@app.command()
def retry(delivery: Annotated[str, typer.Argument(metavar="ID")], config: Config = FOLDER) -> None:
    """Send a delivery again, under the same key; the next tick takes it up."""
    from worker.cli.rows import number
    from worker.cli.session import session

    with session(config) as engine:
        engine.store.retry_delivery(number(delivery, "dlv"), now=engine.clock.now())
    sys.stdout.write(f"{delivery} is due now\n")
