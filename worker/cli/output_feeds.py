"""Output feeds: list, add, revoke."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json

app = typer.Typer()


@app.callback()
def output() -> None:
    """Let alerts be read as Atom or JSON Feed, by whoever has an address with a token."""


@app.command("list")
def list_output_feeds(config: Config = FOLDER, *, json: Json = False) -> None:
    """List the output feeds; their tokens are kept nowhere."""
    from worker.cli.output import show
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        found = engine.store.output_feeds_list()
    rows = [
        {
            "id": f"out_{one.id}",
            "watch_list": one.watch_list,
            "subscriber": one.subscriber,
            "created_at": one.created_at,
        }
        for one in found
    ]
    shown = columns("id", "watch_list:12", "subscriber:12", "created_at")
    show(rows, shown, as_json=json, empty="there are no output feeds; `tocsin output add` makes one")


@app.command()
def add(
    config: Config = FOLDER,
    *,
    watch_list: Annotated[
        str | None,
        typer.Option(
            "--list",
            metavar="NAME",
            help="The alerts of this watch list, whomever they tell.",
            autocompletion=completing.watch_lists,
        ),
    ] = None,
    subscriber: Annotated[
        str | None,
        typer.Option(
            "--subscriber", metavar="NAME", help="All alerts to this subscriber.", autocompletion=completing.subscribers
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Make an output feed. Its addresses are shown this once: whoever has one may read."""
    from worker.cli.names import known_name
    from worker.cli.output import note, say, show_json
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    if (watch_list is None) == (subscriber is None):
        raise ConfigurationError("say whose alerts: --list NAME or --subscriber NAME")
    with session(config) as engine:
        now = engine.clock.now()
        if watch_list is not None:
            known_name("watch list", watch_list, [one.name for one in engine.store.watch_lists_list(now)])
        if subscriber is not None:
            known_name("subscriber", subscriber, [one.name for one in engine.store.subscribers_list()])
        made, token = engine.store.add_output_feed(watch_list=watch_list, subscriber=subscriber, now=now)
        serving = engine.store.web_address(now=now)
        address = (serving or engine.settings.base_url).rstrip("/")
    urls = {kind: f"{address}/out/{token}.{ending}" for kind, ending in (("atom", "atom"), ("json_feed", "json"))}
    if json:
        show_json({"id": f"out_{made}", "watch_list": watch_list, "subscriber": subscriber, **urls})
    else:
        say("\n".join(urls.values()))
        note(f"shown this once; `tocsin output revoke out_{made}` ends it")
    if serving is None:
        note("no web role runs, so nobody answers there yet: `tocsin up` runs one, and `tocsin web` it alone")


@app.command()
def revoke(
    output_feed: Annotated[str, typer.Argument(metavar="ID", help="As `output list` shows it: out_1.")],
    config: Config = FOLDER,
) -> None:
    """Let nobody read an output feed any more."""
    from worker.cli.output import say
    from worker.cli.rows import number
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    with session(config) as engine:
        if not engine.store.revoke_output_feed(number(output_feed, "out"), now=engine.clock.now()):
            raise ConfigurationError(f"there is no output feed {output_feed!r}; `tocsin output list` shows them")
    say(f"revoked {output_feed}")
