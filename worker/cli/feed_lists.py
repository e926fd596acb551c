"""Lists of feeds in and out: OPML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config

if TYPE_CHECKING:
    from config.values import FeedLine
    from worker.store.rows import FeedRow

MOST_BYTES = 50 * 2**20


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="An OPML list; - is standard input.")],
    config: Config = FOLDER,
    *,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="For all of them, beside their folders; may be repeated.")
    ] = None,
) -> None:
    """Add all feeds of an OPML list, once. For a list to keep in step with, write `opml:` into feeds.yaml."""
    from worker.cli.lines import checked_tags
    from worker.cli.output import note, say
    from worker.cli.progress import progress
    from worker.cli.session import session
    from worker.errors import ConfigurationError, ParseError
    from worker.feeds import opml
    from worker.pipeline.opml import feed_lines

    tags = checked_tags(tag or [])
    try:
        found = opml.parse(_read(file))
    except ParseError as error:
        raise ConfigurationError(f"{file}: {error}") from error
    if not found.whole:
        note("warning: the list is cut off before its end; what stands there is taken")
    if found.left_out:
        note(f"{found.left_out} left out, whose address is neither http nor https")
    if not found.feeds:
        raise ConfigurationError(f"{file} names no feed")
    with session(config) as engine, progress("adding feeds", None, late=True):
        names = {feed.name.casefold() for feed in engine.store.feeds_list()}
        lines = [
            replace(line, name=None) if line.name is not None and line.name.casefold() in names else line
            for line in feed_lines(found.feeds, tags=tags, options=True)
        ]
        done = engine.store.import_feeds(lines, now=engine.clock.now())
    say(f"added {done.added} feed{'' if done.added == 1 else 's'}; {done.known} there already")


def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", show_default=False, help="Default, as -: standard output.")
    ] = None,
    config: Config = FOLDER,
    *,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="With users, passwords and tokens of addresses; only you may read FILE.")
    ] = False,
) -> None:
    """Write all feeds as an OPML 2.0 list, tags as categories; `import` reads back how each is polled, too."""
    from worker.cli.output import note, say
    from worker.cli.session import session
    from worker.pipeline.opml import export as exported

    with session(config) as engine:
        feeds = [_line(feed) for feed in engine.store.feeds_list()]
        done = exported(feeds, now=engine.clock.now(), secrets=secrets)
    if file is None or str(file) == "-":
        say(done.document.decode().rstrip("\n"))
    else:
        _write(file, done.document, private=secrets)
        say(f"wrote {len(feeds)} feed{'' if len(feeds) == 1 else 's'} to {file}")
    for name in done.bared:
        note(f"warning: {name}: its address is written without what it keeps secret; --secrets writes it whole")


def _line(feed: FeedRow) -> FeedLine:
    """A feed as a list tells it; one that shows as its address has no name."""
    from config.redaction import shown_url
    from config.values import FeedLine

    name = None if feed.name == shown_url(feed.url) else feed.name
    return FeedLine(feed.url, name, feed.tags, feed.every, feed.full_text, feed.ignore_hints)


def _read(file: Path) -> bytes:
    import sys

    from worker.errors import ConfigurationError

    if str(file).startswith(("http:/", "https:/")):
        raise ConfigurationError("a list with an address is kept in step: write `- opml: URL` into feeds.yaml")
    try:
        if str(file) == "-":
            body = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with file.open("rb") as stream:
                body = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    if len(body) > MOST_BYTES:
        raise ConfigurationError(f"{file} is larger than 50 MB")
    return body


def _write(file: Path, document: bytes, *, private: bool) -> None:
    """Write the file whole or not at all, beside what stands there."""
    import os

    from worker.errors import ConfigurationError

    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(document)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error
