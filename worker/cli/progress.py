"""How far long work is, on a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(what: str, count: int | None) -> Iterator[Callable[[], None]]:
    """Show a progress bar on a terminal, where there is anything to wait for; what it gives is called at each step.

    `count`: how many steps there are; None: nobody knows, and those that are done are counted.
    """
    if (count is not None and count <= 1) or not (sys.stderr.isatty() and sys.stdout.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    counting = (SpinnerColumn(), TextColumn("{task.description} {task.completed:.0f}"))
    columns = Progress.get_default_columns() if count is not None else counting
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=count)
        yield lambda: bar.advance(task)
