"""Stems: what the inflections of a word have in common, by the language of the text (Snowball). PURE.

Snowball's algorithms read accents, so a word goes in as it is written; what comes out is folded, so that both sides of
a comparison are.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import Stemmer

from worker.text.tags import primary
from worker.text.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Ukrainian has none."""
LONGEST_INFLECTED = 40
"""Characters of a word that is stemmed; a longer one is its own stem."""

_TURKISH = str.maketrans({"I": "ı", "İ": "i"})


class _Stems(dict[str, str]):
    """Word as written -> folded stem, remembered: news uses few words, very often."""

    limit = 50_000

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        # Without the memory of its own, which is slower than this one.
        self._algorithm = Stemmer.Stemmer(_SNOWBALL[language], 0)

    def __missing__(self, written: str) -> str:
        if len(written) > LONGEST_INFLECTED:
            return fold(written)
        word = unicodedata.normalize("NFC", written)
        if self._language == "tr":
            word = word.translate(_TURKISH)
        # The Greek algorithm drops accents itself, but takes ϊ for η.
        word = fold(word) if self._language == "el" else word.lower()
        stem = fold(self._algorithm.stemWord(word)) or fold(written)
        if len(self) >= self.limit:
            self.clear()
        self[written] = stem
        return stem


def has_stemmer(language: str | None) -> bool:
    """Say whether inflections are known in a language (BCP 47, lower case; its region does not matter)."""
    return language is not None and primary(language) in _SNOWBALL


def stem(word: str, language: str | None) -> str:
    """Return the folded stem of a word as written; the folded word itself where the language has no stemmer."""
    return stems((word,), language)[0]


def stems(words: Sequence[str], language: str | None) -> list[str]:
    """Return the folded stems of words as written, one each."""
    if language is None or not has_stemmer(language):
        return list(map(fold, words))
    return list(map(_stems(primary(language)).__getitem__, words))


@cache
def _stems(language: str) -> _Stems:
    return _Stems(language)
