"""The tree of commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import (
    alerts,
    archive,
    choices,
    configuration,
    coverage,
    database,
    deliveries,
    feeds,
    output_feeds,
    polling,
    service,
    status,
    stories,
    subscribers,
    watch,
    web,
    why,
)

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    help="Watches feeds and tells subscribers, once and quickly, when a story about their topic appears.",
    epilog=(
        "Begin with `tocsin init` and `tocsin up`, or see it at work with `tocsin up --demo`. "
        "Exit codes: 0 done, 1 something failed, 2 wrong usage or configuration, 3 a needed service cannot be reached."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Boxes and panels are for terminals; piped help is plain text, and there in half the time.
    rich_markup_mode="markdown" if sys.stdout.isatty() else None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Run the service": {
        "up": service.up,
        "beat": service.beat,
        "worker": service.worker,
        "web": web.web,
        "status": status.status,
    },
    "Configuration files": {
        "init": configuration.init,
        "check": configuration.check,
        "plan": configuration.plan,
        "apply": configuration.apply,
    },
    "By hand": {"poll": polling.poll, "search": archive.search, "why": why.why},
}
for panel, commands in _COMMANDS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=panel)(command)
for tree, name, command in (
    (subscribers.app, "coverage", coverage.coverage),
    (subscribers.app, "pause", choices.pause),
    (subscribers.app, "resume", choices.resume),
    (alerts.app, "mark", choices.mark),
    (alerts.app, "mute", choices.mute),
):
    tree.command(name)(command)
for group, tree, text in (
    ("feeds", feeds.app, "List, add and remove feeds."),
    ("watch", watch.app, "List, add, change and remove watch lists."),
    ("subscribers", subscribers.app, "List, add and remove who is told."),
    ("alerts", alerts.app, "List what was found."),
    ("stories", stories.app, "List what is reported; put right what was folded wrongly."),
    ("output", output_feeds.app, "Let alerts be read as a feed."),
    ("deliveries", deliveries.app, "List messages; send failed ones again."),
    ("db", database.app, "Bring the database up to date."),
):
    app.add_typer(tree, name=group, help=text, no_args_is_help=True, rich_help_panel="Look and change")


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"tocsin {version('tocsin')}\n")
        raise typer.Exit


@app.callback()
def tocsin(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Hold the options that come before any command."""
