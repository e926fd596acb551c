"""Alerts: list, tail, show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json, Limit
from worker.cli.since import HELP

if TYPE_CHECKING:
    from worker.wiring import Engine

app = typer.Typer()


@app.callback()
def alerts() -> None:
    """Look at what was found."""


@app.command("list")
def list_alerts(
    config: Config = FOLDER,
    *,
    watch_list: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="NAME",
            help="Only of this watch list, be it removed.",
            autocompletion=completing.watch_lists,
        ),
    ] = None,
    subscriber: Annotated[
        str | None,
        typer.Option(
            "--subscriber",
            metavar="NAME",
            help="Only to this subscriber, be it removed.",
            autocompletion=completing.subscribers,
        ),
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="T", help=f"From then on. {HELP}")] = None,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="STATE",
            help="Only these: new, held, merged, told or cancelled.",
            autocompletion=completing.alert_states,
        ),
    ] = None,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List alerts, newest first."""
    from typing import get_args

    from worker.alerts.planned import AlertState
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


@app.command()
def tail(
    config: Config = FOLDER,
    *,
    watch_list: Annotated[
        str | None,
        typer.Option("--list", metavar="NAME", help="Only of this watch list.", autocompletion=completing.watch_lists),
    ] = None,
    subscriber: Annotated[
        str | None,
        typer.Option(
            "--subscriber", metavar="NAME", help="Only to this subscriber.", autocompletion=completing.subscribers
        ),
    ] = None,
    lines: Annotated[
        int, typer.Option("-n", "--lines", min=0, max=10_000, metavar="N", help="Begin so far back.")
    ] = 10,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Go on until Ctrl-C, or end at once.")] = True,
    json: Json = False,
) -> None:
    """Print alerts as they come, oldest first.

    With --json each is one line; with --no-follow too, all are one document.
    """
    import json as format_
    import time

    from worker.cli.alert_rows import told_line
    from worker.cli.output import plain, say, show_json
    from worker.cli.rows import alert_row
    from worker.cli.session import session
    from worker.cli.tailing import EVERY_S
    from worker.cli.tailing import tail as alerts_of

    def wait() -> bool:
        time.sleep(EVERY_S)
        return True

    with session(config) as engine:
        _check_names(engine, watch_list, subscriber)
        found = alerts_of(
            engine.store, watch_list=watch_list, subscriber=subscriber, lines=lines, wait=wait if follow else None
        )
        if json and not follow:
            show_json([alert_row(alert) for alert in found])
            return
        for alert in found:
            row = format_.dumps(alert_row(alert), default=plain, ensure_ascii=False) if json else told_line(alert)
            say(row)


@app.command("show")
def show_alert(
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="As `alerts list` shows it: alt_12.")],
    config: Config = FOLDER,
    *,
    json: Json = False,
) -> None:
    """Show everything of one alert: story and sources, why it matched, how it stands, what was sent to whom."""
    from worker.cli.alert_rows import alert_lines, whole_alert
    from worker.cli.output import is_styled, say, show_json, terminal_width
    from worker.cli.rows import number
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    wanted = number(alert, "alt")
    with session(config) as engine:
        page, now = engine.store.alert_page(wanted), engine.clock.now()
    if page is None:
        raise ConfigurationError(f"there is no alert alt_{wanted}; `tocsin alerts list` shows them")
    if json:
        show_json(whole_alert(page))
        return
    say("\n".join(alert_lines(page, now=now, width=terminal_width(), styled=is_styled())))


def _check_names(engine: Engine, watch_list: str | None, subscriber: str | None) -> None:
    """Raise ConfigurationError for a name that no alert can bear, with the nearest that one may."""
    from worker.cli.names import known_name

    if watch_list is not None:
        known_name("watch list", watch_list, engine.store.watch_list_names(), otherwise="; there is none yet")
    if subscriber is not None:
        known_name("subscriber", subscriber, engine.store.subscriber_names(), otherwise="; there is none yet")
