"""Folding and tokens. PURE.

Everything that compares text (identity, stories, watch lists) uses the same `fold` and `tokenize`, so that two rooms
never disagree on what a word is. Offsets always count characters of the text that was handed in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

APOSTROPHES = "'’‘ʼʻ＇`´"
"""Characters that people type for an apostrophe."""

_UNSPACED_BLOCKS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),  # Tai Viet
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width kana
)
_MARK_BLOCKS = ((0x0300, 0x1DFF), (0x20D0, 0x20FF), (0x2CEF, 0x2DFF), (0x302A, 0x302F), (0xA66F, 0xABFF), (0xFB1E, 0xFE2F))
"""Where combining marks of the Basic Multilingual Plane stand."""

# Beyond the Basic Multilingual Plane whole blocks must do: the pattern engine walks these ranges at every separator.
_ASTRAL_UNSPACED = "\U0001aff0-\U0001b16f\U00020000-\U000323af"
_ASTRAL_SPACED = "\U00010000-\U0001afef\U0001b170-\U0001cbff\U0001d400-\U0001d7ff\U0001df00-\U0001eeff"

_CYRILLIC = "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f"
_VOICED = "\u3099\u309a\uff9e\uff9f"
_INVISIBLE = "\u00ad\u034f\u180b-\u180f\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
"""Soft hyphen, zero-width characters, variation selectors: part of the word they stand in, dropped by folding."""

_DROPPED = re.compile(f"[{_INVISIBLE}]")
_ACCENTS = re.compile("([\0-\u02ff\u0370-\u03ff\u1e00-\u1fff])[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
"""Marks on a Latin or Greek letter (or a digit)."""
_APOSTROPHE_FOLD = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ı": "i"})
_SPLIT_ASCII = re.compile(r"([a-z0-9]+)((?:['`]s\b)?)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of one text: `words[i]` is folded and stands at characters `starts[i]` to `ends[i]` of the text."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class _Folded(dict[str, str]):
    """Raw word -> folded word, remembered: news uses few words, very often."""

    limit = 50_000
    longest = 40

    def __missing__(self, raw: str) -> str:
        word = fold(raw)
        if len(raw) <= self.longest:
            if len(self) >= self.limit:
                self.clear()
            self[raw] = word
        return word


_folded = _Folded()


def fold(text: str) -> str:
    """Return `text` so that case, width, Unicode form and Latin and Greek accents no longer matter.

    Cyrillic letters keep their marks, because there й is another letter than и.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    # Before any normalising: NFKD would make a space and an accent of ´.
    bare = _DROPPED.sub("", text.translate(_APOSTROPHE_FOLD))
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub(r"\1", spread)).translate(_LETTERS)


def tokenize(text: str) -> Tokens:
    """Split `text` into folded words with their places.

    A possessive 's is no word of its own and is dropped ("Ukraine's" is "ukraine"); other Latin apostrophes and
    hyphens separate words, underscores too; between Cyrillic letters an apostrophe is part of the word. In scripts
    written without spaces every character is a word, so that a phrase finds a term anywhere in a run. No word is empty.
    """
    # One split yields separator, word, possessive, separator ...: their running lengths are the places.
    if text.isascii():
        parts = _SPLIT_ASCII.split(text.lower())
        words = parts[1::3]
    else:
        parts = _split_any().split(text)
        words = list(map(_folded.__getitem__, parts[1::3]))
    places = list(accumulate(map(len, parts)))
    return Tokens(tuple(words), tuple(places[:-1:3]), tuple(places[1::3]))


@cache
def _split_any() -> re.Pattern[str]:
    """The pattern for any text. Built at first use: spelling the classes out takes some milliseconds.

    A class without look-arounds or negation becomes one table look-up per character.
    """
    plane = "".join(map(chr, range(0x10000)))
    unspaced = set("".join(plane[first : last + 1] for first, last in _UNSPACED_BLOCKS))
    letters = set("".join(re.findall(r"[^\W_]+", plane)))
    marks = {
        char
        for first, last in _MARK_BLOCKS
        for char in plane[first : last + 1]
        if unicodedata.category(char).startswith("M")
    }
    hidden = {char for char in plane if _DROPPED.match(char)}
    alone = (unspaced & (letters | marks)) - set(_VOICED)
    begin = letters - unspaced - set(APOSTROPHES) - hidden
    inside = begin | (marks - unspaced) | hidden
    apostrophe = f"[{APOSTROPHES}]"
    first, more = f"[{_ranges(begin)}{_ASTRAL_SPACED}]", f"[{_ranges(inside)}{_ASTRAL_SPACED}]"
    joined = rf"(?:{apostrophe}(?<=[{_CYRILLIC}\u0300-\u036f].)(?=[{_CYRILLIC}]){more}+)*"
    single = f"[{_ranges(alone)}{_ASTRAL_UNSPACED}][{_INVISIBLE}{_VOICED}]*"
    return re.compile(rf"({first}{more}*{joined}|{single})((?:{apostrophe}[sS]\b)?)")


def _ranges(chars: set[str]) -> str:
    """The body of a character class for `chars`."""
    codes = sorted(map(ord, chars))
    breaks = [i for i in range(1, len(codes)) if codes[i] != codes[i - 1] + 1]
    pairs = zip([0, *breaks], [*breaks, len(codes)], strict=True)
    return "".join(f"\\u{codes[low]:04x}-\\u{codes[high - 1]:04x}" for low, high in pairs)
