"""`tocsin status`: how the service is, at a glance."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from worker.alerts.latency import Latency
    from worker.errors import ConfigurationError
    from worker.store.rows import FeedRow, RoleRow, StatusRow

IN_TROUBLE = frozenset({"broken", "blocked", "html", "stale", "gone", "quarantined", "backing_off"})
FEEDS_SHOWN = 10


def status(
    config: Config = FOLDER,
    *,
    role: Annotated[
        str | None,
        typer.Option(metavar="ROLE", help="Check one role of this machine, quickly: up, beat, worker or web."),
    ] = None,
    queues: Annotated[
        str | None, typer.Option(metavar="a,b", help="With --role worker: only the work of these queues.")
    ] = None,
    json: Json = False,
) -> None:
    """Tell how the service is.

    Exit code 1 when something is wrong. With --role one line, for the health check of a container or unit.
    """
    if role is not None or queues is not None:
        from worker.cli.role_check import check

        raise typer.Exit(0 if check(config, role, queues, json=json) else 1)
    from worker.alerts.latency import latency_of
    from worker.cli.health import shape, troubles
    from worker.cli.output import show_json
    from worker.cli.session import session
    from worker.owner import has_ended
    from worker.pipeline.claim import manners_of

    wrong_files: list[ConfigurationError] = []
    with session(config, wrong_files=wrong_files.append) as engine:
        now = engine.clock.now()
        found = engine.store.status(now=now, manners=manners_of(engine.settings))
        feeds = [feed for feed in engine.store.feeds_list() if feed.state in IN_TROUBLE]
        lists = engine.store.opml_lists_list()
        latency = latency_of(engine.store.latencies(now=now))
        told = str(wrong_files[0]) if wrong_files else engine.files.error()
        tick = engine.settings.tick
    running = [role for role in found.roles if not has_ended(role.host, role.pid)]
    wrong = troubles(found, running, now=now, tick=tick, wrong_files=told, lists=lists)
    if json:
        show_json(shape(found, running, wrong, now=now, lists=lists, latency=latency))
    else:
        _print(found, running, wrong, feeds, latency, now=now)
    raise typer.Exit(1 if wrong else 0)


def headline(*, well: bool) -> str:
    """Return the verdict, green or red on a terminal."""
    from worker.cli.output import is_styled

    said = "healthy" if well else "NOT HEALTHY"
    return typer.style(said, fg="green" if well else "red", bold=True) if is_styled() else said


def _print(
    found: StatusRow,
    running: Sequence[RoleRow],
    wrong: Sequence[str],
    feeds: Sequence[FeedRow],
    latency: Latency,
    *,
    now: datetime,
) -> None:
    """Print the verdict and its reasons, then what is late, then who works, then all the rest."""
    from worker.cli.health import counted, is_silent, latency_lines
    from worker.cli.output import say, show
    from worker.cli.table import columns, distance, span

    say(headline(well=not wrong))
    for trouble in wrong:
        say(_indented(trouble))
    waits = {"feed": found.oldest_due_feed_s, "delivery": found.oldest_pending_delivery_s}
    oldest = [f"the oldest due {what} waits {span(age)}" for what, age in waits.items() if age is not None]
    say("")
    say(f"waiting     {'; '.join(oldest) or 'nothing'}")
    say(f"last tick   {distance(found.last_tick_at, now) if found.last_tick_at else 'never'}")
    say(f"feeds       {counted(found.feeds)}")
    say(f"watch lists {counted(found.watch_lists)}")
    say(f"deliveries  {counted(found.deliveries)}")
    if running:
        say("")
        roles = [
            {
                "role": role.role,
                "state": "silent" if is_silent(role, now) else "runs",
                "pid": role.pid,
                "host": role.host,
                "heartbeat": distance(role.heartbeat_at, now),
            }
            for role in running
        ]
        show(roles, columns("role", "state", "pid", "host:12", "heartbeat"), as_json=False, empty="")
    if feeds:
        say("")
        rows = [{"feed": feed.name, "state": feed.state, "last_error": feed.last_error} for feed in feeds[:FEEDS_SHOWN]]
        show(rows, columns("feed:16", "state", "last_error:20"), as_json=False, empty="")
        if len(feeds) > FEEDS_SHOWN:
            say(f"... and {len(feeds) - FEEDS_SHOWN} more; `tocsin feeds list` shows them all")
    if lines := latency_lines(latency):
        say("\nof the last day's alerts 50, 95 and 99 of a hundred took at most")
        say("\n".join(f"  {line}" for line in lines))


def _indented(trouble: str) -> str:
    """Return the lines of a trouble under the verdict; on a terminal none is broken within a word."""
    from worker.cli.output import terminal_width

    width = terminal_width()
    first, *more = trouble.split("\n")
    lines = [("  ", first), *(("    ", line) for line in more)]
    if width is None:
        return "\n".join(f"{margin}{line}" for margin, line in lines)
    return "\n".join(
        textwrap.fill(
            line, width, initial_indent=margin, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
        for margin, line in lines
    )
