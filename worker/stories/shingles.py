"""Shingles: runs of words, and the few of them by which copies find each other. PURE.

Chosen are shingles that begin with certain words, certain by their hash, so that two copies choose the same ones
wherever they stand (NEARDUP, section 1: "chosen by value"). Stop words are never certain: what follows "of the" is in
every story. Hashes are equal in every process and every version of Python.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING

from worker.stories.lexicon import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 4
"""Words of a shingle that may be a key; containment is measured on one word less (NEARDUP, section 5)."""
DENSE = 2
"""Characters that count as a word where a word is one character (Chinese, Japanese, Thai)."""
MOST_KEYS = 80
_OPENING = 32
"""So many first words are sampled densely: summaries and teasers are made of them."""
_NEAR = 1
_NEARER = 3
_MOST_NEAR = 12
_FAR = 7
_FARTHER = 31
"""Bits that a word's hash must not have to begin a key: in the opening, after it, and far behind. Who begins a key far
behind does so before, too, so that a cut or an added paragraph moves no key out of sight."""
_FAR_BEHIND = 128
_HASH_BYTES = 8


class _Hashes(dict[str, int]):
    """Word -> 64-bit hash, odd for stop words, remembered: news uses few words, very often."""

    limit = 1 << 16
    longest = 40

    def __missing__(self, word: str) -> int:
        digest = blake2b(word.encode("utf-8", "replace"), digest_size=_HASH_BYTES).digest()
        value = int.from_bytes(digest, "big") | (word in STOP_WORDS)
        if len(word) <= self.longest:
            if len(self) >= self.limit:
                self.clear()
            self[word] = value
        return value


_hashes = _Hashes()


def is_dense(characters: int, words: int) -> bool:
    """Whether, of a text of so many, most words are single characters, as `worker.text.tokens` makes some scripts'."""
    return characters < DENSE * words


def units(words: Sequence[str], *, dense: bool) -> Sequence[str]:
    """Return what shingles are made of: the words; in dense text each character with the one after it."""
    return [one + other for one, other in pairwise(words)] if dense else words


def grams(units: Sequence[str], width: int, step: int) -> list[tuple[str, ...]]:
    """Return every run of `width` units that stand `step` apart, in order."""
    return list(zip(*(units[place * step :] for place in range(width)), strict=False))


def sampled(units: Sequence[str], step: int) -> list[tuple[int, int]]:
    """Return place and hash (64 bit, signed, even) of the shingles that are keys, in order, at most `MOST_KEYS`."""
    hashes = list(map(_hashes.__getitem__, units))
    begins = max(0, len(hashes) - (WIDTH - 1) * step)
    opening = min(_OPENING * step, begins)
    near = [place for place, value in enumerate(hashes[:opening]) if not value & _NEAR]
    if len(near) > _MOST_NEAR:  # half of them do: stop words are unknown, or a word is two tokens
        near = [place for place in near if not hashes[place] & _NEARER]
    middle = max(opening, min(_FAR_BEHIND * step, begins))
    far = [place for place, value in enumerate(hashes[opening:middle], opening) if not value & _FAR]
    behind = [place for place, value in enumerate(hashes[middle:begins], middle) if not value & _FARTHER]
    chosen = (near + far + behind)[:MOST_KEYS]
    a, b, c = step, 2 * step, 3 * step
    return [(at, _signed(hashes[at] + 3 * hashes[at + a] + 9 * hashes[at + b] + 27 * hashes[at + c])) for at in chosen]


def _signed(value: int) -> int:
    """Fold an integer into a signed, even one of 64 bits, which is what databases keep."""
    low = value & 0xFFFF_FFFF_FFFF_FFFE
    return low - (low >> 63 << 64)
