"""Feeds: list, remove, pause, history; adding and finding them, and lists of them, have files of their own."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.feed_adding import add, discover
from worker.cli.feed_lists import export, import_
from worker.cli.options import FOLDER, Config, Json

app = typer.Typer()

NameOrUrl = Annotated[str, typer.Argument(metavar="NAME_OR_URL", autocompletion=completing.feeds)]


@app.command("list")
def list_feeds(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all feeds with their state."""
    from worker.cli.followed import tell_lists
    from worker.cli.output import show
    from worker.cli.rows import feed_row
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        now = engine.clock.now()
        rows = [feed_row(feed, now=now) for feed in engine.store.feeds_list()]
        lists = engine.store.opml_lists_list()
    shown = columns(
        "name:14",
        "state",
        "items",
        "last_polled_at",
        "next_poll_at",
        "last_error:14",
        "note:20",
        "managed_by?",
        "url:20?",
    )
    show(rows, shown, as_json=json, empty="there are no feeds; `tocsin feeds add URL` adds one")
    tell_lists(lists)


app.command()(add)
app.command()(discover)


@app.command()
def remove(name_or_url: NameOrUrl, config: Config = FOLDER) -> None:
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
        if feed.managed_by == "opml":
            raise ConfigurationError(
                f"{feed.name} is on an OPML list of {config / 'feeds.yaml'} and would come back: "
                "take it out of the list, or `tocsin feeds pause` it"
            )
        engine.store.remove_feed(feed.id, now=engine.clock.now())
    say(f"removed {feed.name}")


@app.command()
def pause(
    name_or_url: NameOrUrl,
    config: Config = FOLDER,
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Take it up again.")] = False,
) -> None:
    """Poll a feed no more, until it is resumed; the files do not change that."""
    from worker.cli.names import one_feed
    from worker.cli.output import say
    from worker.cli.session import session

    with session(config) as engine:
        feed = one_feed(name_or_url, engine.store.feeds_list())
        if resume:
            engine.store.resume_feed(feed.id)
        else:
            engine.store.pause_feed(feed.id)
    say(f"{'resumed' if resume else 'paused'} {feed.name}")


@app.command()
def history(name_or_url: NameOrUrl, config: Config = FOLDER, *, json: Json = False) -> None:
    """Show the journal of a feed's last polls, newest first; polls in a row that ended alike are one row."""
    from worker.cli.names import one_feed
    from worker.cli.output import show
    from worker.cli.rows import journal_row
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        feed = one_feed(name_or_url, engine.store.feeds_list())
        rows = [journal_row(run) for run in engine.store.feed_history(feed.id)]
    shown = columns("at", "until?", "count", "outcome", "status", "new_items", "bytes", "seconds", "note:20")
    show(rows, shown, as_json=json, empty=f"{feed.name} has not been polled yet")


app.command("import")(import_)
app.command()(export)
