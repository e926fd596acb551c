"""An item as the watch lists read it: tokenised once, shared by all of them. PURE."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from worker.text.tokens import tokenize, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.watchlists.model import Matchable

SEPARATOR = "\0"
"""Stands between words, and doubled between fields, in `Reading.run`: no word holds it."""


class Place(NamedTuple):
    """Where one word stands: characters `start` to `end` of `field`."""

    field: str
    start: int
    end: int


class Reading:
    """One item's words. Title, text and each category are fields of their own, which no phrase crosses."""

    def __init__(self, item: Matchable) -> None:
        self._item = item
        self._fields = [words_of(item.title), words_of(item.text), *map(words_of, item.categories)]
        self.words: frozenset[str] = frozenset().union(*self._fields)

    @cached_property
    def run(self) -> str:
        """All words in order, each between SEPARATORs: a field holds a phrase if this holds the phrase's own run."""
        return "".join(run_of(words) for words in self._fields)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where each word stands, in order of field and start; one place between fields belongs to no word."""
        found: list[Place] = []
        for field, text, shift in self._texts():
            tokens = tokenize(text)
            spans = zip(tokens.starts, tokens.ends, strict=True)
            found += [Place(field, shift + start, shift + end) for start, end in spans]
            found.append(Place("", 0, 0))
        return tuple(found)

    def found(self, phrase: tuple[str, ...]) -> Iterator[int]:
        """Yield each index in `places` at which `phrase` begins, ascending."""
        order, index = self._order, self._index
        for begin in index.get(phrase[0], ()):
            if len(phrase) == 1 or order[begin : begin + len(phrase)] == phrase:
                yield begin

    @cached_property
    def _order(self) -> tuple[str, ...]:
        """The words, as `places` counts them."""
        return tuple(word for words in self._fields for word in (*words, SEPARATOR))

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        """Word -> its indexes in `places`, ascending."""
        index: dict[str, list[int]] = {}
        for place, word in enumerate(self._order):
            index.setdefault(word, []).append(place)
        return index

    def _texts(self) -> Iterator[tuple[str, str, int]]:
        """Field name, text, and where that text begins in the field: categories are joined by newlines."""
        yield "title", self._item.title, 0
        yield "text", self._item.text, 0
        shift = 0
        for category in self._item.categories:
            yield "category", category, shift
            shift += len(category) + 1


def run_of(words: Sequence[str]) -> str:
    """Write `words` as `Reading.run` does."""
    return f"{SEPARATOR}{SEPARATOR.join(words)}{SEPARATOR}"
