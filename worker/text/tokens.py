"""Folding and tokens. PURE.

Everything that compares text (identity, stories, watch lists) uses the same `fold` and `tokenize`, so that two rooms
never disagree on what a word is. Offsets always count characters of the text that was handed in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, compress, count
from operator import add, sub

from worker.text import emoji

APOSTROPHES = "'’‘‛ʼʻ′＇`´"
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
_MARK_BLOCKS = (
    (0x0300, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x2CEF, 0x2DFF),
    (0x302A, 0x302F),
    (0xA66F, 0xABFF),
    (0xFB1E, 0xFE2F),
)
"""Where combining marks of the Basic Multilingual Plane stand."""

# Beyond the Basic Multilingual Plane whole blocks must do: the pattern engine walks these ranges at every separator.
_ASTRAL_UNSPACED = "\U0001aff0-\U0001b16f\U00020000-\U000323af"
_ASTRAL_SPACED = "\U00010000-\U0001afef\U0001b170-\U0001cbff\U0001d400-\U0001d7ff\U0001df00-\U0001eeff"

_CYRILLIC = "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f"
_VOICED = "\u3099\u309a\uff9e\uff9f"
_INVISIBLE = "\u00ad\u034f\u180b-\u180f\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
"""Soft hyphen, zero-width characters, variation selectors: part of the word they stand in, dropped by folding."""

_PRESENTED = "\u0640\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f"
"""Tatweel, and Arabic points in forms of presentation: letters to Unicode, yet none is left of them when folded."""

_DROPPED = re.compile(f"[{_INVISIBLE}{emoji.TONES}]")
_ACCENTS = re.compile("([\0-\u02ff\u0370-\u03ff\u1e00-\u1fff])[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
"""Marks on a Latin or Greek letter (or a digit)."""
_STRESS = re.compile("([аеиоуыэюяєі]\u0308?)\u0301")
"""An acute accent on a Cyrillic vowel tells how to speak it; it makes no letter of its own, as on г and к."""
_POINTS = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e"
    "\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff"
)
"""Niqqud and cantillation; harakat, marks of the Quran, tatweel: written or not, the word is the same."""
_POINTED = re.compile(f"(ا)[{_POINTS}\u0653-\u0655]+|[{_POINTS}]+")
"""Points, and on alef also hamza and madda, which many leave out; on waw and ye they make a letter of their own."""
_APOSTROPHE_FOLD = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ı": "i"}
    | {"ٱ": "ا", "ی": "ي", "ک": "ك"}  # Persian ye and kaf look like the Arabic ones, and keyboards mix them up
)
_TYPOGRAPHY = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"), ("\xa0", " "), ("…", "."))
"""What an English text has beside ASCII, and stand-ins that make the same words of it."""
_ASCII_WORDS = str.maketrans({code: " " for code in range(128) if not chr(code).isalnum()})
_ASCII_POSSESSIVE = re.compile(r"'(?<=[a-z0-9].)s\b'?")
"""It begins with one character and no class, so that it is looked for as fast as a character is."""


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

    Cyrillic letters keep their marks, because there й is another letter than и; only stress goes. Arabic and Hebrew
    lose their points, and alef its hamza and madda. An emoji loses its tone of skin.
    """
    if text.isascii():
        return text.lower().translate(_APOSTROPHE_FOLD)
    # Before any normalising: NFKD would make a space and a mark of an acute accent that stands alone.
    bare = _DROPPED.sub("", text.translate(_APOSTROPHE_FOLD))
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
    bare = _POINTED.sub(r"\1", _STRESS.sub(r"\1", _ACCENTS.sub(r"\1", spread)))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


def words_of(text: str) -> list[str]:
    """Return the words that `tokenize` finds, without their places: for English some five times cheaper."""
    return words_and_blanks(text)[0]


def words_and_blanks(text: str) -> tuple[list[str], str | None]:
    """Return the words that `tokenize` finds, and the text in lower case, blank but for them, for `gaps_of`.

    The text is None if only `tokenize` knows the places, for the words may be longer or shorter than what is written.
    """
    spaced = _spaced(text)
    if spaced is not None:
        return spaced.split(), spaced
    return list(map(_folded.__getitem__, _anything()[0].findall(text))), None


def is_simple(text: str) -> bool:
    """Whether a text is ASCII letters, digits and blanks, as most are: its words are what stands between blanks."""
    return text.isascii() and text.replace(" ", "").isalnum()


def tokenize(text: str) -> Tokens:
    """Split `text` into folded words with their places.

    A possessive 's is no word of its own and is dropped ("Ukraine's" is "ukraine"); other Latin apostrophes and
    hyphens separate words, underscores too; between Cyrillic letters an apostrophe is part of the word. In scripts
    written without spaces every character is a word, so that a phrase finds a term anywhere in a run. An emoji is a
    word. No word is empty.
    """
    spaced = _spaced(text)
    if spaced is not None:
        return _places(spaced)
    # One split yields separator, word, possessive, separator ...: their running lengths are the places.
    parts = _anything()[1].split(text)
    ends = list(accumulate(map(len, parts)))
    return Tokens(tuple(map(_folded.__getitem__, parts[1::3])), tuple(ends[:-1:3]), tuple(ends[1::3]))


def gaps_of(spaced: str) -> list[int]:
    """Return where a text has blanks too many, which is all that its words with one between any two do not tell.

    That is, where each would stand among the words so written, one before the first and one after the last: character
    `at` of those is character `at - 1 + bisect_right(gaps, at)` of the text. `spaced` is the text as
    `words_and_blanks` has it.
    """
    found: list[int] = []
    at, find = -1, f" {spaced}".find
    while (at := find("  ", at + 1)) >= 0:
        found.append(at - len(found))
    return found


def _places(spaced: str) -> Tokens:
    """Tokens of a text in which all but the words is blank."""
    parts = spaced.split(" ")
    words = tuple(filter(None, parts))
    stops = tuple(compress(map(add, accumulate(map(len, parts)), count()), parts))
    return Tokens(words, tuple(map(sub, stops, map(len, words))), stops)


def _spaced(text: str) -> str | None:
    """Give `text` in lower case, blank but for its words, character for character.

    None if it holds more than ASCII and typography.
    """
    if not text.isascii():
        for char, stand_in in _TYPOGRAPHY:
            text = text.replace(char, stand_in)
        if not text.isascii():
            return None
    plain = text.lower().replace("`", "'")
    return _ASCII_POSSESSIVE.sub(_blank, plain).translate(_ASCII_WORDS)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


@cache
def _anything() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for any text: one that finds words, one that splits into word and possessive.

    Built at first use, for it takes milliseconds: classes spelled out, without look-arounds or negation, become one
    table look-up per character.
    """
    shapes = _shapes()
    first = f"[{_ranges(b'w', shapes)}{_ASTRAL_SPACED}]"
    more = f"[{_ranges(b'wmi', shapes)}{_ASTRAL_SPACED}]"
    alone = rf"\u1025\u102e|[{_ranges(b'u', shapes)}{emoji.FIRST}{_ASTRAL_UNSPACED}]"  # Burmese ဦ in two is one letter
    apostrophe = f"[{APOSTROPHES}]"
    after = "|".join(f"(?<=[{_CYRILLIC}][\u0300-\u036f]{{{marks}}}.)" for marks in range(3))
    joined = rf"(?>{apostrophe}(?:{after})(?=[{_CYRILLIC}]){more}++)*+"
    word = rf"({first}{more}*+{joined}|(?:{alone}|{emoji.FLAG}){emoji.rest(_INVISIBLE + _VOICED)})"
    goes_on = rf"[{_INVISIBLE}]*+[_{_ranges(b'wm', shapes)}{_ASTRAL_SPACED}]"
    possessive = rf"(?:{apostrophe}[sS](?!{goes_on}))?"
    return re.compile(word + possessive), re.compile(f"{word}({possessive})")


def _shapes() -> bytearray:
    """What each code point of the Basic Multilingual Plane is: w in a word, m mark, i invisible, u a word alone, -."""
    plane = "".join(map(chr, range(0x10000)))
    shapes = bytearray(b"-" * 0x10000)
    for run in re.finditer(r"[^\W_]+", plane):
        shapes[run.start() : run.end()] = b"w" * len(run[0])
    for first, last in _MARK_BLOCKS:
        for code in range(first, last + 1):
            if unicodedata.category(plane[code]).startswith("M"):
                shapes[code] = ord("m")
    for first, last in _UNSPACED_BLOCKS:
        shapes[first : last + 1] = shapes[first : last + 1].translate(bytes.maketrans(b"wm", b"uu"))
    for shape, pattern in ((b"i", _INVISIBLE), (b"m", _PRESENTED), (b"-", _VOICED + APOSTROPHES)):
        for char in re.finditer(f"[{pattern}]", plane):
            shapes[char.start()] = ord(shape)
    return shapes


def _ranges(wanted: bytes, shapes: bytearray) -> str:
    """The body of a character class for the code points whose shape is wanted."""
    runs = re.finditer(b"[" + wanted + b"]+", shapes)
    return "".join(f"\\u{run.start():04x}-\\u{run.end() - 1:04x}" for run in runs)
