"""Subscribers: list, add, test, preview, remove."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.store.alert_pages import ReachedBy
    from worker.wiring import Engine
    from worker.wiring.outside import Outside

LONGEST_SECRET = 1_000

app = typer.Typer()


@app.callback()
def subscribers() -> None:
    """List, add, try and remove those who are told."""


@app.command("list")
def list_subscribers(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all subscribers with their channels; of addresses that are secrets only the host, or less, is shown."""
    from worker.cli.output import show
    from worker.cli.rows import paused, subscriber_row
    from worker.cli.session import session
    from worker.cli.table import columns

    with session(config) as engine:
        found = engine.store.subscribers_list(now=engine.clock.now())
    rows = [subscriber_row(one) | ({} if json else {"paused": paused(one)}) for one in found]
    shown = columns("name:12", "timezone", "quiet_hours?", "paused?", "channels:20", "managed_by?")
    empty = "there are no subscribers; subscribers.yaml names them, `tocsin subscribers add NAME` adds one"
    show(rows, shown, as_json=json, empty=empty)


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What --notify calls it.")],
    config: Config = FOLDER,
    *,
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="TZ", help="IANA name, such as Europe/Kyiv. Default: UTC.", autocompletion=completing.zones
        ),
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
    apprise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            help="Send to a chat or telephone, as ntfy://ntfy.sh/TOPIC; '${NAME}' is filled in from the environment. "
            "May be repeated.",
        ),
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Write alerts into the service's log.")] = False,
    quiet_hours: Annotated[
        str | None, typer.Option(metavar="HOURS", help="Such as 22:00-07:00: what comes then is told at their end.")
    ] = None,
    heartbeat: Annotated[
        str | None,
        typer.Option(
            metavar="W",
            help="Such as 'daily at 08:00': when to tell that nothing matched.",
            autocompletion=completing.digests,
        ),
    ] = None,
) -> None:
    """Add somebody who is told. A webhook's secret is asked for, or given by --secret-env: never as an argument.

    What stands in a command's arguments can be read by every user of the machine.
    """
    from worker.cli.lines import subscriber_line
    from worker.cli.output import note, say
    from worker.cli.refused import refusal
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    hooks = [_filled_in(url, "--webhook") for url in webhook or ()]
    services = [_filled_in(url, "--apprise") for url in apprise or ()]
    if not (hooks or services or email or log):
        raise ConfigurationError("say how to reach it: --email ADDRESS, --webhook URL, --apprise URL or --log")
    secrets = _secrets(len(hooks), secret_env or (), stdin=secret_stdin)
    line = subscriber_line(
        name,
        timezone=timezone,
        emails=email or (),
        webhooks=list(zip(hooks, secrets, strict=True)),
        apprises=services,
        log=log,
        hours={"quiet_hours": quiet_hours, "heartbeat": heartbeat},
    )
    with session(config) as engine:
        engine.store.add_subscriber(line, now=engine.clock.now())
        allowed = engine.settings.deliver_allow
    say(f"added {line.name}, who hears by {', '.join(dict.fromkeys(channel.kind for channel in line.channels))}")
    for said in filter(None, (refusal(url, "deliver_allow", allowed) for url in hooks)):
        note(f"warning  {said}")


Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=completing.subscribers)]
Channel = Annotated[
    int | None, typer.Option("--channel", min=1, metavar="N", help="Only its N-th channel, as listed. Default: all.")
]


@app.command("test")
def try_channels(name: Name, config: Config = FOLDER, *, channel: Channel = None, json: Json = False) -> None:
    """Send a test message through each channel, now and in this process, and show the true answer.

    Exit code 1 when one failed. Nothing is turned off, nor on again, by it.
    """
    from worker.cli.output import note, show
    from worker.cli.session import session
    from worker.cli.table import columns
    from worker.cli.trying import trial, tried

    with session(config) as engine:
        ways = _ways(engine, name, channel)
        message = trial(name, now=engine.clock.now())
        with _outside(engine) as outside:
            rows = [*tried(outside.channels, ways, message)]
    if not json:
        rows = [{**row, "ok": "ok" if row["ok"] else "failed"} for row in rows]
    shown = columns("channel:14", "ok", "answer:20", "error:20", "state?")
    show(rows, shown, as_json=json, empty=f"{name} has no channel")
    if not json and any(row["state"] != "enabled" for row in rows):
        note("a channel that is turned off was tried all the same; a new address or secret turns it on again")
    raise typer.Exit(0 if rows and all(row["ok"] in {True, "ok"} for row in rows) else 1)


@app.command()
def preview(name: Name, config: Config = FOLDER, *, channel: Channel = None, json: Json = False) -> None:
    """Show what each channel would send for the latest alert, or for one that is made up; nothing is sent."""
    from uuid import uuid4

    from worker.alerts.links import with_links
    from worker.alerts.model import Message
    from worker.cli.output import note, say, show_json
    from worker.cli.session import session
    from worker.cli.table import visible
    from worker.cli.trying import previewed, sample

    with session(config) as engine:
        ways = _ways(engine, name, channel)
        facts, now = engine.store.latest_told(name), engine.clock.now()
        signer = None if facts is None else engine.link_signer()
        reached = [engine.store.addressee(way.address.id) for way in ways]
    if facts is None:
        note("there is no alert yet; this one is made up")
        message = sample(name, now=now)
    else:
        message = Message(str(uuid4()), "alert.created", facts.told_at, name, (facts,))
    rows = [
        previewed(
            way, message if signer is None or to is None else with_links(message, signer, to, now=now), base_url=None
        )
        for way, to in zip(ways, reached, strict=True)
    ]
    if json:
        show_json(rows)
        return
    for row in rows:
        say(f"--- {row['channel']}")
        for text in (row["title"], row["text"], row["error"]):
            if text:
                say("\n".join(_indented(line, visible(line)) for line in str(text).splitlines()) + "\n")


@app.command()
def remove(name: Name, config: Config = FOLDER) -> None:
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


def _indented(line: str, shown: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))] + shown


def _ways(engine: Engine, name: str, channel: int | None) -> list[ReachedBy]:
    """Return the channels that are meant; raise ConfigurationError where there is no such subscriber or channel."""
    from worker.cli.names import known_name
    from worker.cli.rows import numbered
    from worker.cli.trying import chosen

    known_name("subscriber", name, [found.name for found in engine.store.subscribers_list()])
    ways = engine.store.ways_to(name)
    shown = numbered([way.shown for way in ways])
    return chosen([replace(way, shown=told) for way, told in zip(ways, shown, strict=True)], channel)


@contextmanager
def _outside(engine: Engine) -> Iterator[Outside]:
    """Parts of one's own that reach out: what is tried here is no business of the service's."""
    from worker.wiring.outside import Outside

    outside = Outside(engine.settings)
    try:
        yield outside
    finally:
        outside.close()


def _filled_in(address: str, option: str) -> str:
    """Fill in `${NAME}` as the files do, so that an address that is a secret itself need not be an argument."""
    import os

    from config.fill import fill
    from worker.errors import ConfigurationError

    filled, wrong = fill(address, os.environ)
    if wrong:
        raise ConfigurationError("\n".join(f"{option}: {sentence}" for sentence in wrong))
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
