"""Subscribers: list, add, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_SECRET = 1_000

app = typer.Typer()


@app.callback()
def subscribers() -> None:
    """List, add and remove those who are told."""


@app.command("list")
def list_subscribers(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all subscribers with their channels; of a webhook's address only the host is shown."""
    from worker.cli.output import show
    from worker.cli.rows import subscriber_row
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        rows = [subscriber_row(found) for found in engine.store.subscribers_list()]
    shown = columns("name:12", "timezone", "channels:20", "managed_by?")
    empty = "there are no subscribers; subscribers.yaml names them, `tocsin subscribers add NAME` adds one"
    show(rows, shown, as_json=json, empty=empty)


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What --notify calls it.")],
    config: Config = FOLDER,
    *,
    timezone: Annotated[
        str | None, typer.Option(metavar="TZ", help="IANA name, such as Europe/Kyiv. Default: UTC.")
    ] = None,
    email: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Mail there, through smtp_url; may be repeated.")
    ] = None,
    webhook: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL", help="POST there, signed; '${NAME}' is filled in from the environment. May be repeated."
        ),
    ] = None,
    secret_env: Annotated[
        list[str] | None,
        typer.Option(
            "--secret-env",
            metavar="NAME",
            help="The environment variable with the webhook's secret; one for each --webhook, in their order.",
        ),
    ] = None,
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="Read the secrets from standard input, one a line.")
    ] = False,
    log: Annotated[bool, typer.Option("--log", help="Write alerts into the service's log.")] = False,
) -> None:
    """Add somebody who is told. A webhook's secret is asked for, or given by --secret-env: never as an argument.

    What stands in a command's arguments can be read by every user of the machine.
    """
    from worker.cli.lines import subscriber_line
    from worker.cli.output import say
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    hooks = [_filled_in(url) for url in webhook or ()]
    if not (hooks or email or log):
        raise ConfigurationError("say how to reach it: --email ADDRESS, --webhook URL or --log")
    secrets = _secrets(len(hooks), secret_env or (), stdin=secret_stdin)
    line = subscriber_line(
        name, timezone=timezone, emails=email or (), webhooks=list(zip(hooks, secrets, strict=True)), log=log
    )
    with session(config) as engine:
        engine.store.add_subscriber(line, now=engine.clock.now())
    say(f"added {line.name}, who hears by {', '.join(dict.fromkeys(channel.kind for channel in line.channels))}")


@app.command()
def remove(name: Annotated[str, typer.Argument(metavar="NAME")], config: Config = FOLDER) -> None:
    """Remove a subscriber; what was not sent to it is cancelled, its history stays.

    Not while a watch list tells nobody else.
    """
    from worker.cli.names import known_name
    from worker.cli.output import note, say
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    with session(config) as engine:
        known = {found.name: found for found in engine.store.subscribers_list()}
        known_name("subscriber", name, known)
        if known[name].managed_by == "file":
            place = config / "subscribers.yaml"
            raise ConfigurationError(f"{name} is managed by file and would come back: take it out of {place}")
        removed = engine.store.remove_subscriber(name, now=engine.clock.now())
    say(f"removed {name}")
    if removed.lists:
        note(f"it hears no more of {', '.join(removed.lists)}, which tell others still")
    if removed.cancelled:
        note(f"{removed.cancelled} message{'' if removed.cancelled == 1 else 's'} to it cancelled")


def _filled_in(address: str) -> str:
    """Fill in `${NAME}` as the files do, so that an address that is a secret itself need not be an argument."""
    import os

    from config.fill import fill
    from worker.errors import ConfigurationError

    filled, wrong = fill(address, os.environ)
    if wrong:
        raise ConfigurationError("\n".join(f"--webhook: {sentence}" for sentence in wrong))
    return filled


def _secrets(count: int, names: Sequence[str], *, stdin: bool) -> list[str]:
    """Return the secrets of `count` webhooks: from the environment, from standard input, or asked for."""
    import os
    import sys

    from worker.errors import ConfigurationError

    if stdin and names:
        raise ConfigurationError("--secret-env or --secret-stdin, not both")
    if stdin:
        return [sys.stdin.readline(LONGEST_SECRET).strip() for _ in range(count)]
    if not names and count and sys.stdin.isatty():
        return [typer.prompt("the webhook's secret", hide_input=True, err=True) for _ in range(count)]
    if len(names) != count:
        raise ConfigurationError(f"--secret-env NAME: write one for each webhook, which are {count}, not {len(names)}")
    if missing := [name for name in names if name not in os.environ]:
        raise ConfigurationError(f"the environment has no `{missing[0]}`: set it, as `export {missing[0]}=...`")
    return [os.environ[name] for name in names]
