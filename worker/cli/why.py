"""Why: the whole way of an item, and the reason that somebody heard, or did not hear, of it."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.options import FOLDER, Config, Json


def why(
    url: Annotated[str, typer.Argument(metavar="URL", help="An item's link, however spelt; or itm_12, or its guid.")],
    config: Config = FOLDER,
    *,
    watch_list: Annotated[
        str | None,
        typer.Option("--list", metavar="NAME", help="Tell of this watch list, whatever its state, and of no other."),
    ] = None,
    json: Json = False,
) -> None:
    """Tell why somebody heard, or did not hear, of an item: polled, kept, matched, told or not."""
    from worker.cli.output import say, show_json, terminal_width
    from worker.cli.session import session
    from worker.cli.trail_rows import account_lines, accounts_row
    from worker.clock import SystemClock
    from worker.pipeline.why import why as account_for

    with session(config) as engine:
        fresh_for = engine.settings.fresh_for
        accounts = account_for(engine.store, url, fresh_for=fresh_for, watch_list=watch_list)
    if json:
        show_json(accounts_row(accounts))
        return
    now = SystemClock().now()
    say("\n\n".join("\n".join(account_lines(one, width=terminal_width(), now=now)) for one in accounts))
