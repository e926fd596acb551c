"""What is doubtful in watch lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from config.values import WatchListLine


def lint(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME ...]", show_default=False, help="Default: all lists.")
    ] = None,
    config: Config = FOLDER,
    *,
    json: Json = False,
) -> None:
    """Say what is doubtful: parts that nothing or everything meets, lists that are broken, silent or overrun."""
    from worker.cli.names import known_name
    from worker.cli.output import say, show_json
    from worker.cli.session import session
    from worker.pipeline.lint import doubts_of_lists

    with session(config) as engine:
        now = engine.clock.now()
        lists = [found.name for found in engine.store.watch_lists_list(now)]
        wanted = [known_name("watch list", name, lists) for name in names or ()]
        doubts = doubts_of_lists(engine.store, wanted, now=now)
    if json:
        show_json([doubt._asdict() for doubt in doubts])
        return
    for doubt in doubts:
        say(f"warning  {doubt.watch_list}: {doubt.doubt}" + (f"\n{doubt.picture}" if doubt.picture else ""))
    if not doubts:
        say(f"{len(wanted or lists)} watch lists: nothing is doubtful")


def warn_of_doubts(line: WatchListLine, full_query: str) -> None:
    """Say on standard error what is doubtful in a list that has been added or changed."""
    from worker.cli.output import note
    from worker.pipeline.lint import doubts_shown

    for doubt in doubts_shown(line, full_query):
        note(f"warning  {doubt}")
