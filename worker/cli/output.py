"""Tables for people, JSON for programs: nothing else goes to standard output."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from worker.cli.table import Column

Row = dict[str, object]


def show(rows: Sequence[Mapping[str, object]], columns: Sequence[Column], *, as_json: bool, empty: str) -> None:
    """Print rows as a table of `columns`, or all their keys as JSON.

    On a terminal the table is cut to its width and times are told as distances; piped, every value is whole and every
    row one line. Where there are no rows, `empty` is said on standard error.
    """
    from worker.cli.table import table
    from worker.clock import SystemClock

    if as_json:
        show_json(rows)
    elif not rows:
        note(empty)
    else:
        say("\n".join(table(rows, columns, width=terminal_width(), now=SystemClock().now(), styled=is_styled())))


def show_json(value: object) -> None:
    """Print one JSON document; times are ISO 8601 in UTC."""
    say(json.dumps(value, default=plain, ensure_ascii=False, indent=2))


def say(text: str) -> None:
    """Print results. A reader that left, as `head` does, has had enough: end without a word."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whatever is still buffered goes nowhere, instead of failing once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None


def note(text: str) -> None:
    """Say something beside the results, on standard error."""
    sys.stderr.write(f"{text}\n")


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a value that JSON knows, for one it does not."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def terminal_width() -> int | None:
    """Columns of the terminal, or None where standard output is none."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def is_styled() -> bool:
    """Whether colours are wanted (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
