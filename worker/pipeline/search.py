"""Search: a query over the archive, newest first or the most relevant first, page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from math import inf
from sys import maxsize
from time import perf_counter
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from worker.pipeline import cursors
from worker.pipeline.cursors import Cursor
from worker.pipeline.relevance import score_of
from worker.pipeline.survey import ArchiveStore, Survey
from worker.records.archive import Window
from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import parse
from worker.watchlists.query import CompiledQuery
from worker.watchlists.reading import Reading
from worker.watchlists.resolving import references, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, timedelta

    from worker.records.archive import ArchivedItem, Candidate
    from worker.watchlists.model import Hit
    from worker.watchlists.needs import Need
    from worker.watchlists.tree import Node

By = Literal["newest", "relevance"]

_LONGEST_STRETCH = 250_000


class Effort(NamedTuple):
    """How much one page may take.

    Attributes:
        read: Items that are read.
        seconds: After so long no more are read.
        ranked: By relevance: so many of what is found, the newest, are ranked.
        at_once: Items that are loaded at once.
        stretch: Ids that are asked for at once, at first: most pages are full soon.
    """

    read: int = 20_000
    seconds: float = 2.0
    ranked: int = 1_000
    at_once: int = 100
    stretch: int = 4_000


class SearchStore(ArchiveStore, Protocol):
    """What it needs of the store."""

    def list_queries(self) -> dict[str, str]:
        """The queries of all watch lists that are not removed, by name."""

    def candidates(self, need: Need, window: Window, *, limit: int) -> list[Candidate]:
        """Return indexed items of the window that hold `need`; `limit` of them at most, whichever."""

    def archive_ids(self, since: datetime) -> tuple[int, int]:
        """Return the lowest and the highest id of items first seen since then; where there are none, 1 and 0."""

    def get_state(self, key: str) -> str | None:
        """Return a small value kept under `key`, or None."""


class FoundItem(NamedTuple):
    """An item, where it met the query, and the cursor of the place behind it."""

    item: ArchivedItem
    hit: Hit
    cursor: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was found.

    Attributes:
        found: In order.
        more: The cursor to go on from where there may be more, else None; that of the last found, if there is one.
        reached: So far back it was looked, where that is not the whole window: too much had to be read.
    """

    found: list[FoundItem]
    more: str | None
    reached: datetime | None = None


def search(
    store: SearchStore,
    query: str,
    *,
    back: timedelta,
    now: datetime,
    by: By = "newest",
    limit: int = 100,
    after: str | None = None,
    effort: Effort = Effort(),  # noqa: B008 - it cannot change
    clock: Callable[[], float] = perf_counter,
) -> Page:
    """Find items of the time `back` from `now` that meet a query.

    1. Understand the query, and the cursor `after` which to go on; raise QueryError or ConfigurationError otherwise.
    2. Go through the archive backwards, asking the index, and read what it names.
    3. By relevance: rank the newest of what was found. Later pages rank what the first one did: they read from where it
       began to where it ended, however long that takes, so that each item is on one page.
    """
    node = parse(query)
    whole = resolve(node, store.list_queries() if any(references(node)) else {}, query=query)
    key = "\0".join((store.get_state("installation") or "", by, canonical(node)))
    place = None if after is None else cursors.read(after, key=key)
    first, last = store.archive_ids(since := (now - back).replace(microsecond=0))
    stop = 0
    if by == "relevance" and place is not None:
        stop, effort = place.down_to, effort._replace(read=maxsize, seconds=inf, ranked=maxsize)
    looking = _Looking(store, Survey(store, Window(since)), whole, first, stop=stop, effort=effort, clock=clock)
    if by == "newest":
        return _newest(looking, last if place is None else place.item - 1, limit, key)
    return _relevant(looking, last if place is None else place.until, limit, place, key)


class _Looking:
    """Goes through a window from the highest id down.

    Attributes:
        reached: The last item that was read.
        down_to: The last id that was looked for, or at which it stops, when nothing is left above that.
        is_tired: So much was read, or for so long, that it is enough for one page.
    """

    def __init__(
        self,
        store: SearchStore,
        survey: Survey,
        node: Node,
        first: int,
        *,
        stop: int,
        effort: Effort,
        clock: Callable[[], float],
    ) -> None:
        """Look no further than the ids `first`, of the window, and `stop`."""
        self.effort = effort
        self.reached: ArchivedItem | None = None
        self.down_to = self._stop = max(first, stop)
        self.is_tired = False
        self._store = store
        self._survey = survey
        self._query = CompiledQuery(node)
        self._need = survey.bounds_of(node).upper
        self._first = first
        self._clock = clock

    def hits(self, last: int) -> Iterator[tuple[ArchivedItem, Hit, int]]:
        """Yield what meets the query, with the number of its words, until all is read that may be."""
        ids, left, ends = self._ids(last), self.effort.read, self._clock() + self.effort.seconds
        while some := [*islice(ids, min(self.effort.at_once, left))]:
            there = {item.id: item for item in self._survey.items(some)}
            for self.down_to in some:
                item = there.get(self.down_to)
                if item is None:
                    continue
                self.reached = item
                reading = Reading(item.matchable)
                hit = self._query.read(reading, watch_list=0)
                if hit is not None:
                    yield item, hit, len(reading.text)
            left -= len(some)
            if not left or self._clock() >= ends:
                self.is_tired = True
                return
        self.down_to = self._stop

    @property
    def reached_back_to(self) -> datetime | None:
        """When the last item that was read was first seen, where some of the window was not looked at; else None."""
        return self.reached.first_seen if self.reached is not None and self.down_to > self._first else None

    def _ids(self, last: int) -> Iterator[int]:
        """Yield the ids of items that may meet it, stretch by stretch."""
        length = self.effort.stretch
        while last >= self._stop:
            first = max(self._stop, last - length + 1)
            stretch = replace(self._survey.window, first=first, last=last)
            # What is not indexed comes first: what is indexed meanwhile must not be missed.
            found = {one.item for one in self._store.unindexed_candidates(stretch)}
            found |= {one.item for one in self._store.candidates(self._need, stretch, limit=length)}
            yield from sorted(found, reverse=True)
            last, length = first - 1, min(2 * length, _LONGEST_STRETCH)


def _newest(looking: _Looking, last: int, limit: int, key: str) -> Page:
    found = []
    for item, hit, _ in looking.hits(last):
        found.append(FoundItem(item, hit, cursors.written(Cursor(item.id), key=key)))
        if len(found) == limit:
            return Page(found, found[-1].cursor)
    if not looking.is_tired:
        return Page(found, None)
    more = cursors.written(Cursor(looking.down_to), key=key)
    # Whoever goes on behind the last one need not read again what was not met.
    found[-1:] = [one._replace(cursor=more) for one in found[-1:]]
    return Page(found, more, looking.reached_back_to)


def _relevant(looking: _Looking, last: int, limit: int, place: Cursor | None, key: str) -> Page:
    ranked: list[tuple[float, int, ArchivedItem, Hit]] = []
    for item, hit, words in looking.hits(last):
        score = score_of(hit, words=words, behind=last - item.id, of=last)
        ranked.append((score, item.id, item, hit))
        if len(ranked) == looking.effort.ranked:
            break
    ranked.sort(key=lambda one: one[:2], reverse=True)
    behind = [one for one in ranked if place is None or one[:2] < (place.score, place.item)]
    found = [
        FoundItem(item, hit, cursors.written(Cursor(id_, last, score, looking.down_to), key=key))
        for score, id_, item, hit in behind[:limit]
    ]
    return Page(found, found[-1].cursor if len(behind) > limit else None, looking.reached_back_to)
