"""The tree of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from worker.cli import alerts, archive, configuration, database, deliveries, feeds, polling, service, subscribers, watch

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    help="Watches feeds and tells subscribers, once and quickly, when a story about their topic appears.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_COMMANDS: dict[str, Callable[..., None]] = {
    "up": service.up,
    "beat": service.beat,
    "worker": service.worker,
    "init": configuration.init,
    "check": configuration.check,
    "plan": configuration.plan,
    "apply": configuration.apply,
    "poll": polling.poll,
    "search": archive.search,
    "status": service.status,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)
for group, commands, text in (
    ("feeds", feeds.app, "Feeds: list, add, remove."),
    ("watch", watch.app, "Watch lists: list, add, remove."),
    ("subscribers", subscribers.app, "Subscribers: list."),
    ("alerts", alerts.app, "Alerts: list."),
    ("deliveries", deliveries.app, "Deliveries: list, retry."),
    ("db", database.app, "The database: upgrade."),
):
    app.add_typer(commands, name=group, help=text, no_args_is_help=True)
