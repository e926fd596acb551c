"""Cleaning at the border: after it no text can break a database, a terminal line or the order of what is read. PURE.

Every string of a document passes here once, before anything is compared or stored (DESIGN 4.8, RELIABILITY 14).
"""

from __future__ import annotations

import re
import unicodedata

_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks, embeddings, overrides and isolates: they reorder what stands around them, in our pages and messages too."""
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
_DROPPED = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff{_BIDI}{_NONCHARACTERS}]")
_MOST_MARKS = 30
"""Combining marks on one letter; no language needs more (Unicode, annex 15, section 13: Stream-Safe Text)."""
_LONG = 500
"""Characters from which a text may hold so many of them that putting them in order takes long: that grows with the
square, and 100,000 on one letter take ten seconds."""
_UNSPOKEN = re.compile(rf"[^\w\s]{{{_MOST_MARKS + 1},}}")
"""What may be marks, and is neither letter nor number nor space."""


def clean(s: str) -> str:
    r"""Return `s` in Unicode form C, without what no text needs.

    Gone are NUL and the other C0 and C1 controls, lone surrogates, byte order marks, noncharacters and bidirectional
    controls, and of combining marks on one letter in a long text what is over 30. A tab becomes a space; every kind of
    line end becomes one "\n".
    """
    if not s.replace("\n", "").replace("\xa0", "").isprintable():  # whatever is dropped is not printable
        s = _DROPPED.sub("", _NEWLINES.sub("\n", s).replace("\t", " "))
    if s.isascii():
        return s
    if len(s) >= _LONG:
        s = _UNSPOKEN.sub(_with_fewer_marks, s)
    return unicodedata.normalize("NFC", s)


def _with_fewer_marks(run: re.Match[str]) -> str:
    marks = 0
    kept = []
    for char in run[0]:
        apart = unicodedata.normalize("NFD", char)  # three signs of Tibetan are two marks each, and no mark themselves
        marks = marks + len(apart) if unicodedata.combining(apart[-1]) else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def one_line(s: str) -> str:
    """Return `s` clean, with each run of white space as one space and none at the ends."""
    return " ".join(clean(s).split())


def lines(s: str) -> str:
    r"""Return `s` clean, white space collapsed within lines, empty lines gone, lines joined by "\n"."""
    s = clean(s)
    if "\n" not in s:
        return " ".join(s.split())
    return "\n".join([" ".join(line.split()) for line in s.split("\n") if line and not line.isspace()])
