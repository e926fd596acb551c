"""The forms that a name of a country takes in the languages that inflect it. PURE.

Forms are listed, not guessed: a name with each of the endings of its language, and nothing longer. So "Україною" is
found and "український" is not. What the tables make too much of (a case that a name has not) no text contains.

The tables are written in folded letters (`worker.text.tokens.fold`), under a head of languages and kind. A row begins
with the end of a name's dictionary form. The row with the longest fitting end counts; V stands for any vowel, C for
anything else, if no row fits otherwise. What follows takes the place of that end, or, where the end is written with a
"+", is put behind it; "-" leaves it as it is, "=" repeats the last letter.

cases: one column a case, its variants parted by commas. In a name of several words those that change stand in one case.
suffixes: behind the last word, in any order.
prefixes: before the first word; rows begin with the beginning of a name.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Literal, cast

from worker.text.tokens import fold
from worker.watchlists.countries.endings_east import EAST
from worker.watchlists.countries.endings_north import NORTH
from worker.watchlists.countries.endings_slavic import SLAVIC
from worker.watchlists.countries.endings_south import SOUTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Phrase = tuple[str, ...]
"""Folded words in a row, as `worker.text.tokens.words_of` gives them."""

_Kind = Literal["cases", "suffixes", "prefixes"]

_VOWELS = frozenset("aeiouyəαεηιουωаеёиоуыэюяіїєўөүәұաեէըիոօաეიოუ")
_GOES_ON = "\n" + " " * 8
"""Begins a line that goes on with the row above."""
_VIRAMA = 9  # combining class of the sign that takes a letter's own vowel away
_MOST_WORDS = 4
"""Words of a name that may change; the longest names are too rare to be worth all their forms."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one kind of one language: the end of a name -> what it becomes, a column a case."""

    kind: _Kind
    rows: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def forms(self, name: Phrase) -> Iterator[Phrase]:
        """Yield forms of `name`, itself perhaps among them."""
        if self.kind == "suffixes":
            for column in self._columns(name[-1]):
                yield from ((*name[:-1], form) for form in column)
        elif self.kind == "prefixes":
            for column in self._columns(name[0]):
                yield from ((form, *name[1:]) for form in column)
        elif len(name) <= _MOST_WORDS:
            words = [self._columns(word) for word in name]
            for case in range(max(map(len, words))):
                # A word may also stay: "Республики Корея", "Сан-Марино", "of".
                options = [
                    (word, *columns[case]) if columns else (word,) for word, columns in zip(name, words, strict=True)
                ]
                yield from product(*options)

    def _columns(self, word: str) -> tuple[tuple[str, ...], ...]:
        """What `word` becomes, a column a case; none for a word that does not change."""
        for size in range(len(word), 0, -1):
            end = word[:size] if self.kind == "prefixes" else word[-size:]
            for row in (end, f"{end}+"):
                if row in self.rows:
                    return self._put(word, end, row)
        row = "V" if _ends_in_vowel(word) else "C"
        kept = f"{row}+" if f"{row}+" in self.rows else row
        return self._put(word, "", kept) if len(word) > 1 else ()

    def _put(self, word: str, end: str, row: str) -> tuple[tuple[str, ...], ...]:
        columns = self.rows.get(row, ())
        rest = "" if row[-1] == "+" or row == "C" else end
        if self.kind == "prefixes":
            return tuple(tuple(begin + word[len(rest) :] for begin in column) for column in columns)
        stem = word[: len(word) - len(rest)]
        return tuple(
            tuple(stem + (rest if ending == "-" else ending.replace("=", word[-1])) for ending in column)
            for column in columns
        )


def forms(name: Phrase, language: str) -> frozenset[Phrase]:
    """Return the forms of `name`, folded words, in a language, without `name` itself; none if it does not inflect.

    `language` is a locale of CLDR: "uk", "sr_Latn".
    """
    return frozenset(form for table in tables(language) for form in table.forms(name)) - {name}


def tables(language: str) -> Sequence[Table]:
    """Return the tables of a locale; none for one that does not inflect."""
    return _tables().get(language, ())


def inflecting() -> frozenset[str]:
    """Return the locales that have a table."""
    return frozenset(_tables())


@cache
def _tables() -> dict[str, list[Table]]:
    found: dict[str, list[Table]] = {}
    for block in f"{SLAVIC}{NORTH}{SOUTH}{EAST}".strip().replace(_GOES_ON, " ").split("\n\n"):
        head, *rows = block.split("\n")
        *languages, kind = head.split()
        table = Table(cast("_Kind", kind), dict(_row(row, kind) for row in rows))
        for language in languages:
            found.setdefault(language, []).append(table)
    return found


def _row(line: str, kind: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    end, *rest = line.split()
    if kind == "cases":
        columns = tuple(tuple(map(fold, column.split(","))) for column in rest)
    else:
        columns = (tuple(map(fold, rest)),)
    return (end if end[0] in "CV" else fold(end)), columns


def _ends_in_vowel(word: str) -> bool:
    last = word[-1]
    if "\uac00" <= last <= "\ud7a3":  # a Korean syllable of two letters ends in its vowel
        return (ord(last) - 0xAC00) % 28 == 0
    if unicodedata.combining(last) == _VIRAMA:
        return False
    return last in _VOWELS or unicodedata.category(last)[0] == "M"
