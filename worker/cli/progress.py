"""How far long work is, on a terminal."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress

LATE_S = 0.4
"""What seldom takes long, and is done by then, needs no bar."""

_ROOM = 3
"""Columns for the ^C that a terminal echoes: where that began a line of its own, the bar would be missed in erasing."""

_one_at_a_time = Lock()


class Step(Protocol):
    """What is called when so many steps more are done."""

    def __call__(self, by: int = 1) -> None:
        """Go on."""


@contextmanager
def progress(what: str, count: int | None, *, late: bool = False) -> Iterator[Step]:
    """Show a progress bar on a terminal; what it gives is called at each step, or with how many steps were done.

    `what`: what is being done, as "polling". `count`: how many steps there are; None: nobody knows, and it is shown
    that it goes on, how many are done and for how long. `late`: only once it turns out that there is something to wait
    for, as where there is one step only. Within another one nothing more is shown. The terminal is left as it was,
    after an error and Ctrl-C too.
    """
    if not _is_shown() or not _one_at_a_time.acquire(blocking=False):
        yield lambda by=1: None  # noqa: ARG005 - the steps of whoever does not look
        return
    few = count is not None and count <= 1
    try:
        bar = _counting(what) if count is None or few else _measuring(what, count)
        with _shown(bar, after_s=LATE_S if late or few else 0):
            yield lambda by=1: bar.advance(bar.task_ids[0], by)
    finally:
        _one_at_a_time.release()


@contextmanager
def _shown(bar: Progress, *, after_s: float) -> Iterator[None]:
    """Show a bar after so many seconds; what is logged meanwhile stands above it, as what is printed does."""
    stream, moved = sys.stderr, []

    def start() -> None:
        bar.start()  # from here on `sys.stderr` is one that writes above the bar
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is stream:
                moved.append(handler)
                handler.setStream(sys.stderr)

    later = Timer(after_s, start)
    later.daemon = True
    if after_s:
        later.start()
    else:
        start()
    try:
        yield
    finally:
        later.cancel()
        if after_s:
            later.join()
        for handler in moved:
            handler.setStream(stream)
        bar.stop()


def _is_shown() -> bool:
    """Whether somebody looks on: piped, there are the results and nothing else."""
    return sys.stderr.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _console() -> Console:
    from shutil import get_terminal_size

    from rich.console import Console

    return Console(stderr=True, width=max(1, get_terminal_size().columns - _ROOM))


def _measuring(what: str, count: int) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=_console(),
        transient=True,
        expand=True,
    )
    bar.add_task(what, total=count)
    return bar


def _counting(what: str) -> Progress:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Progress(
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=_console(),
        transient=True,
    )
    bar.add_task(what, total=None)
    return bar
