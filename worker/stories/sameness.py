"""Which items of different feeds carry the same text: the first cut, exact after folding. PURE."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING

from worker.stories.canonical import canonical_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KEY_BYTES = 8
_WORDS_OF_A_TITLE = 4
"""Shorter titles without any text ("Live", "Weather") say too little to join two feeds' items."""


def copy_keys(title: Sequence[str], text: Sequence[str], link: str | None) -> tuple[int, ...]:
    """Return the keys, signed 64 bit, sorted, that an item shares with its copies in other feeds.

    One stands for title and text, one for canonical link and title (issue 2, paragraph 6). `title` and `text` are
    folded words (`worker.text.tokens.words_of`), so punctuation, case and accents do not matter. A bare title of fewer
    than four words has no key of the first kind.
    """
    keys: set[int] = set()
    if text or len(title) >= _WORDS_OF_A_TITLE:
        keys.add(_key("text", " ".join(title), " ".join(text)))
    if link and title:
        keys.add(_key("link", canonical_url(link), " ".join(title)))
    return tuple(sorted(keys))


def choose_story(owners: Sequence[int], feeds_of: Mapping[int, frozenset[int]], feed: int) -> int | None:
    """Return the story to join among the `owners` of an item's keys, or None.

    The one owning most keys is chosen, of equals the lowest id; never one that holds an item of `feed` already, since
    within one feed only identity makes two items one.
    """
    votes = Counter(owner for owner in owners if feed not in feeds_of.get(owner, frozenset()))
    return min(votes, key=lambda story: (-votes[story], story), default=None)


def _key(kind: str, *parts: str) -> int:
    digest = blake2b("\0".join((kind, *parts)).encode("utf-8", "replace"), digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)
