"""The ways in which texts write a name that CLDR writes in one. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASIDE: Final = re.compile(r"\s*[(（]([^)）]*)[)）]\s*")
_TWO_NAMES: Final = frozenset(("CI", "MM", "TL"))
"""Countries whose aside is another name of theirs; of others it says whose they are, or which part is meant."""
_TWO_COUNTRIES: Final = frozenset(("CD", "CG", "MF", "SX", "VG", "VI"))
"""Countries that only the aside tells apart, so that it belongs to the name."""
_ARTICLES: Final = {
    "cy": re.compile(r"yr? ", re.IGNORECASE),
    "da": re.compile(r"(?:den|det|de) ", re.IGNORECASE),
    "ga": re.compile(r"(?:an t?(?=[A-Z])|an |na h?)"),
    "no": re.compile(r"(?:den|det|de) ", re.IGNORECASE),
}
_ARABIC_MARKS: Final = re.compile("[\u064b-\u0652\u0670]")
_LOOSE_ARABIC: Final = str.maketrans("أإآةى", "اااهي")
"""Letters that many write for others: alif without its hamza, ha for the feminine ending, ya for alif maqsura."""


def spellings(name: str, locale: str, code: str) -> list[str]:
    """Return the ways to write one of CLDR's names of a country, as they stand in texts; asides are left out."""
    return list(dict.fromkeys(_each(name.strip("¨").replace("_", " "), locale.partition("_")[0], code)))


def _each(name: str, language: str, code: str) -> Iterator[str]:
    for half in filter(None, map(str.strip, name.split("/"))):
        plain = half if code in _TWO_COUNTRIES else _ASIDE.sub(" ", half).strip()
        asides = _ASIDE.findall(half) if code in _TWO_NAMES else []
        for way in (plain, *asides):
            yield from _ways(way, language)


def _ways(name: str, language: str) -> Iterator[str]:
    if language in _ARTICLES:
        name = _ARTICLES[language].sub("", name, count=1) if _ARTICLES[language].match(name) else name
    yield name
    if language == "en" and ("&" in name or "St." in name):
        yield name.replace("&", "and")
        yield name.replace("&", "and").replace("St.", "Saint")
    if "ё" in name:
        yield name.replace("ё", "е")
    if "\u0600" <= name[0] <= "\u06ff":
        bare = _ARABIC_MARKS.sub("", name)
        yield bare
        yield bare.translate(_LOOSE_ARABIC)
