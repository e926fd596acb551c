"""All watch lists as one set that reads each item once. PURE."""

from __future__ import annotations

from itertools import chain
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from worker.errors import QueryError, place_of
from worker.memory import making_much_that_stays
from worker.watchlists.filing import MANY, Filing, parsed
from worker.watchlists.grammar import plain_words
from worker.watchlists.model import Hit
from worker.watchlists.query import CompiledQuery
from worker.watchlists.resolving import references, resolve
from worker.watchlists.sought import speaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from worker.watchlists.filing import Filed
    from worker.watchlists.model import Span, WatchList
    from worker.watchlists.reading import Reading
    from worker.watchlists.tree import Node

BUDGET_S = 0.25
"""CPU time that one list may take over one item: five times what the worst queries of the tests may (issue 5)."""


class CompiledSet:
    """All watch lists; `match` costs what the lists that share a rare word with the item cost, not what all do.

    What an item shows finds the candidates (`Filing`); scope, then the whole condition, decide.

    Attributes:
        broken: The lists whose query is wrong, with the error; the others work all the same.
        faults: The lists that failed over an item, with the reason: they are asked no more.
    """

    def __init__(
        self,
        lists: Iterable[WatchList] = (),
        *,
        budget: float = BUDGET_S,
        many: int = MANY,
        passed: Callable[[], float] = perf_counter,
        spent: Callable[[], float] = thread_time,
    ) -> None:
        """Compile `lists`.

        `budget` is in seconds of `spent`, the CPU's clock; `passed` is a cheaper one. `many` is that of `Filing`.
        """
        self.broken: dict[int, QueryError] = {}
        self.faults: dict[int, str] = {}
        self._budget, self._passed, self._spent = budget, passed, spent
        self._lists: dict[int, WatchList] = {}
        self._queries: dict[str, str] = {}
        self._refers: dict[int, frozenset[str]] = {}
        self._filing = Filing(many=many)
        self._compiled: dict[str, CompiledQuery] = {}
        self.change(lists)

    def __len__(self) -> int:
        """How many lists are asked."""
        return len(self._filing)

    @making_much_that_stays()
    def change(self, lists: Iterable[WatchList], gone: Iterable[int] = ()) -> None:
        """Put `lists` in the place of those with their ids, and take those `gone` out.

        Lists that refer to one of them are compiled anew; one of these that failed may work now, and is asked again.
        """
        new = {watch_list.id: watch_list for watch_list in lists}
        old = [self._lists[id_] for id_ in dict.fromkeys((*new, *gone)) if id_ in self._lists]
        if not new and not old:
            return
        for watch_list in old:
            del self._lists[watch_list.id]
            self._queries.pop(watch_list.name, None)
        self._lists.update(new)
        self._queries.update((watch_list.name, watch_list.query) for watch_list in new.values())
        names = (watch_list.name for watch_list in chain(old, new.values()))
        anew = self._referring({*names}) - new.keys() if self._refers else set()
        out = anew.union(watch_list.id for watch_list in old)
        self._filing.take_out(out)
        for known in (self.broken, self._refers, self.faults):
            for id_ in known.keys() & out:
                del known[id_]
        self._put_in([*new.values(), *(self._lists[id_] for id_ in anew if id_ in self._lists)])

    def match(self, reading: Reading) -> list[Hit]:
        """Return the hits of all lists on an item, by ascending id of the list."""
        hits: list[Hit] = []
        for of_phrase, spans in self._filing.phrases(reading):
            # One that fails is taken out meanwhile.
            for filed in tuple(of_phrase):
                if _in_scope(filed.list, reading):
                    hit = self._ask(filed, reading, spans)
                    if hit is not None:
                        hits.append(hit)
        for filed in self._filing.candidates(reading):
            if _in_scope(filed.list, reading):
                hit = self._ask(filed, reading)
                if hit is not None:
                    hits.append(hit)
        hits.sort()
        return hits

    def _ask(self, filed: Filed, reading: Reading, spans: tuple[Span, ...] | None = None) -> Hit | None:
        """Ask one list; `spans` are the places of one that is known to be met, which takes no time to be watched.

        One that fails or takes too long is asked no more, and what it says now still counts.
        """
        id_ = filed.list.id
        begun = self._passed()
        try:
            query = filed.query or self._query(filed)
            if spans is not None:
                return Hit(id_, query.terms, spans)
            hit = query.told(reading, watch_list=id_) if filed.sure else query.read(reading, watch_list=id_)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the other lists their item
            self._fault(id_, f"it failed over an item: {place_of(error)}")
            return None
        if self._passed() - begun > self._budget:
            # The clock may have gone on for other reasons; only what the CPU needs counts.
            before = self._spent()
            query.read(reading, watch_list=id_)
            if self._spent() - before > self._budget:
                self._fault(id_, f"it took more than {self._budget:g} s of CPU time over one item")
        return hit

    def _fault(self, id_: int, reason: str) -> None:
        self.faults[id_] = reason
        self._filing.take_out((id_,))
        self._put_in(())

    def _query(self, filed: Filed) -> CompiledQuery:
        """Compile a list's query, once for all lists that ask the same."""
        query = filed.list.query
        if query not in self._compiled:
            self._compiled[query] = CompiledQuery(parsed(query))
        filed.query = self._compiled[query]
        return filed.query

    def _put_in(self, lists: Iterable[WatchList]) -> None:
        plain: list[tuple[WatchList, tuple[str, ...]]] = []
        others: list[tuple[WatchList, Node, CompiledQuery | None]] = []
        trees: dict[str, Node] = {}
        for watch_list in lists:
            words = plain_words(watch_list.query)
            if not words:
                node = self._tree(watch_list, trees)
                if node is not None:
                    query = CompiledQuery(node) if watch_list.id in self._refers else None
                    others.append((watch_list, node, query))
            elif watch_list.asked:
                plain.append((watch_list, words))
        self._filing.put_in(plain, others)
        if len(self._compiled) > len(self):
            self._compiled.clear()

    def _tree(self, watch_list: WatchList, trees: dict[str, Node]) -> Node | None:
        """The tree of a list's query, without references; None where it is wrong, or the list is not asked."""
        query = watch_list.query
        try:
            node = trees.get(query) or trees.setdefault(query, parsed(query))
            if refers := frozenset(ref.name for ref in references(node)):
                self._refers[watch_list.id] = refers
                node = resolve(node, self._queries, query=query, name=watch_list.name)
        except QueryError as error:
            if watch_list.asked:
                self.broken[watch_list.id] = error
            return None
        return node if watch_list.asked else None

    def _referring(self, names: set[str]) -> set[int]:
        """The lists that refer to one of these names, or to a list that does."""
        found: set[int] = set()
        grown = True
        while grown:
            more = {id_ for id_, refers in self._refers.items() if id_ not in found and not refers.isdisjoint(names)}
            found |= more
            names = names | {self._lists[id_].name for id_ in more if id_ in self._lists}
            grown = bool(more)
        return found


def _in_scope(watch_list: WatchList, reading: Reading) -> bool:
    if watch_list.feed_tags and watch_list.feed_tags.isdisjoint(reading.item.feed_tags):
        return False
    if watch_list.languages:
        language = reading.language
        return language is None or any(speaks(language, wanted) for wanted in watch_list.languages)
    return True
