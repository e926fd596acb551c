"""Tables for people, JSON for programs: nothing else goes to standard output."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, object]


def show(rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print rows as a table of `columns`, or all their keys as JSON; `empty` is said where there are none."""
    if as_json:
        show_json(rows)
    elif not rows:
        sys.stdout.write(f"{empty}\n")
    else:
        _table(rows, columns)


def show_json(value: object) -> None:
    """Print one JSON document; times are ISO 8601 in UTC."""
    sys.stdout.write(json.dumps(value, default=plain, ensure_ascii=False, indent=2) + "\n")


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return a value that JSON knows, for one it does not."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(type(value).__name__)


def _table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Piped output must not be cut to a terminal's width that is not there.
    console = Console(width=None if sys.stdout.isatty() else 240, highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    # A feed's text must not move the cursor of whoever reads it.
    return "".join(char if char.isprintable() else " " for char in str(value))
