"""All watch lists as one set that reads each item once. PURE."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from worker.errors import QueryError
from worker.watchlists.grammar import Node, Term, parse
from worker.watchlists.meaning import Condition, Sought, anchors, condition_of, required, sought, wanted_terms
from worker.watchlists.model import Hit
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.watchlists.model import Matchable, Span, WatchList

MAX_SPANS = 50


class CompiledQuery:
    """One query, ready to be asked of items."""

    __slots__ = ("_condition", "_sought", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self._sought: tuple[Sought, ...] = tuple(map(sought, wanted_terms(node)))
        self._condition: Condition = self._sought[0] if isinstance(node, Term) else condition_of(node)

    def words(self) -> Iterator[str]:
        """Yield the words of the terms that can make it match."""
        return chain.from_iterable(term.words for term in self._sought)

    def hit(self, item: Matchable) -> Hit | None:
        """Return what of `item` met the query, with 0 for the watch list; None if it does not match."""
        return self.read(Reading(item), watch_list=0)

    def read(self, reading: Reading, *, watch_list: int) -> Hit | None:
        """Return the hit of an item that is read already, or None."""
        if not self._condition.met(reading):
            return None
        met = [term for term in self._sought if term.met(reading)]
        return Hit(watch_list, tuple(term.text for term in met), _spans(reading, met))


class _Filed(NamedTuple):
    """One watch list as filed under its anchors; no item matches without all of `needs`."""

    id: int
    needs: tuple[str, ...]
    feed_tags: frozenset[str]
    query: CompiledQuery


class CompiledSet:
    """All watch lists; `match` costs what the lists that share a rare word with the item cost, not what all do.

    Each list is filed under words of which every matching item holds one, the rarest among the lists' own words. An
    item's words find the candidates; scope, then the whole condition, decide.

    Attributes:
        broken: The lists whose query is wrong, with the error; the others work all the same.
    """

    def __init__(self, lists: Sequence[WatchList]) -> None:
        broken: list[tuple[int, QueryError]] = []
        queries: dict[str, CompiledQuery] = {}
        good: list[WatchList] = []
        for watch_list in lists:
            try:
                if watch_list.query not in queries:
                    queries[watch_list.query] = CompiledQuery(parse(watch_list.query))
            except QueryError as error:
                broken.append((watch_list.id, error))
            else:
                good.append(watch_list)
        self.broken: tuple[tuple[int, QueryError], ...] = tuple(broken)
        self._filed: dict[str, list[_Filed]] = {}
        uses = Counter(chain.from_iterable(queries[watch_list.query].words() for watch_list in good))
        for watch_list in good:
            query = queries[watch_list.query]
            filed = _Filed(watch_list.id, required(query.node), watch_list.feed_tags, query)
            for anchor in anchors(query.node, lambda word: uses[word] + 1 / len(word)):
                self._filed.setdefault(anchor, []).append(filed)
        self._anchors = frozenset(self._filed)

    def match(self, reading: Reading) -> list[Hit]:
        """Return the hits of all lists on an item, by ascending id of the list."""
        tags = reading.item.feed_tags
        holds = reading.words.issuperset
        anchored = map(self._filed.__getitem__, self._anchors & reading.words)
        candidates = {filed.id: filed for filed in chain.from_iterable(anchored) if holds(filed.needs)}
        hits: list[Hit] = []
        for watch_list, filed in sorted(candidates.items()):
            if filed.feed_tags and filed.feed_tags.isdisjoint(tags):
                continue
            hit = filed.query.read(reading, watch_list=watch_list)
            if hit is not None:
                hits.append(hit)
        return hits


def compile_query(query: str) -> CompiledQuery:
    """Compile one query, for a search; raise QueryError if it is wrong."""
    return CompiledQuery(parse(query))


def _spans(reading: Reading, met: Sequence[Sought]) -> tuple[Span, ...]:
    """The places of all terms met, overlapping ones as one; the first MAX_SPANS."""
    runs = sorted((first, first + len(term.words) - 1) for term in met for first in reading.found(term.run))
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        elif len(joined) < MAX_SPANS:
            joined.append((first, last))
        else:
            break
    return tuple(reading.span(first, last) for first, last in joined)
