"""An item as it is read: tokenised once, for the watch lists and for its copy keys. PURE."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from worker.text.tokens import Tokens, tokenize, words_of
from worker.watchlists.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.watchlists.model import Matchable

SEPARATOR = "\0"
"""Stands before, between and after the words of a field in `Reading.run`: no word holds it."""


class Reading:
    """One item's words. Title, text and each category are fields of their own, which no phrase crosses.

    Words are counted from 0 over all fields in this order, with one number left free after each field.
    """

    def __init__(self, item: Matchable) -> None:
        self.item = item
        self._texts = (item.title, item.text, *item.categories)
        self._words = [words_of(text) for text in self._texts]
        self._tokens: dict[int, Tokens] = {}
        self.words: frozenset[str] = frozenset().union(*self._words)

    @property
    def title(self) -> Sequence[str]:
        """The title's words, folded."""
        return self._words[0]

    @property
    def text(self) -> Sequence[str]:
        """The text's words, folded."""
        return self._words[1]

    @cached_property
    def run(self) -> str:
        """All fields' runs in order (`run_of`): a field holds a phrase if this holds the phrase's own run."""
        return "".join(map(run_of, self._words))

    def found(self, run: str) -> Iterator[int]:
        """Yield the number of each word at which the words of `run` begin, ascending."""
        at, number = 0, 0
        while (begin := self.run.find(run, at)) >= 0:
            number += self.run.count(SEPARATOR, at, begin)
            yield number
            at, number = begin + 1, number + 1

    def span(self, first: int, last: int) -> Span:
        """Return where the words from number `first` to `last`, of one field, stand in the item's own text."""
        field = 0
        while first >= len(self._words[field]):
            passed = len(self._words[field]) + 1
            first, last, field = first - passed, last - passed, field + 1
        if field not in self._tokens:
            self._tokens[field] = tokenize(self._texts[field])
        tokens = self._tokens[field]
        start, end = tokens.starts[first], tokens.ends[last]
        if field < len(_NAMES):
            return Span(_NAMES[field], start, end)
        shift = sum(len(category) + 1 for category in self._texts[len(_NAMES) : field])
        return Span("category", shift + start, shift + end)


_NAMES = ("title", "text")


def run_of(words: Sequence[str]) -> str:
    """Write `words` as `Reading.run` does: as many separators as words, and one."""
    return SEPARATOR.join(("", *words, ""))
