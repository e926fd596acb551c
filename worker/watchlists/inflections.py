"""How all the words begin that have one stem with a word: what an index can tell of inflections. PURE.

Most of Snowball's algorithms take endings off words, and change a letter or two where the ending was. So whatever has
the same stem begins as the stem does, but for its last letters. How many those are was counted over the 300,000 words
of the corpora. Languages whose algorithm also changes how words begin, or what stands within them, tell nothing.
"""

from __future__ import annotations

import unicodedata
from itertools import product
from typing import TYPE_CHECKING

from worker.text.stems import stem
from worker.text.tokens import fold
from worker.watchlists.needs import Holds, Speaks, any_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.watchlists.needs import Need
    from worker.watchlists.tree import TextField

_BY_ONE = "ca cs da de el en es eu hi hu hy it lt nb ne nn no pl pt ro ru sv tr"
CUT = dict.fromkeys(_BY_ONE.split(), 1) | {"fr": 2}
"""So many of a stem's last letters may be others in a word, by language."""

UNTOLD = ("ar", "eo", "et", "fa", "fi", "ga", "id", "nl", "sr", "ta", "yi")
"""Languages with stems of which a word's beginning tells nothing."""

SHORTEST = 3
"""Letters of a beginning: with fewer, too many words begin so."""

_SPELT = {"de": {"a": ("a", "ae"), "o": ("o", "oe"), "u": ("u", "ue")}, "ru": {"е": ("е", "ё")}}
"""What a letter of a stem may be in a word: the algorithm takes the one for the other."""

_MOST_SPELLINGS = 16

_SCRIPTS = {
    "ar": ("ARABIC",),
    "el": ("GREEK",),
    "fa": ("ARABIC",),
    "hi": ("DEVANAGARI",),
    "hy": ("ARMENIAN",),
    "ne": ("DEVANAGARI",),
    "ru": ("CYRILLIC",),
    "sr": ("CYRILLIC", "LATIN"),
    "ta": ("TAMIL",),
    "yi": ("HEBREW",),
}
"""What a language's algorithm changes letters of; the others are in Latin. Other words are their own stems."""


def need_of_inflections(word: str, field: TextField | None) -> Need:
    """Return what every item holds that has, in its own language, an inflection of `word` in a field."""
    return any_of((Holds((fold(word),), field), *_needs(word, field)))


def _needs(word: str, field: TextField | None) -> Iterator[Need]:
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in word}
    for language in (*CUT, *UNTOLD):
        if scripts.isdisjoint(_SCRIPTS.get(language, ("LATIN",))):
            continue
        beginning = stem(word, language)[: -CUT[language]] if language in CUT else ""
        if len(beginning) < SHORTEST:
            yield Speaks(language)
        else:
            yield from (Holds((spelling,), field, goes_on=True) for spelling in _spellings(beginning, language))


def _spellings(beginning: str, language: str) -> Iterator[str]:
    """Yield all that a beginning may be spelt as; of long ones a shorter part."""
    letters = [_SPELT.get(language, {}).get(letter, (letter,)) for letter in beginning]
    size = 1
    for place, spelt in enumerate(letters):
        size *= len(spelt)
        if size > _MOST_SPELLINGS:
            letters = letters[:place]
            break
    yield from map("".join, product(*letters))
