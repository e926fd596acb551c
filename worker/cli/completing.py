"""What values a shell may complete: words that are always the same, and names of the database, read quietly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer  # noqa: TC002 - it reads annotations at run time

from worker.cli.options import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.glance import Called

REPLAYED = ("sent", "failed", "quarantined", "ambiguous")
"""As `worker.store.deliveries.REPLAYABLE`, which takes too long to load."""


def feeds(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of feeds; addresses where one has been begun."""
    from worker.glance import addresses, names

    if incomplete.startswith("http"):
        return _read(ctx, addresses)
    return _read(ctx, lambda url: names(url, "feeds"))


def watch_lists(ctx: typer.Context) -> list[str]:
    """Names of watch lists."""
    return _names(ctx, "watch_lists")


def subscribers(ctx: typer.Context) -> list[str]:
    """Names of subscribers."""
    return _names(ctx, "subscribers")


def schedules() -> list[str]:
    """What --when takes."""
    return ["immediately", *digests()]


def digests() -> list[str]:
    """What says when something comes again and again."""
    from config.hours import WEEKDAYS

    return ["hourly", "daily at 08:00", *(f"weekly on {day} at 08:00" for day in WEEKDAYS)]


def alert_states() -> list[str]:
    """States of alerts."""
    from typing import get_args

    from worker.alerts.planned import AlertState

    return [*get_args(AlertState)]


def delivery_states() -> list[str]:
    """States of deliveries."""
    from typing import get_args

    from worker.alerts.model import DeliveryState

    return [*get_args(DeliveryState)]


def replayed_states() -> list[str]:
    """States of deliveries that can be sent once more."""
    return [*REPLAYED]


def modes() -> list[str]:
    """What of a story is told."""
    return ["first", "updates", "every"]


def marks() -> list[str]:
    """What an alert was worth."""
    return ["useful", "noise"]


def orders() -> list[str]:
    """How a search is ordered."""
    return ["newest", "relevance"]


def limits() -> list[str]:
    """How many messages an hour."""
    return ["30 per hour", "none"]


def zones() -> list[str]:
    """Names of time zones."""
    from zoneinfo import available_timezones

    return sorted(available_timezones())


def queues(incomplete: str) -> list[str]:
    """Names of queues, the last of several with commas between them."""
    from worker.service.queues import QUEUES

    *chosen, _ = incomplete.split(",")
    before = "".join(f"{one}," for one in chosen)
    return [before + queue for queue in QUEUES if queue not in chosen]


def _names(ctx: typer.Context, of: Called) -> list[str]:
    from worker.glance import names

    return _read(ctx, lambda url: names(url, of))


def _read(ctx: typer.Context, read: Callable[[str], list[str]]) -> list[str]:
    """Return what is read of the database that the settings name; whatever is wrong, nothing is offered."""
    try:
        from config.settings import load_settings

        folder = Path(ctx.params.get("config") or os.environ.get("TOCSIN_CONFIG") or FOLDER)
        settings, _ = load_settings(folder, os.environ)
        return [one for one in dict.fromkeys(read(settings.resolved_database_url)) if one.isprintable()]
    except Exception:  # noqa: BLE001 - whoever presses a key shall read no complaint in the middle of a line
        return []
