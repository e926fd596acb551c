"""Why: the whole way of an item, and the reason that somebody heard, or did not hear, of it."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json


def why(
    url: Annotated[str, typer.Argument(metavar="URL", help="An item's link, however spelt; or itm_12, or its guid.")],
    config: Config = FOLDER,
    *,
    watch_list: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="NAME",
            help="Tell of this watch list, whatever its state, and of no other.",
            autocompletion=completing.watch_lists,
        ),
    ] = None,
    subscriber: Annotated[
        str | None,
        typer.Option(
            "--subscriber",
            metavar="NAME",
            help="Tell of what this one hears, or should, and of nobody else.",
            autocompletion=completing.subscribers,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Tell why somebody heard, or did not hear, of an item: polled, kept, matched, told or not."""
    from worker.cli.names import known_name
    from worker.cli.output import say, show_json, terminal_width
    from worker.cli.session import session
    from worker.cli.trail_rows import account_lines, accounts_row
    from worker.clock import SystemClock
    from worker.pipeline.why import why as account_for

    with session(config) as engine:
        if subscriber is not None:
            known_name("subscriber", subscriber, engine.store.subscriber_names(), otherwise="; there is none yet")
        fresh_for = engine.settings.fresh_for
        accounts = account_for(engine.store, url, fresh_for=fresh_for, watch_list=watch_list, subscriber=subscriber)
    if json:
        show_json(accounts_row(accounts))
        return
    now = SystemClock().now()
    say("\n\n".join("\n".join(account_lines(one, width=terminal_width(), now=now)) for one in accounts))
