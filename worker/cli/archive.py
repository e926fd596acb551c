"""The archive: search."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.options import FOLDER, Config, Json, Limit

LONGEST_DAYS = 36_500


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="As in watch lists: '(ukraine OR kyiv) -football'.")],
    config: Config = FOLDER,
    *,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, metavar="N", help="How far back to look.")] = 90,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """Search the archive with a query, newest first."""
    from datetime import timedelta

    from worker.cli.output import show
    from worker.cli.rows import found_row
    from worker.cli.session import session
    from worker.cli.table import columns
    from worker.pipeline.search import search as search_items
    from worker.watchlists.compiled import compile_query

    compile_query(query)  # a mistake in it needs no database to be told
    with session(config) as engine:
        since = engine.clock.now() - timedelta(days=days)
        found = search_items(engine.store.items_since(since), query, limit=limit)
        rows = [found_row(item, hit) for item, hit in found]
    show(rows, columns("first_seen", "feed:10", "title:30", "link:20?"), as_json=json, empty="nothing found")
