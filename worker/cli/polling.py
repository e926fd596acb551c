"""Poll now, in this process, without a broker."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

FAILED = frozenset({"error", "backoff", "gone", "blocked"})


def poll(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME_OR_URL]...")] = None,
    config: Config = FOLDER,
    *,
    due: Annotated[bool, typer.Option("--due", help="Only feeds that are due.")] = False,
    json: Json = False,
) -> None:
    """Poll feeds now; match and deliver too. Without names: all feeds. Exit code 1 when a poll failed."""
    from dataclasses import asdict

    from worker.cli.output import show
    from worker.cli.session import session
    from worker.pipeline.claim import delivery_groups

    with session(config) as engine:
        feeds = engine.feeds_named(names or [])
        woken: list[int] = []
        results = engine.poll([feed.id for feed in feeds], wake=woken.extend, force=not due)
        for batch in delivery_groups(woken):
            engine.deliver(batch)
    rows = [asdict(result) for result in results]
    columns = ("feed", "outcome", "status", "new_items", "known_items", "alerts", "seconds", "error")
    show(rows, columns, as_json=json, empty="no feed was due" if due else "there are no feeds")
    raise typer.Exit(1 if any(result.outcome in FAILED for result in results) else 0)
