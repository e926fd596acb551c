"""What a watch list might exclude, by what its readers marked as noise. PURE."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from worker.watchlists.stop_words import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

SUPPORT = 3
"""In so many items marked as noise a term must stand: what stands in fewer may do so by chance."""

SHORTEST = 3
"""Characters of a word that is written with letters; shorter ones say little."""

_COMMON = frozenset[str]().union(*STOP_WORDS.values())


class Suggestion(NamedTuple):
    """A term to exclude: in `noise` of `noise_of` items marked as noise, and in none of the `kept` others."""

    term: str
    noise: int
    noise_of: int
    kept: int


def suggestion(
    noise: Sequence[Collection[str]], kept: Iterable[Collection[str]], *, sought: Collection[str] = ()
) -> Suggestion | None:
    """Return the term that most items marked as noise hold and none of the others, or None where there is none.

    Each item is the set of its folded words. `sought`: words that the list looks for, which are never excluded. Of
    terms that do as well the longest is taken, as the most telling, and of those the first by the alphabet.
    """
    others = list(kept)
    needed = set(sought).union(*others)
    counted = Counter(word for words in noise for word in set(words) if word not in needed and _says_something(word))
    if not counted:
        return None
    term, support = min(counted.items(), key=lambda one: (-one[1], -len(one[0]), one[0]))
    return Suggestion(term, support, len(noise), len(others)) if support >= SUPPORT else None


def _says_something(word: str) -> bool:
    return len(word) >= SHORTEST and not word.isdecimal() and word not in _COMMON
