"""Phrases that many lists ask for, found all at once and with their places. PURE."""

from __future__ import annotations

from itertools import starmap
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeVar

from worker.watchlists.query import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from worker.watchlists.model import Span
    from worker.watchlists.reading import Reading

Asker = TypeVar("Asker")

LONGEST = 4
"""Words of a phrase, as nearly all have. So no more than three end at any word, and what is found stays bounded."""

MOST_CHARACTERS = 100
"""Of a phrase: the automaton needs some 30 bytes for each."""


class Phrases(Generic[Asker]):
    """Who asks for which phrase, in one automaton (Aho and Corasick, 1975) that goes through an item's run once.

    Each place costs what it costs to tell, however many phrases there are; but each phrase takes some 5 us to build in,
    and none can be added.
    """

    def __init__(self, asked: Iterable[tuple[str, Asker]] = ()) -> None:
        """Take the runs (`reading.run_of`) of phrases of two to LONGEST words, and who asks for each."""
        askers: dict[str, list[Asker]] = {}
        for run, asker in asked:
            there = askers.get(run)
            if there is None:
                askers[run] = [asker]
            else:
                there.append(asker)
        # In order they take half the time to build in: what was built last is near at hand.
        self._askers = dict(sorted(askers.items(), key=itemgetter(0)))
        self._each = list(self._askers.values())
        self._number, self._gone = sum(map(len, self._each)), 0
        if askers:
            import ahocorasick_rs  # noqa: PLC0415 - most processes never need it

            self._find = ahocorasick_rs.AhoCorasick(self._askers, store_patterns=False).find_matches_as_indexes

    def __len__(self) -> int:
        """How many ask."""
        return self._number - self._gone

    @property
    def gone(self) -> int:
        """How many were taken out, for whom the automaton still looks."""
        return self._gone

    def __iter__(self) -> Iterator[tuple[str, Asker]]:
        """Yield the run of a phrase and who asks for it, one after the other."""
        for run, askers in self._askers.items():
            for asker in askers:
                yield run, asker

    def take_out(self, gone: Mapping[str, set[Asker]]) -> None:
        """Pass over those who ask for the phrase of a run, from now on."""
        for run, askers in gone.items():
            there = self._askers[run]
            left = [asker for asker in there if asker not in askers]
            self._gone += len(there) - len(left)
            there[:] = left

    def found(self, reading: Reading) -> Iterator[tuple[Sequence[Asker], tuple[Span, ...]]]:
        """Yield who asks for each phrase that title, text or categories hold, and its places as a hit tells them."""
        if not self._each:
            return
        places: dict[int, list[tuple[int, int]]] = {}
        for number, start, end in self._find(reading.run, overlapping=True):
            places.setdefault(number, []).append((start, end))
        for number, found in places.items():
            askers = self._each[number]
            if askers:
                yield askers, joined(starmap(reading.span_at, found))
