"""Saved searches of other readers as watch lists."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.values import FeedLine, WatchListLine
    from worker.cli.output import Row
    from worker.watchlists.imports.model import FoundList, LeftOut
    from worker.wiring import Engine

    Written = tuple[WatchListLine, str]
    """A line and its full query."""

GOOGLE_TAG = "google-alerts"
KEPT = "there already, and stays as it is"


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of another reader; - is standard input.")],
    config: Config = FOLDER,
    *,
    notify: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUBSCRIBER", help="Who hears of the lists; may be repeated.", autocompletion=completing.subscribers
        ),
    ] = None,
    tag: Annotated[
        str | None,
        typer.Option(
            metavar="TAG",
            help=f"The lists look only at feeds with this tag; of Google Alerts it is {GOOGLE_TAG} unless you say so.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would become of it.")] = False,
    json: Json = False,
) -> None:
    """Add the saved searches of another reader as watch lists, once.

    FILE is FreshRSS's data/users/NAME/config.php or its `queries` as JSON; or Google Alerts, as an OPML list or as
    addresses of their feeds, one a line: these become feeds too. What has no counterpart in the query language is left
    out, and named. Exit code 1 when nothing is left.
    """
    from worker.cli.lines import checked_tags
    from worker.cli.names import who_hears
    from worker.cli.output import show
    from worker.cli.progress import progress
    from worker.cli.session import session
    from worker.cli.table import columns
    from worker.errors import ConfigurationError, ParseError
    from worker.watchlists.imports.read import read

    (checked,) = checked_tags([GOOGLE_TAG if tag is None else tag])
    try:
        found = read(_read(file))
    except ParseError as error:
        raise ConfigurationError(f"{file}: {error}") from error
    tags = [checked] if tag is not None or found.feeds else []
    with session(config) as engine, progress("adding watch lists", None, late=True):
        told = who_hears(notify, [subscriber.name for subscriber in engine.store.subscribers_list()])
        lists = [_written(one, told, tags) for one in found.lists]
        feeds = [_feed_line(feed.url, checked) for feed in found.feeds]
        rows = [
            *(_row("add", "feed", line.url) for line in feeds),
            *(_row("add", "watch_list", line.name, full) for line, full in lists),
            *(_row("left out", "watch_list", one.name, _why(one)) for one in found.left_out),
        ]
        rows = _marked(engine, rows, tags)
        if not dry_run:
            engine.store.import_watch_lists(lists, feeds=feeds, now=engine.clock.now())
    show(rows, columns("action", "kind", "name:16", "detail:24"), as_json=json, empty="there is nothing in it")
    raise typer.Exit(0 if lists or feeds else 1)


def _written(one: FoundList, told: Sequence[str], tags: Sequence[str]) -> Written:
    from worker.cli.lines import watch_list_line
    from worker.watchlists.canonical import query_of

    line = watch_list_line(one.name, one.query, told, exclude=[], tags=tags, when="immediately", at_most=None)
    return line, query_of((), (), one.query)


def _feed_line(url: str, tag: str) -> FeedLine:
    from worker.cli.lines import feed_line

    return feed_line(url, name=None, tags=[tag], every=None)


def _marked(engine: Engine, rows: Sequence[Row], tags: Sequence[str]) -> list[Row]:
    """Say of what is there already that it stays as it is; and of a feed, if the lists will not look at it."""
    from config.rules import same_address

    there: dict[tuple[str, str], str] = {}
    for feed in engine.store.feeds_list():
        unseen = "" if {*tags} & {*feed.tags} else f", without the tag {', '.join(tags)} of the lists"
        there |= {("feed", same_address(url)): f"{KEPT}{unseen}" for url in (feed.url, feed.polled_url)}
    for found in engine.store.watch_lists_list(engine.clock.now()):
        there["watch_list", found.name] = KEPT
    marked: list[Row] = []
    for row in rows:
        name = str(row["name"])
        key = (str(row["kind"]), name if row["kind"] == "watch_list" else same_address(name))
        stays = row["action"] == "add" and key in there
        marked.append({**row, "action": "keep", "detail": there[key]} if stays else row)
    return marked


def _why(one: LeftOut) -> str:
    """Say why something is left out, and what would watch for it all the same."""
    if one.query is None:
        return one.reason
    return f"{one.reason}; to watch for it: {shlex.join(['tocsin', 'watch', 'add', one.name, one.query])}"


def _row(action: str, kind: str, name: str, detail: str = "") -> Row:
    return {"action": action, "kind": kind, "name": name, "detail": detail}


def _read(file: Path) -> bytes:
    import sys

    from worker.errors import ConfigurationError
    from worker.watchlists.imports.read import MOST_BYTES

    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
