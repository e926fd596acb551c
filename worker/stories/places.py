"""Where items that are gone from a document stood in it: their links, and the seconds they were published. PURE."""

from __future__ import annotations

from collections import defaultdict
from heapq import merge
from itertools import chain, groupby
from typing import TYPE_CHECKING

from worker.stories.identity import ABSENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from worker.stories.model import Names

Place = tuple[bytes, bytes]
"""Names of a link and of a date; nothing stands where one is ABSENT."""


class Places:
    """Ids of items by link and by date: looked up, since thousands of a stranger's items may share one place."""

    def __init__(self, gone: Mapping[int, Names]) -> None:
        self._ids = [*gone]
        self._places = [(names[1], names[3]) for names in gone.values()]
        self._numbers = {id_: number for number, id_ in enumerate(gone)}
        self._links: dict[bytes, dict[int, None]] = defaultdict(dict)
        self._dates: dict[bytes, dict[int, None]] = defaultdict(dict)
        for number, (link, date) in enumerate(self._places):
            if link != ABSENT:
                self._links[link][number] = None
            if date != ABSENT:
                self._dates[date][number] = None

    def at(self, place: Place) -> Iterator[int]:
        """Those that had this link or this date, in the order given."""
        link, date = place
        numbers = merge(self._links.get(link, ()), self._dates.get(date, ()))
        return (self._ids[number] for number, _ in groupby(numbers))

    def at_any(self, places: Collection[Place]) -> set[int]:
        """Those that had one of these links or dates."""
        linked = (self._links.get(link, ()) for link in {link for link, _ in places})
        dated = (self._dates.get(date, ()) for date in {date for _, date in places})
        return {self._ids[number] for numbers in chain(linked, dated) for number in numbers}

    def leave(self, id_: int) -> None:
        """Let an item stand nowhere any more."""
        number = self._numbers[id_]
        link, date = self._places[number]
        self._links[link].pop(number, None)
        self._dates[date].pop(number, None)
