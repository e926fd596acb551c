"""The archive: search."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json, Limit

LONGEST_DAYS = 36_500


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="As in watch lists: '(ukraine OR kyiv) -football'.")],
    config: Config = FOLDER,
    *,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, metavar="N", help="How far back to look.")] = 90,
    by: Annotated[
        str,
        typer.Option(
            metavar="ORDER", help="`newest` first, or the most `relevance` first.", autocompletion=completing.orders
        ),
    ] = "newest",
    limit: Limit = 100,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on behind a row, by its `cursor`, with the same query.")
    ] = None,
    json: Json = False,
) -> None:
    """Search the archive with a query, page by page.

    With --json each row has the `cursor` that goes on behind it. Where there was much to read a page ends early, and
    `reached` says how far back it looked; an empty one is always the last.
    """
    from datetime import timedelta
    from functools import partial

    from worker.cli.output import note, show
    from worker.cli.progress import progress
    from worker.cli.rows import found_row
    from worker.cli.session import session
    from worker.cli.table import columns
    from worker.errors import ConfigurationError
    from worker.pipeline.search import search as search_archive
    from worker.watchlists.grammar import parse

    parse(query)  # a mistake in it needs no database to be told
    if by not in ("newest", "relevance"):
        raise ConfigurationError(f"--by {by}: write newest or relevance")
    with session(config) as engine, progress("looking through the archive", None, late=True):
        ask = partial(
            search_archive,
            engine.store,
            query,
            back=timedelta(days=days),
            now=engine.clock.now(),
            by="newest" if by == "newest" else "relevance",
            limit=limit,
        )
        page = ask(after=after)
        while json and page.more is not None and not page.found:
            page = ask(after=page.more)  # else a program would take a page without rows for the last one
    rows = [{**found_row(found), "reached": page.reached} for found in page.found]
    empty = "nothing found" if page.more is None and page.reached is None else "nothing found so far"
    show(rows, columns("first_seen", "feed:10", "title:30", "link:20?"), as_json=json, empty=empty)
    if page.reached is not None:
        note(f"looked back to {page.reached:%Y-%m-%d %H:%M} only: there was much to read")
    if page.more is not None:
        note(f"there may be more: --after {page.more}")
