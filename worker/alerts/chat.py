"""A message for a chat or a telephone's push, in the receiver's tongue and within its length. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.alerts.lines import one_line
from worker.alerts.pieces import Line, ours
from worker.alerts.told import told
from worker.alerts.tongues import inert
from worker.alerts.words import SUBJECT_LIMIT, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from worker.alerts.model import Message
    from worker.alerts.pieces import Role
    from worker.alerts.tongues import Tongue

_THRIFT: tuple[frozenset[Role], ...] = (
    frozenset(),
    frozenset({"report", "detail"}),
    frozenset({"report", "detail", "quote"}),
    frozenset({"report", "detail", "quote", "actions"}),
)
"""What is left out, more and more, where all does not fit."""

_BEFORE: dict[Role, str] = {"quote": "> ", "report": "- ", "detail": "  "}
_BETWEEN = " · "


def title(message: Message, *, limit: int) -> str:
    """One line for receivers that show a title, which none of them reads as markup."""
    return one_line(inert(subject(message)), min(limit, SUBJECT_LIMIT))


def in_utf16(text: str) -> int:
    """Count characters as most receivers do."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def chat(message: Message, tongue: Tongue, *, limit: int, length: Callable[[str], int] = in_utf16) -> str:
    """Write the message in at most `limit` characters, as `length` counts them.

    Where it is longer, other reports go first, then snippets, then what can be done; of a long digest the last stories
    become a number.
    """
    found = told(message)
    for dropped in _THRIFT:
        sections = [
            tongue.newline.join(_written(lines, tongue, dropped, f"{number}. " if found.numbered else ""))
            for number, lines in enumerate(found.sections, start=1)
        ]
        last = tongue.newline.join(_written((*found.end, *found.foot), tongue, dropped))
        text = _joined([*sections, last], tongue)
        if length(text) <= limit:
            return text
    for kept in range(len(sections) - 1, 0, -1):
        more = tongue.write(ours(f"... and {len(sections) - kept} more"))
        text = _joined([*sections[:kept], more, last], tongue)
        if length(text) <= limit:
            return text
    return _shortest(message, tongue, limit, length)


def _shortest(message: Message, tongue: Tongue, limit: int, length: Callable[[str], int]) -> str:
    size = max(2, min(limit, SUBJECT_LIMIT))
    while True:
        text = tongue.said(one_line(subject(message), size))
        if length(text) <= limit or size == 2:  # noqa: PLR2004 - the least that a line can be cut to
            return text
        size = max(2, size // 2)


def _joined(parts: Iterable[str], tongue: Tongue) -> str:
    return (tongue.newline * 2).join(part for part in parts if part)


def _written(lines: Iterable[Line], tongue: Tongue, dropped: frozenset[Role], number: str = "") -> Iterator[str]:
    blank = True
    for line in lines:
        # Where two ends make a line, a third makes a gap.
        if line.role in dropped or (line.role == "blank" and (blank or len(tongue.newline) > 1)):
            continue
        blank = line.role == "blank"
        yield number + _line(line, tongue)
        number = ""


def _line(line: Line, tongue: Tongue) -> str:
    if line.role == "actions":
        between = tongue.newline if tongue.name == "text" else _BETWEEN
        return between.join(tongue.write(piece) for piece in line.pieces)
    text = tongue.line(line.pieces)
    foreign = line.pieces and line.pieces[0].style in {"said", "hit"}
    before = _BEFORE.get(line.role, "")
    if tongue.name == "html" and line.role == "quote":
        return f"<blockquote>{text}</blockquote>"
    return before + (tongue.begun(text) if foreign else text)
