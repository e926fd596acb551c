"""A message as HTML for a mail: our own elements, no images, no scripts, nothing from elsewhere. PURE."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from worker.alerts.safe_links import safe_link
from worker.alerts.told import told
from worker.alerts.words import subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from worker.alerts.model import Message
    from worker.alerts.pieces import Line, Piece

_BETWEEN = " · "
_BREAK = "<br>\n"


def html(message: Message) -> str:
    """Write the whole document.

    Everything that others wrote is escaped; the only attributes are `lang`, `charset` and `href`, the last of http and
    https alone. What matched is in <mark>.
    """
    found = told(message)
    parts = [
        "".join(_blocks(lines, f"{number}. " if found.numbered else ""))
        for number, lines in enumerate(found.sections, start=1)
    ]
    end = "".join(_blocks(found.end, ""))
    foot = "".join(_blocks(found.foot, ""))
    # Where a line may end: mail bears none of more than 998 bytes (RFC 5322, section 2.1.1), whatever encodes it.
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
        f"<title>{escape(subject(message))}</title></head>\n<body>\n"
        + "<hr>\n".join(parts)
        + end
        + f"<hr>\n{foot}</body>\n</html>\n"
    )


def _blocks(lines: Iterable[Line], number: str) -> Iterator[str]:
    """Lines that belong together share a paragraph; other reports are a list."""
    for kind, group in groupby(lines, key=lambda line: _KIND.get(line.role, line.role)):
        together = list(group)
        match kind:
            case "blank":
                continue
            case "head":
                yield from (f"<h2>{escape(number)}{_text(line)}</h2>\n" for line in together)
                number = ""
            case "list":
                yield f"<ul>\n{''.join(_items(together))}</ul>\n"
            case "quote":
                yield from (f"<blockquote>{_text(line)}</blockquote>\n" for line in together)
            case "actions":
                yield from (f"<p>{_BETWEEN.join(map(_piece, line.pieces))}</p>\n" for line in together)
            case "foot":
                yield from (f"<p><small>{_text(line)}</small></p>\n" for line in together)
            case _:
                yield f"<p>{_BREAK.join(_text(line) for line in together)}</p>\n"


_KIND = {"report": "list", "detail": "list", "address": "plain"}


def _items(lines: Sequence[Line]) -> Iterator[str]:
    item: list[str] = []
    for line in lines:
        if line.role == "report" and item:
            yield f"<li>{_BREAK.join(item)}</li>\n"
            item = []
        item.append(_text(line))
    yield f"<li>{_BREAK.join(item)}</li>\n"


def _text(line: Line) -> str:
    return "".join(map(_piece, line.pieces))


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    match piece.style:
        case "hit":
            return f"<mark>{text}</mark>"
        case "link" | "address":
            url = safe_link(piece.url)
            return text if url is None else f'<a href="{escape(url)}">{text}</a>'
        case _:
            return text
