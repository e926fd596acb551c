"""Whether two items of one feed, of which no name is the same for certain, are one article in other words. PURE.

Counted are words that stand in both of two texts, as a share of the shorter one's: an article that grows stays itself.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from worker.feeds.model import ItemData
    from worker.stories.model import RecalledItem

_HARDLY_ANY = 1 / 8
"""Of the replay series, where a link stays with its article under another title, title and text together never share
less; where links are numbers of places in a list, 19 of 20 titles do."""

_MOST = 1 / 2
_RETITLED = 3 / 4
_WORDS = 2
LOOKED_AT = 4_000
"""Characters of a text: what is another article is so from the beginning."""

LOOKED_AT_IN_ALL = 120_000
"""Characters of all texts of one document. Words that nobody has used before cost up to 3 µs a character."""


class Likeness:
    """Holds a document's items beside known ones; takes each text apart once, however often it is held beside others.

    Of many long texts only the beginnings count (`looked_at`).
    """

    def __init__(self, before: Iterable[RecalledItem], now: Iterable[ItemData], vain: Collection[str]) -> None:
        """Take all items that may be compared.

        `vain` are texts that say nothing, since several items have them ("click to read more").
        """
        self._vain = vain
        said = chain(((one.title, one.text) for one in before), ((one.title, one.text) for one in now))
        self._looked_at = looked_at(chain.from_iterable(said))
        self._words: dict[str, frozenset[str]] = {}
        self._numbers: dict[str, frozenset[str]] = {}

    def is_other(self, before: RecalledItem, now: ItemData) -> bool:
        """Whether title and text both share hardly any words with what was known under the same name.

        What is absent on either side says nothing; at least one of the two must speak.
        """
        titles = self._share(before.title, now.title)
        texts = None if now.text in self._vain else self._share(before.text, now.text)
        said = [share for share in (titles, texts) if share is not None]
        return bool(said) and max(said) <= _HARDLY_ANY

    def is_like(self, before: RecalledItem, now: ItemData, *, wholly: bool = False) -> bool:
        """Whether title or text (`wholly`: and text) share half of their words, two at least, under equal numbers.

        Numbers in their titles tell the items of a template apart: "Quake of 4.5 near Tokyo".
        """
        if self._numbers_of(before.title) != self._numbers_of(now.title):
            return False
        if self._is_mostly(before.title, now.title) is not wholly:
            return not wholly
        return now.text not in self._vain and self._is_mostly(before.text, now.text)

    def _is_mostly(self, one: str, other: str) -> bool:
        mine, theirs = self._words_of(one), self._words_of(other)
        return len(mine & theirs) >= max(_WORDS, _MOST * min(len(mine), len(theirs)))

    def _share(self, one: str, other: str) -> float | None:
        mine, theirs = self._words_of(one), self._words_of(other)
        fewer = min(len(mine), len(theirs))
        return len(mine & theirs) / fewer if fewer else None

    def _words_of(self, text: str) -> frozenset[str]:
        found = self._words.get(text)
        if found is None:
            found = self._words[text] = frozenset(words_of(text[: self._looked_at]))
        return found

    def _numbers_of(self, title: str) -> frozenset[str]:
        found = self._numbers.get(title)
        if found is None:
            found = self._numbers[title] = _numbers(self._words_of(title))
        return found


def looked_at(texts: Iterable[str]) -> int:
    """Return how many characters of each text to look at: 4,000, or so few that they are 120,000 of all together."""
    lengths = sorted(min(len(text), LOOKED_AT) for text in texts)
    left = LOOKED_AT_IN_ALL
    for shorter, length in enumerate(lengths):
        share = left // (len(lengths) - shorter)
        if length > share:
            return share
        left -= length
    return LOOKED_AT


def is_retitled(one: str, other: str) -> bool:
    """Whether two headlines differ in one word of four at most, and in no number."""
    mine, theirs = frozenset(words_of(one)), frozenset(words_of(other))
    return _numbers(mine) == _numbers(theirs) and len(mine & theirs) >= _RETITLED * max(len(mine), len(theirs), 1)


def _numbers(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if any(map(str.isdigit, word)))
