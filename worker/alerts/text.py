"""A message as plain text, to be read on a telephone: subject and body of a mail. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.alerts.told import told
from worker.alerts.words import SUBJECT_LIMIT, subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from worker.alerts.model import Message
    from worker.alerts.pieces import Line

__all__ = ["SUBJECT_LIMIT", "body", "subject"]

SIGNATURE = "-- "
"""RFC 3676, section 4.3."""


def body(message: Message) -> str:
    """The text: headline, link, source and times, why it matched, who else reports it; for a digest all of them.

    For an update: what became of the story first. For a notice: what has happened, since when, what there is to do.
    """
    found = told(message)
    parts = [
        "\n".join(_written(lines, f"{number}. " if found.numbered else ""))
        for number, lines in enumerate(found.sections, start=1)
    ]
    end = "".join(f"\n\n{line}" for line in _written(found.end))
    foot = "\n".join(_written(found.foot))
    return "\n\n\n".join(parts) + end + f"\n\n{SIGNATURE}\n{foot}\n"


def _written(lines: Iterable[Line], number: str = "") -> Iterator[str]:
    for line in lines:
        if line.role == "actions":
            yield from (f"{piece.text}: {piece.url}" for piece in line.pieces)
            continue
        text = "".join(f"*{piece.text}*" if piece.style == "hit" else piece.text for piece in line.pieces)
        yield number + _BEFORE.get(line.role, "") + text
        number = ""


_BEFORE = {"quote": "> ", "report": "- ", "detail": "  "}
