"""The archive: search."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.options import FOLDER, Config, Json, Limit


def search(
    query: str,
    config: Config = FOLDER,
    *,
    days: Annotated[int, typer.Option(min=1, help="How far back to look.")] = 90,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """Search the archive with the query language of watch lists, newest first."""
    from datetime import timedelta

    from worker.cli.output import show
    from worker.cli.rows import found_row
    from worker.cli.session import session
    from worker.pipeline.search import search as search_items

    with session(config) as engine:
        since = engine.clock.now() - timedelta(days=days)
        found = search_items(engine.store.items_since(since), query, limit=limit)
        rows = [found_row(item, hit) for item, hit in found]
    show(rows, ("first_seen", "feed", "title", "link"), as_json=json, empty="nothing found")
