"""Measurements, printed as tables: CPU time of this process, best of several runs, ratios within one run.

Run with `make bench`. Nothing is asserted of times, and `make test` collects none of it: the files are `bench_*.py`.
"""

from __future__ import annotations

import gc
import os
import time
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

collect_ignore = [] if os.environ.get("TOCSIN_CORPUS") else ["bench_language.py", "bench_stories.py"]
"""What is made of real news is not collected where there is none."""


@pytest.fixture
def cpu() -> Callable[..., float]:
    """Seconds of CPU that a call takes, the best of so many runs."""

    def measured(call: Callable[[], object], *, runs: int) -> float:
        best = float("inf")
        gc.collect()
        gc.freeze()  # what is there already costs this measurement no collections
        for _ in range(runs):
            began = time.process_time()
            call()
            best = min(best, time.process_time() - began)
        gc.unfreeze()
        return best

    return measured


@pytest.fixture
def show() -> Callable[..., None]:
    """Print a table: a title, the names of its columns, and its rows."""

    def printed(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(title=title, title_justify="left")
        for number, column in enumerate(columns):
            table.add_column(column, justify="right" if number else "left")
        for row in rows:
            table.add_row(*row)
        console = Console(width=110)
        console.print()
        console.print(table)

    return printed
