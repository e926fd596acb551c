"""Folding and tokens. PURE.

Everything that compares text (identity, stories, watch lists) uses the same `fold` and `tokenize`, so that two rooms
never disagree on what a word is. Offsets always count characters of the text that was handed in.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass

APOSTROPHES = "'’‘ʼ＇`´"
"""Characters that people type for an apostrophe."""

_UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"  # kana, Han
    "\U0001b000-\U0001b16f\U00020000-\U0003134f"
)
_CYRILLIC = "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f"
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
"""Soft hyphen, zero-width characters: part of the word they stand in, dropped by folding."""


def _ranges(category: str) -> str:
    """A character class body for the Basic Multilingual Plane's characters whose category starts so."""
    found: list[str] = []
    start: int | None = None
    for code in range(0x300, 0x10000):
        if unicodedata.category(chr(code)).startswith(category):
            start = code if start is None else start
        elif start is not None:
            found.append(f"\\u{start:04x}-\\u{code - 1:04x}")
            start = None
    return "".join(found)


_WORD = re.compile(
    rf"[{_UNSPACED}]"
    rf"|(?:(?![_{_UNSPACED}ʼ])[\w{_ranges('M')}{_INVISIBLE}])+"
    rf"(?:(?<=[{_CYRILLIC}])[{APOSTROPHES}](?=[{_CYRILLIC}])(?:(?![_{_UNSPACED}ʼ])[\w{_ranges('M')}{_INVISIBLE}])+)*"
)
_DROPPED = re.compile(f"[{_INVISIBLE}]")
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}]s(?!\w)", re.IGNORECASE)
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHE_FOLD = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_FOLDED: dict[str, str] = {}
_FOLDED_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of one text: `words[i]` is folded and stands at characters `starts[i]` to `ends[i]` of the text."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold(text: str) -> str:
    """Return `text` so that case, width, Unicode form and Latin and Greek accents no longer matter.

    Cyrillic letters keep their marks, because there й is another letter than и.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKD", _DROPPED.sub("", folded))
    kept: list[str] = []
    accented = False  # the last base letter is Latin or Greek, so its marks are accents
    for char in folded:
        if not unicodedata.combining(char):
            accented = char < "\u0400" or "\u1e00" <= char <= "\u1fff"
        elif accented:
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS).translate(_APOSTROPHE_FOLD)


def tokenize(text: str) -> Tokens:
    """Split `text` into folded words with their places.

    A possessive 's is no word of its own and is dropped ("Ukraine's" is "ukraine"); other Latin apostrophes and
    hyphens separate words; between Cyrillic letters an apostrophe is part of the word. In scripts written without
    spaces every character is a word, so that a phrase finds a term anywhere in a run.
    """
    possessives = {m.start() + 1 for m in _POSSESSIVE.finditer(text)}
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if start in possessives and end - start == 1:
            continue
        raw = match[0]
        word = _FOLDED.get(raw)
        if word is None:
            word = _remember(raw)
        if word:
            words.append(word)
            starts.append(start)
            ends.append(end)
    return Tokens(tuple(words), tuple(starts), tuple(ends))


def _remember(raw: str) -> str:
    """Fold `raw` and keep the answer: news uses few words, very often."""
    if len(_FOLDED) >= _FOLDED_LIMIT:
        _FOLDED.clear()
    word = _FOLDED[raw] = sys.intern(fold(raw))
    return word
