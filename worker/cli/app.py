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
from worker.cli.output import is_styled
from worker.cli.usage import Commands

if TYPE_CHECKING:
    from collections.abc import Callable

_GROUPS = (
    ("feeds", feeds.app, "List, add and remove feeds."),
    ("watch", watch.app, "List, add, change and remove watch lists."),
    ("subscribers", subscribers.app, "List, add and remove who is told."),
    ("alerts", alerts.app, "List what was found."),
    ("stories", stories.app, "List what is reported; put right what was folded wrongly."),
    ("output", output_feeds.app, "Let alerts be read as a feed."),
    ("deliveries", deliveries.app, "List messages; send failed ones again."),
    ("db", database.app, "The database: bring it up to date, check, back up, restore, prune it."),
)

app = typer.Typer(
    cls=Commands,
    help="Watches feeds and tells subscribers, once and quickly, when a story about their topic appears.",
    epilog=(
        "Begin with `tocsin init` and `tocsin up`, or see it at work with `tocsin up --demo`. "
        "Exit codes: 0 done, 1 something failed, 2 wrong usage or configuration, 3 a needed service cannot be reached."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,  # `shells` does what Typer would, and a shell need not wait for pydantic
    # Boxes and panels are for terminals; piped help is plain text, and there in half the time.
    rich_markup_mode="markdown" if is_styled() else None,
    context_settings={
        "help_option_names": ["-h", "--help"],
        # Where it is not given Typer asks pydantic what None is: half of what a shell would wait for.
        "default_map": {"help": False} | {group: {"help": False} for group, _, _ in _GROUPS},
    },
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
for group, tree, text in _GROUPS:
    app.add_typer(tree, name=group, cls=Commands, help=text, no_args_is_help=True, rich_help_panel="Look and change")


def _version(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        sys.stdout.write(f"tocsin {version('tocsin')}\n")
        raise typer.Exit


def _install_completion(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - as above
    if wanted and not context.resilient_parsing:
        from worker.cli.shells import install

        install()
        raise typer.Exit


def _show_completion(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001 - as above
    if wanted and not context.resilient_parsing:
        from worker.cli.shells import show

        show()
        raise typer.Exit


@app.callback()
def tocsin(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            help="Let this shell (bash, zsh or fish) complete commands, options and names, and exit.",
        ),
    ] = False,
    show_completion: Annotated[
        bool,
        typer.Option(
            "--show-completion",
            callback=_show_completion,
            is_eager=True,
            help="Show the script by which it does so, and exit.",
        ),
    ] = False,
) -> None:
    """Hold the options that come before any command."""
