"""Watch lists: list, add, remove."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

app = typer.Typer()


@app.command("list")
def list_watch_lists(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all watch lists with their matches of the last 7 days."""
    from worker.cli.output import show
    from worker.cli.rows import watch_list_row
    from worker.cli.session import session

    with session(config) as engine:
        rows = [watch_list_row(found) for found in engine.store.watch_lists_list(engine.clock.now())]
    columns = ("name", "state", "matches_7d", "subscribers", "query")
    show(rows, columns, as_json=json, empty="there are no watch lists; `tocsin watch add NAME QUERY` adds one")


@app.command()
def add(
    name: str,
    query: str,
    config: Config = FOLDER,
    *,
    notify: Annotated[list[str] | None, typer.Option(help="Subscriber; may be given several times.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="A term that must not appear.")] = None,
    when: Annotated[str, typer.Option(help="Only `immediately`, at present.")] = "immediately",
) -> None:
    """Watch for a query, from now on. Without --notify it tells the only subscriber."""
    from config.values import NotifyLine, WatchListLine
    from worker.cli.session import session
    from worker.errors import ConfigurationError
    from worker.watchlists.canonical import query_of

    if when != "immediately":
        raise ConfigurationError(f"--when {when}: not yet; write immediately, or leave it out")
    full = query_of((), tuple(exclude or ()), query)
    with session(config) as engine:
        known = [subscriber.name for subscriber in engine.store.subscribers_list()]
        wanted = notify or known
        if notify is None and len(known) != 1:
            raise ConfigurationError(f"say who hears of it: --notify NAME, one of {', '.join(known) or '(nobody yet)'}")
        if unknown := [subscriber for subscriber in wanted if subscriber not in known]:
            raise ConfigurationError(f"there is no subscriber {unknown[0]!r}; there are {', '.join(known) or 'none'}")
        line = WatchListLine(
            name=name,
            query=query,
            exclude=tuple(exclude or ()),
            notify=tuple(NotifyLine(subscriber) for subscriber in wanted),
        )
        engine.store.add_watch_list(line, full, now=engine.clock.now())
    sys.stdout.write(f"added {name}: {full}\n")


@app.command()
def remove(name: str, config: Config = FOLDER) -> None:
    """Remove a watch list; its pending deliveries are cancelled, its history stays."""
    from worker.cli.session import session

    with session(config) as engine:
        engine.store.remove_watch_list(name, now=engine.clock.now())
    sys.stdout.write(f"removed {name}\n")
