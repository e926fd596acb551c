"""Preview: what a query, or a watch list, would have found and told."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.archive import LONGEST_DAYS
from worker.cli.options import FOLDER, Config, Json


def preview(
    query_or_name: Annotated[
        str,
        typer.Argument(
            metavar="QUERY_OR_NAME",
            help="A watch list's name, or a query such as 'kyiv -football'.",
            autocompletion=completing.watch_lists,
        ),
    ],
    config: Config = FOLDER,
    *,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, metavar="N", help="How far back to look.")] = 7,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="QUERY_OR_NAME",
            help="Show the difference between this and another query.",
            autocompletion=completing.watch_lists,
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG", help="Only feeds with one of these tags; may be repeated. A list has its own."),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only items in one of these languages; may be repeated. A list has its own."),
    ] = None,
    json: Json = False,
) -> None:
    """Show what the archive holds of a query: items by day, stories, alerts to expect, feeds, samples, near misses."""
    import sys
    from datetime import timedelta

    from config.nearest import nearest
    from worker.cli.clause_rows import Marks, can_show
    from worker.cli.lines import watch_list_line
    from worker.cli.output import is_styled, note, say, show_json, terminal_width
    from worker.cli.preview_rows import BLOCKS, PLAIN_BLOCKS, preview_lines, preview_row
    from worker.cli.progress import progress
    from worker.cli.session import session
    from worker.pipeline.preview import preview as preview_archive

    scope = watch_list_line(
        "preview", "-", ["-"], exclude=[], tags=tag or [], when="immediately", at_most=None, languages=language or []
    )
    with session(config) as engine, progress("looking through the archive", None, late=True):
        found = preview_archive(
            engine.store,
            query_or_name,
            back=timedelta(days=days),
            now=engine.clock.now(),
            against=against,
            tags=scope.feed_tags,
            languages=scope.languages,
        )
        lists = () if json or found.items else engine.store.watch_list_queries()
    if json:
        show_json(preview_row(found))
        return
    if query_or_name not in lists and (meant := nearest(query_or_name, lists)):
        note(f"there is no watch list {query_or_name!r}, so it was taken for a query; did you mean `{meant}`?")
    blocks = BLOCKS if can_show(BLOCKS, sys.stdout.encoding) else PLAIN_BLOCKS
    marks = Marks.of_terminal(styled=is_styled())
    say("\n".join(preview_lines(found, marks, blocks=blocks, width=terminal_width())))
