"""Known items that are gone from a document, by what they say, for those that say the same. PURE."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from worker.stories.canonical import canonical_url
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from worker.stories.model import IdentifiedItem, KnownItem

_WORDS_OF_A_TITLE = 4
"""Shorter titles without any date ("Live", "Weather") come back for other articles."""

_LOOKED_AT = 64
"""Characters of a title, to find so many words in."""


class Sayings:
    """Known items by their content, each to be taken once: looked up, since thousands may say the same."""

    def __init__(self, gone: Iterable[KnownItem]) -> None:
        self._taken: set[int] = set()
        self._anywhere: dict[bytes, deque[KnownItem]] = defaultdict(deque)
        self._there: dict[tuple[bytes, str], deque[KnownItem]] = defaultdict(deque)
        self._then: dict[tuple[bytes, datetime | None], deque[KnownItem]] = defaultdict(deque)
        for known in sorted(gone, key=lambda one: one.id):
            self._anywhere[known.content].append(known)
            self._there[known.content, canonical_url(known.link or "")].append(known)
            self._then[known.content, known.published].append(known)

    def take(self, item: IdentifiedItem, *, links_lie: bool) -> KnownItem | None:
        """Return the one that the item is: of those that say the same the one in the same place, else the earliest.

        One in another place is it where links mean nothing, where both are of one date, and where one of them has none
        and the title is no mere label; else the item is the next one of a series.
        """
        if item.content not in self._anywhere:
            return None
        found = self._first(self._there.get((item.content, canonical_url(item.item.link or ""))))
        if found is None:
            found = self._first(self._anywhere[item.content]) if links_lie else self._moved(item)
        if found is not None:
            self._taken.add(found.id)
        return found

    def _moved(self, item: IdentifiedItem) -> KnownItem | None:
        content, published = item.content, item.item.published
        if published is None:
            return self._first(self._anywhere[content]) if _tells(item) else None
        same, undated = self._first(self._then.get((content, published))), self._first(self._then.get((content, None)))
        if same is None or (undated is not None and undated.id < same.id):
            return undated if undated is not None and _tells(item) else same
        return same

    def _first(self, waiting: deque[KnownItem] | None) -> KnownItem | None:
        """The earliest that is not taken."""
        while waiting:
            if waiting[0].id not in self._taken:
                return waiting[0]
            waiting.popleft()
        return None


def _tells(item: IdentifiedItem) -> bool:
    return len(words_of(item.item.title[:_LOOKED_AT])) >= _WORDS_OF_A_TITLE
