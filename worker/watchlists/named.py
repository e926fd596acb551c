"""Where texts name a country. PURE.

Of its names some hold in any item, some in items of one language, some only where they are written with a capital, say
(`worker.watchlists.countries`); within the longer name of another place none holds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from worker.watchlists.countries import Manner
    from worker.watchlists.reading import Reading, Text

_Phrase = tuple[str, ...]


class Table(NamedTuple):
    """Names by their first word; they hold where they are written in this manner, None: however they are."""

    names: Mapping[str, list[_Phrase]]
    manner: Manner | None


class Names:
    """A country's names, ready to be looked for."""

    __slots__ = ("_anywhere", "_by_language", "_unless")

    def __init__(self, code: str) -> None:
        from worker.watchlists.countries import ANYWHERE, country_names  # noqa: PLC0415 - it loads CLDR

        names = country_names(code)
        self._unless = _by_first(names.unless)
        self._by_language: dict[str, list[Table]] = {}
        for language, phrases in names.inflected.items():
            self._by_language.setdefault(language, []).append(Table(_by_first(phrases), None))
        for manner, by_language in names.guarded.items():
            for language, phrases in by_language.items():
                self._by_language.setdefault(language, []).append(Table(_by_first(phrases), manner))
        self._anywhere = [Table(_by_first(names.phrases), None), *self._by_language.pop(ANYWHERE, ())]

    def tables(self, reading: Reading, *, main: bool) -> list[Table]:
        """Return the tables that may name the country in an item.

        `main`: it is looked for in title, text and categories, whose words can turn most tables down.
        """
        tables = self._anywhere
        if self._by_language and reading.language is not None:
            tables = [*tables, *self._by_language.get(reading.language.partition("-")[0], ())]
        return [table for table in tables if not (main and reading.words.isdisjoint(table.names))]

    def places(self, text: Text, tables: Iterable[Table]) -> Iterator[tuple[int, int]]:
        """Yield the numbers of the first and the last word of each name in a text."""
        after = 0
        for number, word in enumerate(text.words):
            if number < after:
                continue
            size = max((self._size(text, number, word, table) for table in tables), default=0)
            longer = max(map(len, _standing(text, number, self._unless.get(word, ()))), default=0)
            if longer > size:
                after = number + longer
            elif size:
                after = number + size
                yield number, after - 1

    def _size(self, text: Text, number: int, word: str, table: Table) -> int:
        """The words of the longest of a table's names that begins there; 0 where none does."""
        from worker.watchlists.countries import written_so  # noqa: PLC0415 - as above

        found = _standing(text, number, table.names.get(word, ()))
        manner = table.manner
        if manner is not None and found:
            tokens, raw = text.tokens, text.raw
            found = [
                name
                for name in found
                if written_so(manner, raw, tokens.starts[number], tokens.ends[number + len(name) - 1])
            ]
        return max(map(len, found), default=0)


def _standing(text: Text, number: int, names: Iterable[_Phrase]) -> list[_Phrase]:
    """Those names whose words stand in a text from word `number` on."""
    return [name for name in names if tuple(text.words[number : number + len(name)]) == name]


def _by_first(names: Iterable[_Phrase]) -> dict[str, list[_Phrase]]:
    table: dict[str, list[_Phrase]] = {}
    for name in sorted(names):
        table.setdefault(name[0], []).append(name)
    return table


@lru_cache(maxsize=300)
def names_of(code: str) -> Names:
    """Return a country's names; there are some 250 countries."""
    return Names(code)
