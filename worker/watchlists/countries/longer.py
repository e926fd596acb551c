"""Longer names that hold a shorter one and mean another place: Papua New Guinea is no Guinea. PURE."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final

from worker.text.tokens import words_of
from worker.watchlists.countries import cldr
from worker.watchlists.countries.endings import Phrase, forms
from worker.watchlists.countries.other_names import longer_names, other_names
from worker.watchlists.countries.spellings import spellings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_PARTS_OF_OTHERS: Final = ("BQ", "HK", "IO", "MF", "MO", "SX", "TF", "UM", "VG", "VI")
"""Countries whose names say whose they are, in one language or another: that one is meant, too."""


def longer(code: str, names: Collection[tuple[str, str]], ours: Mapping[str, Collection[Phrase]]) -> Iterator[Phrase]:
    """Yield the phrases that hold one of a country's and mean something else: names of other countries, their forms.

    `names` are the country's own, with their locales; `ours` what is a name of it in items of each language.
    """
    for name in longer_names().get(code, ()):
        yield tuple(words_of(name))
    for locale, other, name in _candidates(names):
        if other != code and other not in _PARTS_OF_OTHERS:
            held = ours[locale.partition("_")[0]]
            for spelling in spellings(name, locale, other):
                phrase = tuple(words_of(spelling))
                if phrase not in held and _holds_one(phrase, held):
                    yield phrase
                    yield from (form for form in forms(phrase, locale) if form not in held and _holds_one(form, held))


def _holds_one(phrase: Phrase, of: Collection[Phrase]) -> bool:
    """Whether a part of `phrase`, words in a row but not all of them, is one of the phrases."""
    size = len(phrase)
    parts = (phrase[first:last] for first in range(size) for last in range(first + 1, size + 1))
    return any(part in of for part in parts if len(part) < size)


def _candidates(names: Collection[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield locale, code and name of what holds one of the names, letter by letter, in any locale of its language."""
    by_language: defaultdict[str, set[str]] = defaultdict(set)
    for locale, name in names:
        by_language[locale.partition("_")[0]].add(name)
    for locale in cldr.locales():
        for name in by_language[locale.partition("_")[0]]:
            yield from ((locale, code, other) for code, other in cldr.names_with(name, locale).items())
    for language, ours in by_language.items():
        for folded, locale, code, other in _others().get(language, ()):
            if any(name.casefold() in folded for name in ours):
                yield locale, code, other


@cache
def _others() -> dict[str, list[tuple[str, str, str, str]]]:
    """The names beside CLDR's, by their language: in small letters, locale, code, as they are."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for code, names in other_names().items():
        for locale, name in names:
            found.setdefault(locale.partition("_")[0], []).append((name.casefold(), locale, code, name))
    return found
