"""Rows as lines of text: aligned columns, cut to a terminal's width or left whole. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GAP = "  "
NOTHING = "-"
CUT = "…"
UNTITLED = "(no title)"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_COLOURS = {"good": "\x1b[32m", "waiting": "\x1b[33m", "bad": "\x1b[31m"}
_WORDS = {
    "good": ("ok", "active", "told", "sent", "good", "runs"),
    "waiting": ("backing_off", "backoff", "pending", "sending", "held", "stale", "paused", "ambiguous"),
    "bad": ("error", "broken", "blocked", "gone", "html", "quarantined", "failed", "silent"),
}
_TELLING = ("state", "outcome")
"""Columns whose words are coloured."""

_COLOUR_OF = {word: _COLOURS[kind] for kind, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the row's `key`, under the same words.

    Attributes:
        least: The width to which a terminal may cut it; 0: never cut.
        spare: Left out, the last first, where a terminal is too narrow for all columns at their least.
    """

    key: str
    least: int = 0
    spare: bool = False


def columns(*specifications: str) -> tuple[Column, ...]:
    """Return columns written short: "name:16" may be cut to 16 cells, "url:20?" is spare as well."""
    made = []
    for text in specifications:
        key, _, least = text.rstrip("?").partition(":")
        made.append(Column(key, int(least or 0), spare=text.endswith("?")))
    return tuple(made)


def table(
    rows: Sequence[Mapping[str, object]], shown: Sequence[Column], *, width: int | None, now: datetime, styled: bool
) -> list[str]:
    """Return the lines of a table, the head first.

    `width`: the terminal's cells; columns without any value are left out, times are told as distances from `now`.
    None: no terminal; every column stands there, whole, and times are ISO 8601.
    """
    told_from = None if width is None else now
    cells = {column.key: [cell(row.get(column.key), now=told_from) for row in rows] for column in shown}
    if width is not None:
        shown = [column for column in shown if set(cells[column.key]) != {NOTHING}]
    widths = [max(map(cell_len, (_head(column), *cells[column.key]))) for column in shown]
    if width is not None:
        shown, widths = fit(shown, widths, width)
    right = [_is_number(rows, column.key) for column in shown]
    coloured = [styled and column.key in _TELLING for column in shown]
    head = _line([_head(column) for column in shown], widths, right)
    lines = [f"{_BOLD}{head}{_PLAIN}" if styled else head]
    by_row = zip(*(cells[column.key] for column in shown), strict=True)
    return [*lines, *(_line(texts, widths, right, coloured) for texts in by_row)]


def fit(shown: Sequence[Column], widths: Sequence[int], width: int) -> tuple[list[Column], list[int]]:
    """Choose the columns that a terminal of `width` cells has room for, and how wide each may be.

    1. Spare columns go, from the right, until the rest fits at its least.
    2. The widest that may be cut gives way first, so that all get about the same.
    """
    kept = list(zip(shown, widths, strict=True))
    while _needed([min(wide, column.least or wide) for column, wide in kept]) > width:
        spare = [index for index, (column, _) in enumerate(kept) if column.spare]
        if not spare:
            break
        del kept[spare[-1]]
    chosen = [column for column, _ in kept]
    given = [wide for _, wide in kept]
    while _needed(given) > width:
        cuttable = [index for index, column in enumerate(chosen) if column.least and given[index] > column.least]
        if not cuttable:
            break
        given[max(cuttable, key=lambda index: given[index])] -= 1
    return chosen, given


def cell(value: object, *, now: datetime | None) -> str:
    """Return a value as one line of text; a feed's text must not move the cursor of whoever reads it."""
    if value is None or value in ("", (), []):
        return NOTHING
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if now is None else distance(value, now)
    if isinstance(value, list | tuple):
        return ", ".join(cell(part, now=now) for part in value)
    return visible(str(value)) or NOTHING


def distance(moment: datetime, now: datetime) -> str:
    """Return how far off a moment is: "12 s ago", "in 4 min", "3 d ago"."""
    seconds = (moment - now).total_seconds()
    told = span(abs(seconds))
    return f"in {told}" if seconds > 0 else f"{told} ago"


def span(seconds: float) -> str:
    """Return a length of time in its largest fitting unit."""
    for size, unit, until in ((1, "s", 100), (60, "min", 100), (3600, "h", 48)):
        if seconds < size * until:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def visible(text: str) -> str:
    """Return text as one line without control and format characters (cursor, bidi, zero width)."""
    kept = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in {"Cf", "Cs"})
    return " ".join("".join(char if char.isprintable() else " " for char in kept).split())


def _head(column: Column) -> str:
    return column.key.replace("_", " ")


def _needed(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _is_number(rows: Sequence[Mapping[str, object]], key: str) -> bool:
    values = [row.get(key) for row in rows]
    return all(value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values)


def _line(
    texts: Sequence[str], widths: Sequence[int], right: Sequence[bool], coloured: Sequence[bool] | None = None
) -> str:
    padded = []
    for text, width, to_the_right, in_colour in zip(
        texts, widths, right, coloured or [False] * len(texts), strict=True
    ):
        cut = text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + CUT
        blank = " " * (width - cell_len(cut))
        colour = _COLOUR_OF.get(text) if in_colour else None
        shown = f"{colour}{cut}{_PLAIN}" if colour else cut
        padded.append(blank + shown if to_the_right else shown + blank)
    return GAP.join(padded).rstrip()
