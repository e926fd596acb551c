"""The store's table of copy keys in memory: the first owner of a key keeps it, the keys a new story met go bad."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from worker.stories.nearness import CANDIDATES, COMMON, Kinship, copy_keys, kinship

if TYPE_CHECKING:
    from worker.stories.wording import Wording


class Fold(NamedTuple):
    """An item was folded into a story, being kin to another item."""

    story: int
    kin: int
    kinship: Kinship


class KeyTable:
    def __init__(self) -> None:
        self._owner: dict[int, int] = {}
        self._bad = Counter[int]()
        self._items: dict[int, tuple[Wording, int]] = {}
        self._story: dict[int, int] = {}
        self.keys = 0
        self.compared = 0

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: int, wording: Wording, feed: int) -> Fold | None:
        """Fold an item into a story, or begin one with it."""
        keys = copy_keys(wording)
        met = {key: self._owner[key] for key in keys if key in self._owner}
        common = frozenset(key for key in met if self._bad[key] >= COMMON)
        votes = Counter(owner for key, owner in met.items() if key not in common)
        folds = [
            fold for owner, _ in votes.most_common(CANDIDATES) if (fold := self._compare(wording, feed, owner, common))
        ]
        best = max(folds, key=lambda fold: fold.kinship, default=None)
        self._items[item] = wording, feed
        self._story[item] = best.story if best else item
        self._owner.update((key, item) for key in keys if key not in met)
        if best is None:
            self._bad.update(met)
        self.keys += len(keys)
        return best

    def story(self, item: int) -> int:
        return self._story[item]

    def _compare(self, wording: Wording, feed: int, owner: int, common: frozenset[int]) -> Fold | None:
        old, old_feed = self._items[owner]
        self.compared += 1
        found = kinship(wording, old, same_feed=feed == old_feed, common=common)
        return Fold(self._story[owner], owner, found) if found else None
