"""What two headlines have in common. PURE.

Headlines prove nothing about two texts: of recurring reports 99 in a hundred share theirs (NEARDUP, section 1). They
decide only where one side has nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.stories.lexicon import NUMBERS, STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST_WORDS = 4
"""Significant words without which a headline is nobody's own ("Live", "Weather in Kyiv")."""
_SAME = 0.7
_SAME_AS_REPORT = 0.8
_SAME_THOUGH_REWORDED = 0.85
_OUTLET = re.compile(r"\s(?:[-–—|•·:]|::)\s([^-–—|•·]{2,40})$")
_MOST_WORDS_OF_AN_OUTLET = 4
_DIGIT = re.compile(r"\d")


def outlet_of(title: str) -> str:
    """Return what stands behind the last dash or bar of a title, where it may be the outlet's name, else ""."""
    found = _OUTLET.search(title[-60:])
    return found[1] if found and len(found[1].split()) <= _MOST_WORDS_OF_AN_OUTLET else ""


def significant(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that tell one headline from another, each once, in order."""
    return tuple(dict.fromkeys(word for word in words if word not in STOP_WORDS))


def ends_of(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    """Return the first and the last `size` of the significant words: an edit at one end leaves the other's as it is."""
    return {tuple(words[:size]), tuple(words[-size:])} if len(words) >= size else set()


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which part of the shorter headline's words stands in the other, 0 to 1."""
    return len(one & other) / (min(len(one), len(other)) or 1)


def likeness(one: frozenset[str], other: frozenset[str], *, report: bool, least: int) -> float:
    """Return the Jaccard index of two headlines that are the same one, else 0.

    Each must have `least` words. `report` says whether one has a text too, which may tell something else. Where a word
    stands in another's place it is hardly ever the same event.
    """
    if min(len(one), len(other)) < least or numbers_of(one) != numbers_of(other):
        return 0.0
    index = len(one & other) / len(one | other)
    enough = _SAME_AS_REPORT if report else _SAME
    contained = one <= other or other <= one
    return index if index >= enough and (contained or index >= _SAME_THOUGH_REWORDED) else 0.0


def numbers_of(words: Iterable[str]) -> frozenset[str]:
    """Return the numbers among folded words, "two" as "2"; all words with a digit in them are numbers."""
    return frozenset(
        NUMBERS.get(word, word) for word in words if word in NUMBERS or (not word.isalpha() and _DIGIT.search(word))
    )
