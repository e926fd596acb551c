"""What a message says, in pieces that know whose words they are: each kind of channel writes them its own way. PURE.

Only `ours` may mean anything to whoever shows them. All others are a stranger's, or may be: to be neutralised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["ours", "said", "hit", "head", "link", "address"]
Role = Literal["head", "address", "plain", "quote", "report", "detail", "blank", "actions", "foot"]
"""What a line is: a headline, an address in a line of its own, a snippet, another report, what stands under that ..."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line.

    Attributes:
        style: "ours"; "said" by others; a "hit", said too, which is highlighted; "head", a headline; "link": words of
            ours that lead to `url`; "address": a URL that is shown as it is.
    """

    text: str
    style: Style = "said"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line."""

    role: Role
    pieces: tuple[Piece, ...] = ()


BLANK = Line("blank")


@dataclass(frozen=True, slots=True)
class Told:
    """A whole message.

    Attributes:
        sections: One for each story, or one for what else there is to say.
        numbered: Whether they are counted.
        end: What is said after them.
        foot: Whom the message is for, and what may be done about that.
    """

    sections: tuple[tuple[Line, ...], ...]
    end: tuple[Line, ...]
    foot: tuple[Line, ...]
    numbered: bool = False


def ours(text: str) -> Piece:
    """Words of ours."""
    return Piece(text, "ours")


def said(text: str) -> Piece:
    """Words of others."""
    return Piece(text)


def plain(*pieces: Piece) -> Line:
    """An ordinary line."""
    return Line("plain", pieces)
