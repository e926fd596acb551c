"""Alerts: list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json, Limit
from worker.cli.since import HELP

if TYPE_CHECKING:
    from worker.wiring import Engine

app = typer.Typer()


@app.callback()
def alerts() -> None:
    """List what was found."""


@app.command("list")
def list_alerts(
    config: Config = FOLDER,
    *,
    watch_list: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="Only of this watch list, be it removed.")
    ] = None,
    subscriber: Annotated[
        str | None, typer.Option("--subscriber", metavar="NAME", help="Only to this subscriber, be it removed.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="T", help=f"From then on. {HELP}")] = None,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only these: new, held, merged, told or cancelled.")
    ] = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List alerts, newest first."""
    from typing import get_args

    from worker.alerts.model import AlertState
    from worker.cli.names import known_name
    from worker.cli.output import show
    from worker.cli.rows import alert_row
    from worker.cli.session import session
    from worker.cli.since import moment
    from worker.cli.table import columns
    from worker.clock import SystemClock

    if state is not None:
        known_name("state", state, get_args(AlertState))
    if since is not None:
        moment(since, now=SystemClock().now())  # what is wrong with it needs no database to be told
    with session(config) as engine:
        _check_names(engine, watch_list, subscriber)
        found = engine.store.alerts_list(
            watch_list=watch_list,
            subscriber=subscriber,
            since=None if since is None else moment(since, now=engine.clock.now()),
            state=state,
            limit=limit,
        )
    shown = columns("id", "created_at", "watch_list:12", "state", "subscriber:8?", "reports?", "title:24", "link:20?")
    chosen = any(given is not None for given in (watch_list, subscriber, since, state))
    empty = "no such alert" if chosen else "no alerts yet"
    show([alert_row(one) for one in found], shown, as_json=json, empty=empty)


def _check_names(engine: Engine, watch_list: str | None, subscriber: str | None) -> None:
    """Raise ConfigurationError for a name that no alert can bear, with the nearest that one may."""
    from worker.cli.names import known_name

    if watch_list is not None:
        known_name("watch list", watch_list, engine.store.watch_list_names(), otherwise="; there is none yet")
    if subscriber is not None:
        known_name("subscriber", subscriber, engine.store.subscriber_names(), otherwise="; there is none yet")
