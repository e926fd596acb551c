"""What is doubtful in watch lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from config.values import WatchListLine
    from worker.watchlists.known_feeds import KnownFeeds
    from worker.wiring import Engine


def lint(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME ...]", show_default=False, help="Default: all lists.", autocompletion=completing.watch_lists
        ),
    ] = None,
    config: Config = FOLDER,
    *,
    json: Json = False,
) -> None:
    """Say what is doubtful: parts that nothing or everything meets, lists that are broken, silent or overrun."""
    from worker.cli.names import known_name
    from worker.cli.output import say, show_json
    from worker.cli.session import session
    from worker.pipeline.lint import doubts_of_lists

    with session(config) as engine:
        now = engine.clock.now()
        tags = {found.name: found.feeds for found in engine.store.watch_lists_list(now)}
        lists = list(tags)
        wanted = [known_name("watch list", name, lists) for name in names or ()]
        doubts = doubts_of_lists(engine.store, wanted, now=now, feeds=known_feeds(engine), tags=tags)
    if json:
        show_json([doubt._asdict() for doubt in doubts])
        return
    for doubt in doubts:
        say(f"warning  {doubt.watch_list}: {doubt.doubt}" + (f"\n{doubt.picture}" if doubt.picture else ""))
    if not doubts:
        say(f"{len(wanted or lists)} watch lists: nothing is doubtful")


def warn_of_doubts(line: WatchListLine, full_query: str, feeds: KnownFeeds | None = None) -> None:
    """Say on standard error what is doubtful in a list that has been added or changed; `feeds` are `known_feeds`."""
    from worker.cli.output import note
    from worker.pipeline.lint import doubts_shown

    for doubt in doubts_shown(line, full_query, feeds):
        note(f"warning  {doubt}")


def known_feeds(engine: Engine) -> KnownFeeds | None:
    """Return the feeds of the database; None where those of an OPML list are not there yet."""
    from config.redaction import shown_url
    from worker.watchlists.known_feeds import KnownFeed, KnownFeeds

    if any(not found.feeds for found in engine.store.opml_lists_list()):
        return None
    shown = [(feed, shown_url(feed.url)) for feed in engine.store.feeds_list()]
    # A feed without a name goes by its address until its own title is known.
    return KnownFeeds(KnownFeed(feed.name if feed.name != url else None, url, feed.tags) for feed, url in shown)
