"""What CLDR, the Unicode Common Locale Data Repository, calls the countries of the world, as Babel carries it. PURE.

Babel keeps one pickle a locale, and offers it whole: some 30 MB, unpickled for the sake of 1 MB of names, and kept for
good. So a file is read up to where its names end, closed there as the pickle format allows, and forgotten: all 1,000
locales in a twentieth of a second. Where a file has another shape than expected Babel is asked itself, so that another
version of it may be slower, never wrong; a test holds all that is read against Babel's own answers.
"""

from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from worker.watchlists.countries.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD: Final = 1 << 15
"""Bytes of a file that are read; the names end before."""
_NAMES: Final = b"X\x0b\0\0\0territories"
_NEXT: Final = b"X\x09\0\0\0languages"
"""Two keys of the outermost dictionary, one after the other, as the pickle writes them."""
_KEYS: Final = {"locale_id", "territories"}
_NONE: Final = len(_NAMES) + 10
"""Bytes from key to key where there are no names between."""
_CLOSED: Final = b"u."
"""SETITEMS, STOP: the dictionary ends here, and so does the pickle."""
_BETWEEN: Final = "\n"


def names(code: str) -> dict[str, str]:
    """Return what each locale ("en", "pt_PT", "sr_Latn") calls the country, if it has a name of its own for it."""
    place = CODES.index(code)
    found = {locale: called.split(_BETWEEN)[place] for locale, called in _read().items()}
    return {locale: name for locale, name in found.items() if name}


def locales() -> tuple[str, ...]:
    """Return the locales that name any country."""
    return tuple(_read())


def names_in(locale: str) -> dict[str, str]:
    """Return what one locale calls the countries: code -> name, for those it has a name for."""
    return {code: name for code, name in zip(CODES, _read()[locale].split(_BETWEEN), strict=True) if name}


def names_with(part: str, locale: str) -> dict[str, str]:
    """Return the names of one locale that hold `part`, one of them, in any case of letters; none if only that does."""
    called, tail = _read()[locale], part[1:]  # of a name that is part of another the first letter's case may differ
    if called.count(tail) <= 1:
        return {}
    held = zip(CODES, called.split(_BETWEEN), strict=True)
    return {code: name for code, name in held if tail in name and part.casefold() in name.casefold()}


@cache
def _read() -> Mapping[str, str]:
    """What each locale calls the countries, in the order of CODES: one string a locale, which costs least to keep."""
    from babel import localedata  # noqa: PLC0415 - few processes ever need it

    lines: dict[str, str] = {}
    for locale in sorted(localedata.locale_identifiers()):
        if called := read_names(localedata.resolve_locale_filename(locale)):
            lines[locale] = _BETWEEN.join([called.get(code, "") for code in CODES])
    return lines


def read_names(path: str) -> Mapping[str, str]:
    """Return what one of Babel's locale files calls the territories: code -> name; empty if it names none."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a Path costs as much as what is read
        data = file.read(_HEAD)
    start = data.find(_NAMES)
    end = data.find(_NEXT, start)
    if 0 <= start < end <= start + _NONE:
        return {}
    found = _unpickled(data[:end] + _CLOSED) if 0 <= start < end else {}
    if not found.keys() >= _KEYS:
        from babel import localedata  # noqa: PLC0415 - as above

        found = localedata.load(Path(path).stem, merge_inherited=False)
    return cast("Mapping[str, str]", found["territories"])


def _unpickled(data: bytes) -> Mapping[str, Any]:
    """Read a dictionary of a locale file that was cut before a key; empty if that was no such place."""
    try:
        found = pickle.loads(data)  # noqa: S301 - a file of an installed package, trusted as its code is
    except (pickle.UnpicklingError, EOFError, IndexError):
        return {}
    return found if isinstance(found, dict) else {}
