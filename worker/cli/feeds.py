"""Feeds: list, add, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from config.values import FeedLine
    from worker.wiring import Engine

app = typer.Typer()


@app.command("list")
def list_feeds(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all feeds with their state."""
    from worker.cli.output import show
    from worker.cli.rows import feed_row
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        rows = [feed_row(feed) for feed in engine.store.feeds_list()]
    shown = columns(
        "name:14", "state", "items", "last_polled_at", "next_poll_at", "last_error:14", "managed_by?", "url:20?"
    )
    show(rows, shown, as_json=json, empty="there are no feeds; `tocsin feeds add URL` adds one")


@app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address, http or https.")],
    config: Config = FOLDER,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Default: the feed's own title.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="For the `feeds` of watch lists; may be repeated.")
    ] = None,
    every: Annotated[str | None, typer.Option(metavar="5m", help="Interval; default: the usual rhythm.")] = None,
) -> None:
    """Watch one more feed; the next tick polls it."""
    from config.redaction import shown_url
    from worker.cli.lines import feed_line
    from worker.cli.output import say
    from worker.cli.session import session

    line = feed_line(url, name=name, tags=tag or [], every=every)
    with session(config) as engine:
        _refuse_known(engine, line)
        engine.store.add_feed(line, now=engine.clock.now())
    say(f"added {shown_url(line.url)}")


@app.command()
def remove(
    name_or_url: Annotated[str, typer.Argument(metavar="NAME_OR_URL")],
    config: Config = FOLDER,
) -> None:
    """Stop watching a feed; its archive stays."""
    from worker.cli.names import one_feed
    from worker.cli.output import say
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    with session(config) as engine:
        feed = one_feed(name_or_url, engine.store.feeds_list())
        if feed.managed_by == "file":
            raise ConfigurationError(
                f"{feed.name} is managed by file and would come back: take it out of {config / 'feeds.yaml'}"
            )
        engine.store.remove_feed(feed.id, now=engine.clock.now())
    say(f"removed {feed.name}")


def _refuse_known(engine: Engine, line: FeedLine) -> None:
    """Refuse what the files may not hold twice either: an address, however written, or a name."""
    from config.rules import same_address
    from worker.errors import ConfigurationError

    for feed in engine.store.feeds_list():
        if same_address(feed.url) == same_address(line.url):
            raise ConfigurationError(f"this feed is there already: {feed.name} (managed by {feed.managed_by})")
        if line.name is not None and feed.name.casefold() == line.name.casefold():
            raise ConfigurationError(f"another feed is called {feed.name} already; give a different --name")
