"""Which country people mean, and what to show them of its names. PURE."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

from worker.text.tokens import words_of
from worker.watchlists.countries import cldr
from worker.watchlists.countries.codes import CODES, is_country
from worker.watchlists.countries.other_names import other_names
from worker.watchlists.countries.spellings import spellings

_MOST_MEANT: Final = 4
_MOST_SHOWN: Final = 8
_NEAR: Final = 0.75
_LONGEST: Final = 100
"""Characters of what somebody wrote that are compared; the cost grows with their square."""
_LARGE: Final = ("es", "fr", "de", "pt", "it", "ru", "uk", "pl", "tr", "ar", "hi", "zh", "ja", "ko")
"""Languages whose names are shown first, after English and those of the country."""


def meant(text: str) -> tuple[str, ...]:
    """Return the codes of the countries that somebody may mean who writes `text` for a code, the likeliest first.

    "Ukraine", "Україна", "UKR", "ukrane" are UA, "UK" is GB, "Korea" is KP or KR; empty where nothing is near.
    """
    text = text.strip()[:_LONGEST]
    words = words_of(text)
    if not words:
        return ()
    code = text.upper()
    known = [code] if is_country(code) else _aliases(code)
    if not known:
        names = _english()
        known = [code for name, code in names if name == words]
        if not known and len(text) > len("XX"):
            spelled = {" ".join(name): code for name, code in names}
            known = [*_called(text), *(code for name, code in names if set(words) <= set(name))] or [
                spelled[near] for near in get_close_matches(" ".join(words), spelled, _MOST_MEANT, _NEAR)
            ]
    return tuple(dict.fromkeys(known))[:_MOST_MEANT]


def shown(code: str) -> tuple[str, ...]:
    """Return some of a country's names, to be shown: English, its own, those of large languages; at most eight.

    None is shown twice, whatever its case and accents; all there are: `country_names`.
    """
    from babel.languages import get_official_languages  # noqa: PLC0415 - few processes ever need it

    names = cldr.names(code)
    found: dict[tuple[str, ...], str] = {}
    for locale in ("en", *get_official_languages(code, de_facto=True), *_LARGE):
        if locale in names:
            name = spellings(names[locale], locale, code)[0]
            found.setdefault(tuple(words_of(name)), name)
    return tuple(found.values())[:_MOST_SHOWN]


def _aliases(code: str) -> list[str]:
    """What CLDR knows a code of another kind or of old times for (UKR, 804, UK, SU); and the EU's for Greece."""
    from babel.core import get_global  # noqa: PLC0415 - as above

    if code == "EL":
        return ["GR"]
    return [alias for alias in get_global("territory_aliases").get(code, ()) if is_country(alias)]


def _called(text: str) -> list[str]:
    """The countries that a locale calls just so, but for the case of letters."""
    sought = text.casefold()
    said = (pair for locale in cldr.locales() for pair in cldr.names_in(locale).items())
    return [code for code, name in said if name.casefold() == sought]


def _english() -> list[tuple[list[str], str]]:
    """Folded English names, and the other names there are, with their codes."""
    english = cldr.names_in("en")
    other = [(name, code) for code in CODES for _, name in other_names().get(code, ())]
    return [(words_of(name), code) for name, code in (*((english[code], code) for code in CODES), *other)]
