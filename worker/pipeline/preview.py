"""Preview: what a query would have found in the archive, and how often it would have told of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from worker.pipeline.survey import ArchiveStore, Survey
from worker.pipeline.tally import alerts_per_day, by_day, by_feed, items_in, samples_of, stories_in
from worker.records.archive import ListScope, Window
from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import parse, parse_canonical
from worker.watchlists.needs import AllOf, AnyOf, Holds
from worker.watchlists.query import CompiledQuery
from worker.watchlists.resolving import references, resolve
from worker.watchlists.tree import And, Not

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.pipeline.survey import Found
    from worker.pipeline.tally import Day
    from worker.records.archive import ArchivedItem
    from worker.watchlists.model import Hit
    from worker.watchlists.needs import Need
    from worker.watchlists.tree import Node

SAMPLES = 10
NEAR_SAMPLES = 3

MOST_CLAUSES = 12
"""Of so many clauses it is told what met all the others."""

NEAR_TOLD, NEAR_READ, NEAR_S = 5_000, 500, 0.1
"""Items that are counted, and read, for one of them, and the seconds that this may take."""

SIDE_S = 0.5
"""Seconds of reading for one side of a difference."""


class PreviewStore(ArchiveStore, Protocol):
    """What it needs of the store."""

    def list_scope(self, name: str) -> ListScope | None:
        """Return what the watch list of this name asks, or None if there is none."""

    def list_queries(self) -> dict[str, str]:
        """The queries of all watch lists that are not removed, by name."""

    def archive_begins(self) -> datetime | None:
        """Return when the earliest item of the archive was first seen, or None if there is none."""

    def story_growth(self, ids: Collection[int]) -> dict[int, int]:
        """Return for each of these stories how many independent reports and corrections it has come to."""


class NearMiss(NamedTuple):
    """Items that met all clauses of a query but one, written in canonical form."""

    clause: str
    items: int
    estimated: bool
    samples: list[ArchivedItem]


class Side(NamedTuple):
    """Items on one side of a difference."""

    items: int
    stories: int
    estimated: bool
    samples: list[ArchivedItem]


class Difference(NamedTuple):
    """What a query finds and another does not."""

    against: str
    only_this: Side
    only_other: Side
    both: Side


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query finds in a window of the archive, as of one moment.

    Attributes:
        query: In canonical form.
        begin, end: The window, or what of it the archive reaches back to.
        scope: What was looked at, and how it would be told.
        alerts_per_day: So often a subscriber would have heard of it.
        feeds: Names with their items, the most first.
        samples: The newest, one a story, with the places.
        estimated: Only a sample was read, so all counts are estimates.
        read, candidates: So many items of so many that may match were read.
    """

    query: str
    begin: datetime
    end: datetime
    scope: ListScope
    items: int
    stories: int
    per_day: list[Day]
    alerts_per_day: float
    feeds: list[tuple[str, int]]
    samples: list[tuple[ArchivedItem, Hit]]
    near_misses: list[NearMiss]
    difference: Difference | None
    estimated: bool
    read: int
    candidates: int


class _Asked(NamedTuple):
    """A query as parsed, and with the lists that it refers to in their place."""

    node: Node
    whole: Node
    queries: Mapping[str, str]


def preview(
    store: PreviewStore,
    query_or_name: str,
    *,
    back: timedelta,
    now: datetime,
    against: str | None = None,
    tags: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> Preview:
    """Ask the archive of the time `back` from `now` for what a query, or the watch list of this name, finds.

    1. Understand what is asked; raise QueryError where that is wrong.
    2. Limit the window: a list has a scope of its own, in the place of which `tags` and `languages` come.
    3. Find what meets the query, and count it.
    4. Show some of it, and what met all clauses but one.
    5. Where there is another query to compare it with, count what each finds alone.
    """
    scope, asked = _asked(store, query_or_name)
    other = None if against is None else _asked(store, against)
    if other is not None and store.list_scope(query_or_name) is None:
        scope = replace(other[0], query=scope.query)  # a new version of a list's query is asked of what the list is
    scope = replace(
        scope, feed_tags=frozenset(tags) or scope.feed_tags, languages=frozenset(languages) or scope.languages
    )
    since = (now - back).replace(microsecond=0)
    survey = Survey(store, Window(since, languages=scope.languages), tags=scope.feed_tags)
    found = survey.found(asked.whole)
    begin = min(now, max(since, store.archive_begins() or now))
    return Preview(
        query=canonical(asked.node),
        begin=begin,
        end=now,
        scope=scope,
        items=items_in(found.met),
        stories=stories_in(found.met),
        per_day=by_day(found.met, begin=begin, end=now),
        alerts_per_day=alerts_per_day(
            found.met, scope.alert, lambda ids: store.story_growth([*ids]), begin=begin, end=now
        ),
        # One that has come since is not known by name.
        feeds=[(survey.feeds[feed].name, items) for feed, items in by_feed(found.met) if feed in survey.feeds],
        samples=_samples(survey, found, asked.whole),
        near_misses=_near_misses(survey, asked),
        difference=None if other is None else _difference(survey, asked, other[1]),
        estimated=found.estimated,
        read=found.read,
        candidates=found.candidates,
    )


def _asked(store: PreviewStore, query_or_name: str) -> tuple[ListScope, _Asked]:
    """What a query, or a list of this name, asks; a query by itself asks all feeds."""
    scope = store.list_scope(query_or_name)
    name = None if scope is None else query_or_name
    scope = scope or ListScope(query_or_name, frozenset(), frozenset(), "first")
    node = parse(scope.query) if name is None else parse_canonical(scope.query)
    queries = store.list_queries() if any(references(node)) else {}
    return scope, _Asked(node, resolve(node, queries, query=scope.query, name=name), queries)


def _samples(survey: Survey, found: Found, node: Node) -> list[tuple[ArchivedItem, Hit]]:
    query = CompiledQuery(node)
    shown = []
    for item in _in_order(survey, samples_of(found.met, SAMPLES)):
        hit = query.hit(item.matchable)
        if hit is not None:  # it may have changed meanwhile
            shown.append((item, hit))
    return shown


def _near_misses(survey: Survey, asked: _Asked) -> list[NearMiss]:
    """What met all clauses but one, clause by clause, as far as the others ask for words at all."""
    clauses = asked.node.parts if isinstance(asked.node, And) else ()
    wholes = [resolve(clause, asked.queries, query=canonical(clause)) for clause in clauses]
    misses: list[NearMiss] = []
    for number, clause in enumerate(clauses[:MOST_CLAUSES]):
        others = And((*wholes[:number], *wholes[number + 1 :]))
        if not _asks_for_words(survey.bounds_of(others).upper):
            continue
        found = survey.found(And((others, Not(wholes[number]))), told=NEAR_TOLD, read=NEAR_READ, seconds=NEAR_S)
        if found.met:
            items = [*_in_order(survey, samples_of(found.met, NEAR_SAMPLES))]
            misses.append(NearMiss(canonical(clause), items_in(found.met), found.estimated, items))
    return misses


def _asks_for_words(need: Need) -> bool:
    """Whether only items with certain words hold a need: else they would be most of the archive."""
    if isinstance(need, AllOf):
        return any(map(_asks_for_words, need.parts))
    if isinstance(need, AnyOf):
        return all(map(_asks_for_words, need.parts))
    return isinstance(need, Holds)


def _difference(survey: Survey, this: _Asked, other: _Asked) -> Difference:
    return Difference(
        canonical(other.node),
        _side(survey, And((this.whole, Not(other.whole)))),
        _side(survey, And((other.whole, Not(this.whole)))),
        _side(survey, And((this.whole, other.whole))),
    )


def _side(survey: Survey, node: Node) -> Side:
    found = survey.found(node, seconds=SIDE_S)
    items = _in_order(survey, samples_of(found.met, NEAR_SAMPLES))
    return Side(items_in(found.met), stories_in(found.met), found.estimated, items)


def _in_order(survey: Survey, ids: Sequence[int]) -> list[ArchivedItem]:
    there = {item.id: item for item in survey.items(ids)}
    return [there[id_] for id_ in ids if id_ in there]
