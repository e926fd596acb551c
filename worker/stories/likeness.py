"""Whether two items of one feed, of which no name is the same for certain, are one article in other words. PURE.

Counted are words that stand in both of two texts, as a share of the shorter one's: an article that grows stays itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from worker.feeds.model import ItemData
    from worker.stories.model import RecalledItem

_HARDLY_ANY = 1 / 8
"""Of the replay series, where a link stays with its article under another title, title and text together never share
less; where links are numbers of places in a list, 19 of 20 titles do."""

_MOST = 1 / 2
_RETITLED = 3 / 4
_WORDS = 2
_LOOKED_AT = 4_000
"""Characters of a text: what is another article is so from the beginning."""


def is_other(before: RecalledItem, now: ItemData, vain: Collection[str]) -> bool:
    """Whether title and text both share hardly any words with what was known under the same name.

    `vain` are texts that say nothing, since several items have them ("click to read more"). What is absent on either
    side says nothing either; at least one of the two must speak.
    """
    titles = _share(before.title, now.title)
    texts = None if now.text in vain else _share(before.text, now.text)
    said = [share for share in (titles, texts) if share is not None]
    return bool(said) and max(said) <= _HARDLY_ANY


def is_like(before: RecalledItem, now: ItemData, vain: Collection[str], *, wholly: bool = False) -> bool:
    """Whether title or text (`wholly`: and text) share half of their words, two at least, under equal numbers.

    Numbers in their titles tell the items of a template apart: "Quake of 4.5 near Tokyo".
    """
    if _numbers(before.title) != _numbers(now.title):
        return False
    titles = _is_mostly(before.title, now.title)
    texts = now.text not in vain and _is_mostly(before.text, now.text)
    return titles and texts if wholly else titles or texts


def is_retitled(one: str, other: str) -> bool:
    """Whether two headlines differ in one word of four at most, and in no number."""
    mine, theirs = _words(one), _words(other)
    return _numbers(one) == _numbers(other) and len(mine & theirs) >= _RETITLED * max(len(mine), len(theirs), 1)


def _is_mostly(one: str, other: str) -> bool:
    mine, theirs = _words(one[:_LOOKED_AT]), _words(other[:_LOOKED_AT])
    return len(mine & theirs) >= max(_WORDS, _MOST * min(len(mine), len(theirs)))


def _share(one: str, other: str) -> float | None:
    mine, theirs = _words(one[:_LOOKED_AT]), _words(other[:_LOOKED_AT])
    fewer = min(len(mine), len(theirs))
    return len(mine & theirs) / fewer if fewer else None


def _numbers(title: str) -> frozenset[str]:
    return frozenset(word for word in _words(title) if any(map(str.isdigit, word)))


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    """One item may be held beside many."""
    return frozenset(words_of(text))
