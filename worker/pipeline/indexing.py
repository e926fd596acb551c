"""Indexing: the archive's index brought up to what there is, in small steps, so that nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 100
"""Items in one step: their words are in the database's hands for some 20 ms."""


class IndexStore(Protocol):
    """What it needs of the store; each method is one short transaction."""

    def index_items(self, *, limit: int) -> int:
        """Index up to `limit` items that are marked and matched; return how many were there."""

    def tidy_index(self) -> bool:
        """Take one small step in bringing the index into shape; return whether there is more to do."""


def keep_index(store: IndexStore, *, seconds: float, clock: Callable[[], float], pause: Callable[[float], None]) -> int:
    """Index what waits for it, for about so many `seconds` of `clock`; return how many items that were.

    After each step as long a pause as it took: on SQLite others write only then.
    """
    ends = clock() + seconds
    indexed = 0

    def step(work: Callable[[], int]) -> int:
        began = clock()
        done = work()
        pause(clock() - began)
        return done

    while clock() < ends and (some := step(lambda: store.index_items(limit=AT_ONCE))):
        indexed += some
        while clock() < ends and step(store.tidy_index):
            pass
    return indexed
