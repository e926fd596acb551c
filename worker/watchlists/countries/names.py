"""All that a country is called, as folded words to be found. PURE."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from worker.text.tokens import words_of
from worker.watchlists.countries import cldr
from worker.watchlists.countries.endings import Phrase, forms
from worker.watchlists.countries.holding import ANYWHERE, Holding, holding, is_no_name
from worker.watchlists.countries.longer import longer
from worker.watchlists.countries.manner import Manner
from worker.watchlists.countries.other_names import other_names
from worker.watchlists.countries.spellings import spellings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_OTHER_CODES: Final = {"no": ("nb", "nn"), "fil": ("tl",)}
"""Languages that items name by other codes than CLDR, too."""
_BEFORE: Final = "nuoc tai o cua voi tu sang den giua thong truong doi tuong phu luong quan su"
"""What stands before a country in Vietnamese ("nước Nga", "Tổng thống Nga"): a name of one syllable is a word of its
own as well, or a person's name."""


@dataclass(frozen=True, slots=True)
class CountryNames:
    """What one country is called. A phrase is folded words in a row, as `worker.text.tokens.words_of` gives them.

    Attributes:
        code: ISO 3166 alpha-2.
        phrases: Names that hold in an item of any language, known or not.
        inflected: Base subtag of a language -> what holds only in items of that language: forms of its names, and its
            names that are something else elsewhere.
        guarded: What holds only where it is written in some manner (`written_so`): manner -> base subtag or ANYWHERE ->
            phrases, none of which holds without that.
        unless: Longer names of other places that hold one of all these: within them the country is not meant.
    """

    code: str
    phrases: frozenset[Phrase]
    inflected: Mapping[str, frozenset[Phrase]]
    guarded: Mapping[Manner, Mapping[str, frozenset[Phrase]]]
    unless: frozenset[Phrase]


@cache
def country_names(code: str) -> CountryNames:
    """Return what a country, one of `countries()`, is called in all languages of CLDR.

    The first call of a process reads CLDR, which takes about a tenth of a second.
    """
    names = [*cldr.names(code).items(), *other_names().get(code, ())]
    found: defaultdict[Holding, set[Phrase]] = defaultdict(set)
    for locale, name in names:
        for held, phrase in _held(name, locale, code):
            for language in (held.language, *_OTHER_CODES.get(held.language, ())):
                found[Holding(language, held.manner)].add(phrase)
    anywhere = frozenset(found[Holding(ANYWHERE)])
    inflected = {
        language: frozenset(phrases - anywhere)
        for (language, manner), phrases in found.items()
        if manner is None and language != ANYWHERE
    }
    guarded: dict[Manner, dict[str, frozenset[Phrase]]] = {}
    for (language, manner), phrases in found.items():
        if manner is not None and (new := phrases - anywhere - inflected.get(language, frozenset())):
            guarded.setdefault(manner, {})[language] = frozenset(new)
    unless = frozenset(longer(code, names, _by_language(found)))
    return CountryNames(code, anywhere, inflected, guarded, unless)


def _by_language(found: Mapping[Holding, Collection[Phrase]]) -> Mapping[str, frozenset[Phrase]]:
    """Return what is a name in items of each language, however it is written."""
    anywhere = frozenset().union(*(phrases for where, phrases in found.items() if where.language == ANYWHERE))
    known: defaultdict[str, frozenset[Phrase]] = defaultdict(lambda: anywhere)
    for where, phrases in found.items():
        known[where.language] |= frozenset(phrases)
    return known


def _held(name: str, locale: str, code: str) -> Iterator[tuple[Holding, Phrase]]:
    """Yield the phrases that one name of a locale comes to, and where each holds."""
    language = locale.partition("_")[0]
    for spelling in spellings(name, locale, code):
        phrase = tuple(words_of(spelling))
        if language == "vi" and len(phrase) == 1:
            yield from ((Holding(language), (before, *phrase)) for before in _BEFORE.split())
        elif held := holding(spelling, phrase, locale):
            yield held, phrase
            if held.manner in (None, Manner.CAPITAL):
                for form in forms(phrase, locale):
                    if not is_no_name(form):
                        yield Holding(language, held.manner), form
