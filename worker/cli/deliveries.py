"""Deliveries: list, retry, replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json, Limit
from worker.cli.since import HELP

if TYPE_CHECKING:
    from worker.wiring import Engine

app = typer.Typer()


@app.command("list")
def list_deliveries(
    config: Config = FOLDER,
    *,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="STATE",
            help="Only these: pending, sending, sent, failed, quarantined ...",
            autocompletion=completing.delivery_states,
        ),
    ] = None,
    subscriber: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only to this subscriber.", autocompletion=completing.subscribers)
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="T", help=f"Made from then on. {HELP}")] = None,
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
    from worker.cli.since import moment
    from worker.cli.table import columns
    from worker.clock import SystemClock

    if state is not None:
        known_name("state", state, get_args(DeliveryState))
    if since is not None:
        moment(since, now=SystemClock().now())  # what is wrong with it needs no database to be told
    with session(config) as engine:
        if subscriber is not None:
            known_name("subscriber", subscriber, engine.store.subscriber_names(), otherwise="; there is none yet")
        from_then = None if since is None else moment(since, now=engine.clock.now())
        found = engine.store.deliveries_list(state=state, subscriber=subscriber, since=from_then, limit=limit)
        rows = [delivery_row(one) for one in found]
    shown = columns(
        *("id", "state", "attempts", "due_at", "kind?", "alert?", "update?", "subscriber:8?"),
        *("channel:14", "last_error:16"),
    )
    if not json:
        rows = [delivery_cells(row) for row in rows]
    show(rows, shown, as_json=json, empty=_none(state, chosen=bool(subscriber or since)))


def _none(state: str | None, *, chosen: bool) -> str:
    if chosen:
        return "no such delivery"
    return f"no delivery is {state}" if state else "no deliveries yet"


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


@app.command()
def replay(
    since: Annotated[
        str, typer.Option("--since", metavar="T", help=f"What was made, due or sent from then on. {HELP}")
    ],
    config: Config = FOLDER,
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE",
            help="Only these: sent, failed, quarantined, ambiguous; may be repeated.",
            autocompletion=completing.replayed_states,
        ),
    ] = None,
    subscriber: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only to this subscriber.", autocompletion=completing.subscribers)
    ] = None,
    json: Json = False,
) -> None:
    """Send messages once more, under the same keys, those that arrived too; the next ticks take them up.

    A receiver that goes by the key drops what it has. Mail does not: say --state failed --state quarantined for what
    did not arrive.
    """
    from worker.cli.names import known_name
    from worker.cli.output import say, show_json
    from worker.cli.progress import progress
    from worker.cli.session import session
    from worker.cli.since import moment
    from worker.clock import SystemClock
    from worker.store.deliveries import REPLAYABLE

    for one in state or ():
        known_name("state", one, REPLAYABLE)
    moment(since, now=SystemClock().now())  # what is wrong with it needs no database to be told
    with session(config) as engine:
        if subscriber is not None:
            known_name("subscriber", subscriber, engine.store.subscriber_names(), otherwise="; there is none yet")
        now = engine.clock.now()
        with progress("making messages due again", None, late=True):
            found = engine.store.replay_deliveries(
                since=moment(since, now=now), states=tuple(state or REPLAYABLE), subscriber=subscriber, now=now
            )
    if json:
        show_json({"replayed": sum(found.values()), "states": found})
    else:
        say(", ".join(f"{count} {was} are due again" for was, count in found.items()) or "nothing to send again")


def _retry(engine: Engine, delivery: int) -> None:
    from worker.errors import ConfigurationError

    if engine.store.retry_delivery(delivery, now=engine.clock.now()):
        return
    found = engine.store.deliveries_list(only=delivery)
    if not found:
        raise ConfigurationError(f"there is no delivery dlv_{delivery}; `tocsin deliveries list` shows them")
    raise ConfigurationError(f"dlv_{delivery} is {found[0].state}; only what failed can be sent again")
