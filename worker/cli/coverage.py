"""How well the feeds behind a subscriber's lists are read."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json

GAPS_FOR = timedelta(days=7)
"""So long ago gaps are told."""


def coverage(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Default: all subscribers.", autocompletion=completing.subscribers),
    ] = None,
    config: Config = FOLDER,
    *,
    json: Json = False,
) -> None:
    """Tell how well the feeds behind a subscriber's lists are read: whether its silence can be trusted.

    With what it has paused, and the gaps of the last seven days, in which items may have come and gone unseen.
    """
    from worker.alerts.coverage import coverage_line
    from worker.alerts.payload import coverage_data
    from worker.cli.names import known_name
    from worker.cli.output import say, show_json
    from worker.cli.rows import paused, subscriber_row
    from worker.cli.session import session

    with session(config) as engine:
        now = engine.clock.now()
        known = {found.name: found for found in engine.store.subscribers_list(now=now)}
        if name is not None:
            known_name("subscriber", name, known)
        asked = [found for found in known.values() if name in {None, found.name}]
        told = {found.name: engine.store.coverage(found.id, since=now - GAPS_FOR, now=now) for found in asked}
    if json:
        show_json(
            [
                {"subscriber": of, **coverage_data(found), "paused": subscriber_row(known[of])["paused"]}
                for of, found in told.items()
            ]
        )
        return
    for of, found in told.items():
        pauses = f"; paused: {paused(known[of])}" if known[of].pauses else ""
        say(f"{f'{of}: ' if len(told) > 1 else ''}{coverage_line(found)}{pauses}")
