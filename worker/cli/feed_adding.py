"""Find feeds behind addresses, and add one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from config.values import FeedLine
    from worker.pipeline.discover import FoundFeed
    from worker.store.rows import FeedRow
    from worker.wiring import Engine

FEW = 5
"""So many other feeds of a page are named."""


def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page's address, or a feed's.")],
    config: Config = FOLDER,
    *,
    json: Json = False,
) -> None:
    """Look for the feeds behind an address, the likeliest meant first; nothing is added.

    Exit code 1 when there is none, or the address cannot be read.
    """
    from worker.cli.lines import feed_line
    from worker.cli.output import show, show_json
    from worker.cli.rows import found_feed_row
    from worker.cli.session import session
    from worker.cli.table import columns
    from worker.errors import FetchError, ParseError

    line = feed_line(url, name=None, tags=[], every=None)
    with session(config) as engine:
        try:
            found = _found(engine, line.url)
        except (FetchError, ParseError):
            if json:
                show_json([])
            raise
    rows = [found_feed_row(feed) for feed in found]
    show(rows, columns("title:16", "format", "items", "how", "url:30"), as_json=json, empty="no feed was found there")
    raise typer.Exit(0 if found else 1)


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address, or that of a page that names it.")],
    config: Config = FOLDER,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Default: the feed's own title.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="For the `feeds` of watch lists; may be repeated.")
    ] = None,
    every: Annotated[str | None, typer.Option(metavar="5m", help="Interval; default: the feed's own rhythm.")] = None,
    full_text: Annotated[
        bool, typer.Option("--full-text", help="Fetch the linked pages and match their text too.")
    ] = False,
    ignore_hints: Annotated[
        bool, typer.Option("--ignore-hints", help="Pass over ttl, max-age and the like; for feeds of your own.")
    ] = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Add the address as it is, without a look at it.")
    ] = False,
    history: Annotated[
        bool,
        typer.Option(
            "--history",
            help="Read the feed's older documents into the archive, silently (RFC 5005); again, where it is there.",
        ),
    ] = False,
    pages: Annotated[int, typer.Option(min=1, max=50, metavar="N", help="Older documents at most.")] = 50,
) -> None:
    """Watch one more feed; the next tick polls it. Given a page's address, the feed behind it is found.

    A feed that cannot be read at the moment is added with a warning. Exit code 1 when the address is a page without
    feeds, which is not added, or when older documents could not be read.
    """
    from config.redaction import shown_url
    from worker.cli.lines import feed_line
    from worker.cli.output import note, say
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    if history and no_check:
        raise ConfigurationError("--history reads the feed; leave --no-check out")
    line = feed_line(url, name=name, tags=tag or [], every=every, full_text=full_text, ignore_hints=ignore_hints)
    complete = True
    with session(config) as engine:
        there = _known(engine, line, again=history)
        if not history:
            _refuse_name(engine, line)
        feed = None if no_check else _look(engine, line if there is None else replace(line, url=there.polled_url))
        if there is not None and feed is not None and feed.how != "itself":
            feed = None  # its address leads to others by now
        elif there is None and feed is not None and feed.url != line.url:
            line = replace(line, url=feed.url)
            there = _known(engine, line, again=history)
        if there is not None:
            note(f"{there.name} is there already, and stays as it is")
            into = there.id
        else:
            _refuse_name(engine, line)
            title = None if feed is None else feed.title
            into = engine.store.add_feed(line, now=engine.clock.now(), title=title)
            say(f"added {shown_url(line.url)}")
        if history:
            complete = feed is not None and _read_back(engine, into, feed, pages)
            if feed is None:
                note("its older documents were not read")
    raise typer.Exit(0 if complete else 1)


def _look(engine: Engine, line: FeedLine) -> FoundFeed | None:
    """Return the feed that is meant; None where that cannot be said now, and the address is to be taken at its word."""
    from config.redaction import shown_url
    from worker.cli.output import note
    from worker.errors import FetchError, ParseError
    from worker.pipeline.discover import main_feed

    try:
        found = _found(engine, line.url)
    except (FetchError, ParseError) as error:
        note(f"warning: it cannot be read at the moment: {error}")
        return None
    if not found:
        raise ParseError(
            f"{shown_url(line.url)} is a web page that names no feed, and none lies where feeds usually do; "
            "`--no-check` adds it all the same"
        )
    feed = main_feed(found)
    if feed.how != "itself":
        note(f"found behind {shown_url(line.url)}: {feed.title or 'a feed'}")
    others = [one for one in found if one is not feed]
    for one in others[:FEW]:
        note(f"also there: {shown_url(one.url)}{f' ({one.title})' if one.title else ''}")
    if len(others) > FEW:
        note(f"... and {len(others) - FEW} more; `tocsin feeds discover` shows them all")
    return feed


def _found(engine: Engine, url: str) -> list[FoundFeed]:
    """Return the feeds behind an address, and show on a terminal that they are looked for.

    Raises:
        NotPublic: Our own policy refused the address; the message says what would allow it.
        FetchError, ParseError: As the verb does.
    """
    from worker.cli.progress import progress
    from worker.errors import NotPublic

    try:
        with progress("looking for feeds", None) as answered:
            return engine.discover(url, answered=answered)
    except NotPublic as error:
        raise NotPublic(f"{error}; a private address must be named in `fetch_allow` of settings.yaml") from error


def _read_back(engine: Engine, into: int, feed: FoundFeed, pages: int) -> bool:
    """Read older documents, say how far that went, and return whether it came to its end."""
    from worker.cli.output import note
    from worker.cli.progress import progress

    with progress("reading older documents", None) as answered:
        done = engine.read_back(into, feed, pages=pages, answered=answered)
    documents = f"{done.pages} older document{'' if done.pages == 1 else 's'}"
    note(f"history: {done.items} item{'' if done.items == 1 else 's'} of {documents}; {done.ended}")
    return not done.failed


def _known(engine: Engine, line: FeedLine, *, again: bool) -> FeedRow | None:
    """Return the feed that has this address, however written, or has moved to it; None where none has.

    Raises:
        ConfigurationError: There is one, and it is not wanted `again`; the files may not hold one twice either.
    """
    from config.rules import same_address
    from worker.errors import ConfigurationError

    address = same_address(line.url)
    for feed in engine.store.feeds_list():
        if address in {same_address(feed.url), same_address(feed.polled_url)}:
            if not again:
                raise ConfigurationError(f"this feed is there already: {feed.name} (managed by {feed.managed_by})")
            return feed
    return None


def _refuse_name(engine: Engine, line: FeedLine) -> None:
    """Refuse a name that a feed has already, as the files do."""
    from worker.errors import ConfigurationError

    for feed in engine.store.feeds_list():
        if line.name is not None and feed.name.casefold() == line.name.casefold():
            raise ConfigurationError(f"another feed is called {feed.name} already; give a different --name")
