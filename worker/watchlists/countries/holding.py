"""Where a name of a country holds: in any item or in those of its language, and how it must be written there. PURE.

A name is found in folded words, where "US" is "us", "Mali" is "mali" (small, in Croatian), and "Island" (Iceland, in
German) is "island". So:

1. A name of a language in which much is published holds in any item. Of a smaller one only in items of that language:
   "Pakistani" is the country in Chaga, and a person in English; "De Corea" is South Korea in Welsh, and "of Korea" in
   Spanish.
2. An abbreviation holds only in capital letters; an English one in any item, others in items of their language.
3. A word of less than three letters, or of one character in a script without spaces, is no name.
4. A name that is a word of another language, or its adjective for the country, holds only in items of its own (`_OWN`):
   Danish "Italien" is French for Italian.
5. One that is a common word holds only with a capital letter (`_CAPITAL`, and by its end: "Francuska" is France in
   Croatian, "francuska" is French), or not at all where there are no capitals (`_NEVER`).
6. A name of up to three katakana holds only where no other touches it: タイ is Thailand, タイトル a title.

The words of the tables were found by comparing all names with word frequencies of 42 languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from worker.text.tokens import fold
from worker.watchlists.countries.manner import Manner, is_katakana

if TYPE_CHECKING:
    from worker.watchlists.countries.endings import Phrase

ANYWHERE: Final = ""
"""Stands for the language where a name holds in items of any."""


class Holding(NamedTuple):
    """Where a name holds: `language` is a base subtag or ANYWHERE; no `manner`: however it is written."""

    language: str
    manner: Manner | None = None


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


_WIDE: Final = _words(
    """
    en es fr de it pt nl sv da no fi pl cs sk hu ro hr sr bg ru uk be el tr ar fa ur he hi mr bn ta te kn ml gu pa si
    th lo km my ka hy am ja ko zh
    """
)
_OWN: Final = _words(
    """
    alanda algerien argentine armenien australien barem benim bolivien britannia cad chili cile cin cina columbia
    congo ethiopien fas francia gana georgien grenade holland inde indie indien indonesien ira island italien japon
    jordanien kena kongo libyen malte moldau mongolien oma salvador sili somali suisse syrien tunis tunisien
    аман конго
    """
)
_CAPITAL: Final = _words(
    """
    brazil cad catar chad chili cuba gana grenade ira japan jersey kina komori komory mali nauru oma oman palau peru
    salvador togo turkey мали малі перу того чад
    """
)
_NEVER: Final = frozenset(
    tuple(fold(name).split())
    for name in """
    anguila | dominique | granada | guadalupe | la reunion | man | maurice | mauricio | mon | norfolk | reuniao
    reunion | riunione | בנין | שמאלי | شام | مالي | مالی | چک | 건지 | 수단 | 저지
    """.replace("\n", "|").split("|")
)
_ADJECTIVAL: Final = dict.fromkeys(("bs", "hr", "mk", "pl", "sl", "sr"), ("ska", "cka", "ска", "чка", "шка")) | {
    "cs": ("sko", "cko"),
    "sk": ("sko", "cko"),
}
"""What ends a name in some Slavic languages, and the adjective from it, too."""
_FEW_KANA: Final = 3
_SYLLABLES: Final = "\u0900"
"""Where scripts begin of which two letters are two syllables."""
_LONG_ABBREVIATION: Final = 5


def holding(name: str, words: Phrase, locale: str) -> Holding | None:
    """Say where a name as CLDR writes it, `words` when folded, holds; None where it tells nothing."""
    language = locale.partition("_")[0]
    if is_no_name(words):
        return None
    if _is_abbreviation(name):
        return Holding(ANYWHERE if language == "en" else language, Manner.CAPITALS)
    if len(words) == 1:
        return _of_word(name, words[0], locale, language)
    if all(map(is_katakana, words)) and len(words) <= _FEW_KANA:
        return Holding(ANYWHERE, Manner.APART)
    return Holding(ANYWHERE if _is_wide(locale) else language)


def is_no_name(words: Phrase) -> bool:
    """Whether nobody could tell the name from what else it is."""
    return not words or words in _NEVER


def _of_word(name: str, word: str, locale: str, language: str) -> Holding | None:
    if len(word) < (len("ABC") if word < _SYLLABLES else len("가나")):
        return None
    if word.endswith(_ADJECTIVAL.get(language, ())):
        return Holding(language, Manner.CAPITAL)
    manner = Manner.CAPITAL if word in _CAPITAL or _is_mixed(name) else None
    own = word in _OWN or not _is_wide(locale)
    return Holding(language if own else ANYWHERE, manner)


def _is_wide(locale: str) -> bool:
    return locale.partition("_")[0] in _WIDE and locale != "hi_Latn"  # Hindi in Latin letters calls all as English does


def _is_abbreviation(name: str) -> bool:
    return name.isupper() and name.isalpha() and len(name) <= _LONG_ABBREVIATION and name[0] < "\u1000"


def _is_mixed(name: str) -> bool:
    """Whether it is an abbreviation with small letters: BiH."""
    return (
        len(name) <= _LONG_ABBREVIATION and name[0].isupper() and any(map(str.isupper, name[1:])) and name[0] < "\u1000"
    )
