"""Stems: what the inflections of a word have in common, by the language of the text (Snowball). PURE."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import Stemmer

from worker.text.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_SNOWBALL = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def has_stemmer(language: str | None) -> bool:
    """Say whether inflections are known in a language (BCP 47, lower case)."""
    return language is not None and language.partition("-")[0] in _SNOWBALL


def stem(word: str, language: str | None) -> str:
    """Return the folded stem of a word as written; the folded word itself where the language has no stemmer."""
    if language is None or not has_stemmer(language):
        return fold(word)
    return _stemmed(word, language.partition("-")[0])


def stems(words: Sequence[str], language: str | None) -> list[str]:
    """Return the folded stems of words as written, one each."""
    return [stem(word, language) for word in words]


@lru_cache(maxsize=50_000)
def _stemmed(word: str, language: str) -> str:
    stemmer: Stemmer.Stemmer = _stemmer(language)
    return fold(stemmer.stemWord(unicodedata.normalize("NFC", word).lower()))


@lru_cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[language])
