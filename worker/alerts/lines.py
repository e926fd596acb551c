"""Feed text as one safe line. It was cleaned at the border; here newlines go, and lengths are cut. PURE."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls that are no white space, direction marks that could turn the rest of a line around, lone surrogates."""

_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_FLOOD = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
"""Marks on one letter beyond any that is written: they would cover the lines above."""

_SPACE = re.compile(r"\s+")


def flat(text: str) -> str:
    """`text` without unsafe characters and floods of marks, each run of white space (newlines too) being one space."""
    return _SPACE.sub(" ", _FLOOD.sub(r"\1", _UNSAFE.sub("", text)))


def one_line(text: str, limit: int) -> str:
    """`text` as one line of at most `limit` (2 or more) characters, cut at a word where it can be, ending in '…'."""
    line = flat(text).strip()
    if len(line) <= limit:
        return line
    cut = limit - 1
    space = line.rfind(" ", cut // 2, cut + 1)
    if space > 0:
        cut = space
    while cut > 1 and unicodedata.combining(line[cut]):
        cut -= 1
    return line[:cut].rstrip() + "…"
