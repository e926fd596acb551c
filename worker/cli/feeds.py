"""Feeds: list, add, remove."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

app = typer.Typer()


@app.command("list")
def list_feeds(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all feeds with their state."""
    from worker.cli.output import show
    from worker.cli.rows import feed_row
    from worker.cli.session import session

    with session(config) as engine:
        rows = [feed_row(feed) for feed in engine.store.feeds_list()]
    columns = ("name", "state", "items", "last_polled_at", "next_poll_at", "last_error", "url")
    show(rows, columns, as_json=json, empty="there are no feeds; `tocsin feeds add URL` adds one")


@app.command()
def add(
    url: str,
    config: Config = FOLDER,
    *,
    name: Annotated[str | None, typer.Option(help="Default: the feed's own title.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="May be given several times.")] = None,
    every: Annotated[str | None, typer.Option(help="Interval, such as 5m.")] = None,
) -> None:
    """Watch one more feed; the next tick polls it."""
    from worker.cli.lines import feed_line
    from worker.cli.session import session

    line = feed_line(url, name=name, tags=tag or [], every=every)
    with session(config) as engine:
        engine.store.add_feed(line, now=engine.clock.now())
    sys.stdout.write(f"added {line.url}\n")


@app.command()
def remove(name_or_url: str, config: Config = FOLDER) -> None:
    """Stop watching a feed; its archive stays."""
    from worker.cli.session import session

    with session(config) as engine:
        (feed,) = engine.feeds_named([name_or_url])
        engine.store.remove_feed(feed.id, now=engine.clock.now())
    sys.stdout.write(f"removed {feed.name or feed.url}\n")
