"""Deliveries: list, retry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json, Limit

if TYPE_CHECKING:
    from worker.wiring import Engine

app = typer.Typer()


@app.command("list")
def list_deliveries(
    config: Config = FOLDER,
    *,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only these: pending, sending, sent, failed, quarantined ...")
    ] = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List deliveries, newest first."""
    from typing import get_args

    from worker.alerts.model import DeliveryState
    from worker.cli.names import known_name
    from worker.cli.output import show
    from worker.cli.rows import delivery_cells, delivery_row
    from worker.cli.session import session
    from worker.cli.table import columns

    if state is not None:
        known_name("state", state, get_args(DeliveryState))
    with session(config) as engine:
        rows = [delivery_row(found) for found in engine.store.deliveries_list(state=state, limit=limit)]
    shown = columns(
        *("id", "state", "attempts", "due_at", "kind?", "alert?", "update?", "subscriber:8?"),
        *("channel:14", "last_error:16"),
    )
    if not json:
        rows = [delivery_cells(row) for row in rows]
    show(rows, shown, as_json=json, empty=f"no delivery is {state}" if state else "no deliveries yet")


@app.command()
def retry(
    deliveries: Annotated[list[str], typer.Argument(metavar="ID...", help="As `deliveries list` shows it: dlv_12.")],
    config: Config = FOLDER,
) -> None:
    """Send deliveries again that failed, under the same key; the next tick takes them up.

    One that waits for its next attempt need not wait.
    """
    from worker.cli.output import say
    from worker.cli.rows import number
    from worker.cli.session import session

    numbers = [number(delivery, "dlv") for delivery in deliveries]
    with session(config) as engine:
        for delivery in dict.fromkeys(numbers):
            _retry(engine, delivery)
            say(f"dlv_{delivery} is due now")


def _retry(engine: Engine, delivery: int) -> None:
    from worker.errors import ConfigurationError

    if engine.store.retry_delivery(delivery, now=engine.clock.now()):
        return
    found = engine.store.deliveries_list(only=delivery)
    if not found:
        raise ConfigurationError(f"there is no delivery dlv_{delivery}; `tocsin deliveries list` shows them")
    raise ConfigurationError(f"dlv_{delivery} is {found[0].state}; only what failed can be sent again")
