"""How a text must write a name of a country that could also be something else. PURE."""

from __future__ import annotations

from enum import StrEnum


class Manner(StrEnum):
    """A way to write a name.

    CAPITAL: It begins with a capital letter: Turkey.
    CAPITALS: All its letters are capitals, while others of the text are not: US.
    APART: It is a whole run of katakana, no part of a longer one: タイ.
    """

    CAPITAL = "capital"
    CAPITALS = "capitals"
    APART = "apart"


def written_so(manner: Manner, text: str, start: int, end: int) -> bool:
    """Whether characters `start` to `end` of a text, where the folded words of a name stand, are written so."""
    if manner is Manner.CAPITAL:
        return text[start].isupper()
    if manner is Manner.CAPITALS:
        return text[start:end].isupper() and not text.isupper() and text[end : end + 1] != "$"  # US$ is money
    return not any(map(is_katakana, (*text[max(start - 1, 0) : start], *text[end : end + 1])))


def is_katakana(char: str) -> bool:
    """Whether `char` is a letter of katakana, or the sign that makes one long."""
    return "\u30a1" <= char <= "\u30fa" or char == "\u30fc" or "\uff66" <= char <= "\uff9f"
