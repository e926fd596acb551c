"""Explain: a query, or a watch list, held against one item of the archive, clause by clause."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json


def explain(
    query_or_name: Annotated[
        str,
        typer.Argument(
            metavar="QUERY_OR_NAME",
            help="A watch list's name, or a query such as 'kyiv -football'.",
            autocompletion=completing.watch_lists,
        ),
    ],
    url: Annotated[str, typer.Argument(metavar="URL", help="An item's link, however spelt; or itm_12, or its guid.")],
    config: Config = FOLDER,
    *,
    json: Json = False,
) -> None:
    """Show clause by clause what of an item meets a query, and what does not, and why."""
    from worker.cli.clause_rows import Marks, explained_lines, explained_row
    from worker.cli.output import is_styled, say, show_json
    from worker.cli.session import session
    from worker.pipeline.explain import explain as explain_item

    with session(config) as engine:
        explained = explain_item(engine.store, query_or_name, url)
    if json:
        show_json(explained_row(explained))
        return
    say("\n".join(explained_lines(explained, Marks.of_terminal(styled=is_styled()))))
