"""Surveys: which items of a window of the archive meet a query, by its index as far as that can tell.

What the index cannot tell is read, item by item, up to a bound; beyond it an even sample of the stories is read and
stands for the others.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from worker.records.archive import drawn
from worker.watchlists.needs import NOTHING, all_of, bounds_of, lacks
from worker.watchlists.query import CompiledQuery
from worker.watchlists.reading import Reading, of_feed
from worker.watchlists.sought import sought, speaks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from worker.records.archive import ArchivedItem, ArchiveFeed, Candidate, Window
    from worker.watchlists.needs import Bounds, Need
    from worker.watchlists.tree import Leaf, Node

MOST_TOLD = 100_000
"""Items that the index is asked to name; of more it names a sample, a quarter as many."""

MOST_READ = 10_000
"""Items that are read, or a sample of them, until `READ_FOR_S` is over."""

READ_FOR_S = 1.0

LEFT = 0.3
"""Of the seconds of reading so large a part is left however long the index took to say what there is to read."""

_AT_ONCE = 100

MOST_UNINDEXED = 2_000
"""Items that are not indexed yet and looked at all the same; they are kept in memory, for several queries."""


class ArchiveStore(Protocol):
    """What a survey needs of the store."""

    def archive_feeds(self) -> dict[int, ArchiveFeed]:
        """Load all feeds, by id; those that are removed too, for their items stay."""

    def unindexed(self) -> int:
        """Return how many items the index does not hold yet."""

    def narrowed(self, window: Window) -> Window:
        """Return the window with what the index knows of its beginning, to be found out once for several questions."""

    def sampled_candidates(self, need: Need, window: Window, *, most: int, sample: int) -> tuple[list[Candidate], int]:
        """Return the indexed items of the window that hold `need`, and their number.

        All of them if they are `most` at most, else an even sample of about `sample` of them.
        """

    def unindexed_candidates(self, window: Window) -> list[Candidate]:
        """Return the items of the window that are not indexed yet, whatever their language."""

    def archived_items(self, ids: Collection[int], feeds: Mapping[int, ArchiveFeed]) -> list[ArchivedItem]:
        """Load these items, as far as they are there, in no order; `feeds` are the archive's."""


class Met(NamedTuple):
    """An item that meets the query, and how many items of the window it stands for."""

    candidate: Candidate
    weight: float


class Found(NamedTuple):
    """What meets a query.

    Attributes:
        met: The items, the highest ids first.
        read: So many items were read for that.
        candidates: So many may meet it, as far as the index can tell.
        estimated: Not all that had to be read was: counts are estimates.
    """

    met: list[Met]
    read: int
    candidates: int
    estimated: bool


class _Chosen(NamedTuple):
    """Candidates, each standing for `weight` of a total."""

    candidates: list[Candidate]
    total: int
    weight: float


class Survey:
    """One window of the archive, as of one moment: several queries may be asked of it."""

    def __init__(
        self,
        store: ArchiveStore,
        window: Window,
        *,
        tags: Collection[str] = (),
        most_unindexed: int = MOST_UNINDEXED,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        """Open a window; `tags` limit it to feeds that have one of them. `clock` counts the seconds of reading."""
        self.store = store
        self._most_unindexed = most_unindexed
        self._clock = clock
        self.feeds = store.archive_feeds()
        if tags:
            wanted = frozenset(tags)
            window = replace(
                window, feeds=frozenset(id_ for id_, feed in self.feeds.items() if not wanted.isdisjoint(feed.tags))
            )
        self.window = window

    def bounds_of(self, node: Node) -> Bounds:
        """Return what the index can tell of a query, a tree without references."""
        return bounds_of(node, self._feeds_meeting)

    def found(self, node: Node, *, told: int = MOST_TOLD, read: int = MOST_READ, seconds: float = READ_FOR_S) -> Found:
        """Return what meets a query.

        1. What is not indexed yet has been read already.
        2. What the index tells counts as it is, or a sample of it where that is more than `told`, a quarter as many.
        3. What it cannot tell is read, or a sample of it where that is more than `read`, or takes longer than so many
           `seconds`, in which the index was asked too.
        """
        unread = self._unread  # first, for what is indexed meanwhile must not be missed
        begun = self._clock()
        bounds, query = self.bounds_of(node), CompiledQuery(node)
        sure = self._chosen(bounds.lower, told, sample=told // 4)
        rest = all_of((bounds.upper, lacks(bounds.lower))) if not bounds.exact else NOTHING
        unsure = self._chosen(rest, read, sample=read)
        # What the index has not taken whole it names whatever it is asked for.
        waiting = {one.item: Met(one, unsure.weight) for one in unsure.candidates}
        waiting |= {one.item: Met(one, sure.weight) for one in sure.candidates if not one.told}
        held, part = self._held(query, waiting, ends=max(begun + seconds, self._clock() + seconds * LEFT))
        met = {one.item: Met(one, sure.weight) for one in sure.candidates if one.told}
        met |= {one.candidate.item: one for one in held}
        met |= {one.item: Met(one, self._unindexed.weight) for one, reading in unread if query.met(reading)}
        return Found(
            [met[item] for item in sorted(met, reverse=True)],
            read=round(len(waiting) * part) + len(unread),
            candidates=sure.total + unsure.total + self._unindexed.total,
            estimated=max(sure.weight, unsure.weight, self._unindexed.weight, 1 / part) > 1,
        )

    def _held(self, query: CompiledQuery, waiting: Mapping[int, Met], *, ends: float) -> tuple[list[Met], float]:
        """Hold a query against items; return those that meet it, and how large a part of all there was time for.

        They are read in an even order, so that whatever part it is stands for all.
        """
        order = sorted(waiting, key=lambda item: drawn(waiting[item].candidate))
        met: list[Met] = []
        done = 0
        while done < len(order) and (not done or self._clock() < ends):
            some = order[done : done + _AT_ONCE]
            met += [waiting[item.id] for item, reading in self.readings(some) if query.met(reading)]
            done += len(some)
        part = done / len(order) if order else 1
        return [Met(one.candidate, one.weight / part) for one in met], part

    def readings(self, ids: Collection[int]) -> Iterator[tuple[ArchivedItem, Reading]]:
        """Read items."""
        for item in self.items(ids):
            yield item, Reading(item.matchable)

    def items(self, ids: Collection[int]) -> Iterator[ArchivedItem]:
        """Load items, some at a time."""
        ordered = sorted(ids)
        for start in range(0, len(ordered), _AT_ONCE):
            yield from self.store.archived_items(ordered[start : start + _AT_ONCE], self.feeds)

    def is_in_scope(self, reading: Reading) -> bool:
        """Whether an item is in one of the window's languages, or in one that nobody knows."""
        language = reading.language
        wanted = self.window.languages
        return not wanted or language is None or any(speaks(language, one) for one in wanted)

    @cached_property
    def _narrowed(self) -> Window:
        return self.store.narrowed(self.window)

    @cached_property
    def _unindexed(self) -> _Chosen:
        """What is not indexed yet, or a sample of it."""
        total = self.store.unindexed()
        if not total:
            return _Chosen([], 0, 1)
        if total <= self._most_unindexed:
            found = self.store.unindexed_candidates(self.window)
            return _Chosen(found, len(found), 1)
        share = self._most_unindexed / total
        found = self.store.unindexed_candidates(replace(self.window, share=share))
        return _Chosen(found, round(len(found) / share), 1 / share)

    @cached_property
    def _unread(self) -> list[tuple[Candidate, Reading]]:
        by_id = {one.item: one for one in self._unindexed.candidates}
        return [(by_id[item.id], reading) for item, reading in self.readings(by_id) if self.is_in_scope(reading)]

    @cached_property
    def _feed_readings(self) -> Mapping[int, Reading]:
        return {id_: of_feed(feed.name, feed.url, feed.tags) for id_, feed in self.feeds.items()}

    def _feeds_meeting(self, leaf: Leaf) -> frozenset[int]:
        looked_for = sought(leaf)
        return frozenset(id_ for id_, reading in self._feed_readings.items() if looked_for.met(reading))

    def _chosen(self, need: Need, most: int, *, sample: int) -> _Chosen:
        """The indexed items that hold a need, or an even sample of about so many where they are more than `most`."""
        if need == NOTHING:
            return _Chosen([], 0, 1)
        found, total = self.store.sampled_candidates(need, self._narrowed, most=most, sample=sample)
        return _Chosen(found, total, max(1, total / max(1, len(found))))
