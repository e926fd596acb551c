"""An item's wording, prepared once to be compared with others. PURE."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from worker.stories.headlines import numbers_of, outlet_of, significant
from worker.stories.lexicon import STOP_WORDS
from worker.stories.shingles import DENSE, WIDTH, grams, is_dense, units
from worker.stories.trimming import trimmed
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_WORDS = 4_000
"""No more of a text is compared: a copy shows in its beginning, and strangers may send a megabyte."""
_LEAD = 300
_LEAD_WORDS = 40
_LONG_WORD = 4
_STEM = 5
_QUOTES = "\"'“«„("


class Wording:
    """What of an item tells whether another is its copy.

    Attributes:
        title_words, text_words: The folded words (`worker.text.tokens.words_of`) of the whole title and text.
        link: As the feed gives it, or None.
        words: Number of words of the text without datelines, credits and tails; where a token is a character, two
            characters count as a word.
        step: How many tokens a word is: 1, or 2 where a token is a character.
    """

    def __init__(
        self, title: str, text: str, link: str | None, title_words: Sequence[str], text_words: Sequence[str]
    ) -> None:
        self._title, self._text = title, text
        self.link = link
        self.title_words, self.text_words = title_words, text_words
        self._body = trimmed(text, text_words)
        first, last = self._body.first, self._body.last
        self.tokens = text_words[first : min(last, first + _MOST_WORDS)]
        self.dense = is_dense(len(title) + len(text), len(title_words) + len(text_words))
        self.step = DENSE if self.dense else 1
        # Of the text alone: a headline in another script must not make a report of "click here to read on".
        self.words = (last - first) // (DENSE if is_dense(len(text), len(text_words)) else 1)

    @cached_property
    def units(self) -> Sequence[str]:
        """What shingles are made of."""
        return units(self.tokens, dense=self.dense)

    @cached_property
    def grams(self) -> list[tuple[str, ...]]:
        """Runs of three words, in order: containment is measured on them."""
        return grams(self.units, WIDTH - 1, self.step)

    @cached_property
    def gram_set(self) -> frozenset[tuple[str, ...]]:
        """The distinct `grams`."""
        return frozenset(self.grams)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers of the text."""
        return numbers_of(self.tokens)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """What the text is about: beginnings of its longer words, since many languages change the ends."""
        return stems_of(self.units, dense=self.dense)

    @cached_property
    def headline_subjects(self) -> frozenset[str]:
        """What the headline is about, as `subjects`."""
        return stems_of(self.headline_words, dense=self.dense)

    @cached_property
    def figures(self) -> float:
        """Which part of the text's words are numbers."""
        return sum(map(str.isdecimal, self.tokens)) / (len(self.tokens) or 1)

    @cached_property
    def headline_numbers(self) -> frozenset[str]:
        """Numbers of the headline."""
        return numbers_of(self.title_words)

    @cached_property
    def all_numbers(self) -> frozenset[str]:
        """Numbers of headline and text."""
        return self.numbers | self.headline_numbers

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of headline and text."""
        return frozenset(self.tokens).union(self.title_words)

    @cached_property
    def headline_words(self) -> tuple[str, ...]:
        """The significant words of the headline, in order, without the outlet's name behind it; units in dense text."""
        outlet = outlet_of(self._title)
        own = len(self.title_words) - (len(words_of(outlet)) if outlet else 0)
        return significant(units(self.title_words[:own], dense=self.dense))

    @cached_property
    def headline(self) -> frozenset[str]:
        """The distinct `headline_words`."""
        return frozenset(self.headline_words)

    def names(self, words: int) -> frozenset[str]:
        """Capitalised words among so many first words of the text; in the headline, if there are none.

        In scripts without case there are none at all, and none in a headline that has every word so.
        """
        body = self._body
        lead = self._text[body.start : min(body.end, body.start + _LEAD)].split()[: min(words, _LEAD_WORDS)]
        return _capitalised(lead) or self._names_of_headline

    @cached_property
    def _names_of_headline(self) -> frozenset[str]:
        rest = self._title.split()[1:]
        written = sum(word[:1].isupper() for word in rest)
        return _capitalised(rest) if 2 * written <= len(rest) else frozenset()


def _capitalised(raw: Sequence[str]) -> frozenset[str]:
    found = words_of(" ".join(word for word in raw if word.lstrip(_QUOTES)[:1].isupper()))
    return frozenset(found) - STOP_WORDS


def stems_of(words: Iterable[str], *, dense: bool) -> frozenset[str]:
    """Return the beginnings of the words that mean something; in dense text the words."""
    if dense:
        return frozenset(words)
    return frozenset(word[:_STEM] for word in words if len(word) >= _LONG_WORD and word not in STOP_WORDS)


def wording(
    title: str, text: str, link: str | None, *, title_words: Sequence[str], text_words: Sequence[str]
) -> Wording:
    """Prepare an item for comparison.

    Args:
        title: One line of plain text.
        text: Plain text, a line a block.
        link: As the feed gives it, or None.
        title_words: `worker.text.tokens.words_of(title)`.
        text_words: `worker.text.tokens.words_of(text)`.
    """
    return Wording(title, text, link, title_words, text_words)
