"""What subscribers choose by their links, chosen for them: pause, resume, mark, mute."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config

if TYPE_CHECKING:
    from worker.alerts.model import MarkedAs
    from worker.store.web_rows import ChooserRow, MarkableRow
    from worker.wiring import Engine

Name = Annotated[str, typer.Argument(metavar="NAME", help="The subscriber.", autocompletion=completing.subscribers)]
Of = Annotated[
    list[str] | None,
    typer.Option(
        "--list",
        metavar="LIST",
        help="Only this watch list; may be repeated. Default: all.",
        autocompletion=completing.watch_lists,
    ),
]
AlertId = Annotated[str, typer.Argument(metavar="ID", help="As `alerts list` shows it: alt_12.")]


def pause(
    name: Name,
    config: Config = FOLDER,
    *,
    watch_list: Of = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="T",
            help="A duration from now, such as 2d, or a time, such as 2022-02-12T17:00Z. Default: until `resume`.",
        ),
    ] = None,
) -> None:
    """Tell a subscriber nothing for a while; what waits for it is cancelled, and nothing of the pause is told later."""
    from worker.cli.output import note, say
    from worker.cli.session import session
    from worker.cli.since import ahead
    from worker.pipeline import choices

    with session(config) as engine:
        chooser = _chooser(engine, name)
        now = engine.clock.now()
        end = None if until is None else ahead(until, now=now)
        cancelled = choices.pause(engine.store, chooser.id, _lists(chooser, watch_list), until=end, now=now)
    what = f" of {', '.join(watch_list)}" if watch_list else ""
    say(f"{name} is told nothing{what} until {'`tocsin subscribers resume`' if end is None else _shown(end)}")
    if cancelled:
        note(f"{cancelled} alert{'' if cancelled == 1 else 's'} that waited cancelled")


def resume(name: Name, config: Config = FOLDER, *, watch_list: Of = None) -> None:
    """End a pause: the one of all lists, or with --list that of a list."""
    from worker.cli.output import note, say
    from worker.cli.session import session
    from worker.pipeline import choices

    with session(config) as engine:
        chooser = _chooser(engine, name)
        choices.resume(engine.store, chooser.id, _lists(chooser, watch_list))
        left = _paused_still(_chooser(engine, name), now=engine.clock.now())
    say(f"{name} is told again{' of ' + ', '.join(watch_list) if watch_list else ''}, from now on")
    for line in left:
        note(line)


def mark(
    alert: AlertId,
    mark: Annotated[
        str, typer.Argument(metavar="useful|noise", help="What it was worth.", autocompletion=completing.marks)
    ],
    config: Config = FOLDER,
) -> None:
    """Say what an alert was worth: `watch list --json` counts it, `watch suggest` learns from it."""
    from typing import get_args

    from worker.alerts.model import MarkedAs
    from worker.cli.names import known_name
    from worker.cli.output import say
    from worker.cli.session import session
    from worker.pipeline import choices

    known_name("mark", mark, get_args(MarkedAs))
    as_: MarkedAs = "useful" if mark == "useful" else "noise"
    with session(config) as engine:
        found = _alert(engine, alert)
        choices.mark(engine.store, found.subscriber, found.id, as_, now=engine.clock.now())
    say(f"marked as {mark}: {found.title}")


def mute(alert: AlertId, config: Config = FOLDER) -> None:
    """Tell the alert's subscriber no more of its story."""
    from worker.cli.output import say
    from worker.cli.session import session
    from worker.pipeline import choices

    with session(config) as engine:
        found = _alert(engine, alert)
        choices.mute(engine.store, found.subscriber, found.id, now=engine.clock.now())
    say(f"muted: {found.title}")


def _chooser(engine: Engine, name: str) -> ChooserRow:
    from worker.cli.names import known_name

    known_name("subscriber", name, [one.name for one in engine.store.subscribers_list()])
    chooser = engine.store.chooser_called(name)
    assert chooser is not None  # noqa: S101 - it was there a moment ago
    return chooser


def _lists(chooser: ChooserRow, names: list[str] | None) -> list[int] | None:
    from worker.cli.names import known_name

    if not names:
        return None
    known = {one.name: one.id for one in chooser.lists}
    return [known[known_name("watch list", name, known, otherwise=f" that tells {chooser.name}")] for name in names]


def _paused_still(chooser: ChooserRow, *, now: datetime) -> list[str]:
    """Say what is paused beside what was resumed: everything, or lists of their own."""
    from worker.alerts.pauses import lasts

    lines = []
    if lasts(chooser.paused_since, chooser.paused_until, now=now):
        lines.append(f"all that tells {chooser.name} is paused still: `tocsin subscribers resume {chooser.name}`")
    names = [one.name for one in chooser.lists if lasts(one.paused_since, one.paused_until, now=now)]
    return [*lines, *([f"paused still, list by list: {', '.join(names)}"] if names else [])]


def _alert(engine: Engine, alert: str) -> MarkableRow:
    from worker.cli.rows import number
    from worker.errors import ConfigurationError

    found = engine.store.markable(number(alert, "alt"))
    if found is None:
        raise ConfigurationError(f"there is no alert {alert!r}; `tocsin alerts list` shows them")
    return found


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
