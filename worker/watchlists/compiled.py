"""All watch lists as one set that reads each item once. PURE."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

from worker.errors import QueryError, place_of
from worker.memory import making_much_that_stays
from worker.watchlists.extras import Extras, kind_of
from worker.watchlists.features import anchors, features_of, pattern_feature, required
from worker.watchlists.grammar import parse_canonical, plain_words
from worker.watchlists.meaning import leaves
from worker.watchlists.query import CompiledQuery
from worker.watchlists.resolving import references, resolve
from worker.watchlists.sought import speaks
from worker.watchlists.tree import Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from worker.watchlists.features import Feature
    from worker.watchlists.model import Hit, WatchList
    from worker.watchlists.reading import Reading
    from worker.watchlists.tree import Node

_parsed = lru_cache(maxsize=16)(parse_canonical)
"""A list that has changed is filed now, and asked of the next item."""

BUDGET_S = 0.25
"""CPU time that one list may take over one item: five times what the worst queries of the tests may (issue 5)."""

_WEIGHT = {
    "word": 1.0,
    "pair": 0.01,
    "run": 2.0,
    "stem": 2.0,
    "country": 4.0,
    "pattern": 1e4,
    "label": 1e6,
    "always": 1e9,
}
"""How much heavier than a word a feature is: items have it more often, or it costs more to look for."""


@dataclass(slots=True, eq=False)
class _Filed:
    """One watch list as filed under its anchors; no item matches without all words of `needs`.

    `query` is None before the first item that may match; `sure`: whoever shows an anchor matches.
    """

    list: WatchList
    needs: tuple[str, ...]
    anchors: tuple[Feature, ...]
    query: CompiledQuery | None = None
    sure: bool = False


class CompiledSet:
    """All watch lists; `match` costs what the lists that share a rare word with the item cost, not what all do.

    Each list is filed under features (see `features`) of which every matching item has one, the rarest among the
    lists' own. What an item shows finds the candidates; scope, then the whole condition, decide.

    Attributes:
        broken: The lists whose query is wrong, with the error; the others work all the same.
        faults: The lists that failed over an item, with the reason: they are asked no more.
    """

    def __init__(
        self,
        lists: Iterable[WatchList] = (),
        *,
        budget: float = BUDGET_S,
        passed: Callable[[], float] = perf_counter,
        spent: Callable[[], float] = thread_time,
    ) -> None:
        """Compile `lists`. `budget` is in seconds of `spent`, the CPU's clock; `passed` is a cheaper one."""
        self.broken: dict[int, QueryError] = {}
        self.faults: dict[int, str] = {}
        self._budget, self._passed, self._spent = budget, passed, spent
        self._lists: dict[int, WatchList] = {}
        self._queries: dict[str, str] = {}
        self._refers: dict[int, frozenset[str]] = {}
        self._of: dict[int, _Filed] = {}
        self._filed: dict[Feature, list[_Filed]] = {}
        self._words: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()
        self._others: set[str] = set()
        self._uses: Counter[Feature] = Counter()
        self._compiled: dict[str, CompiledQuery] = {}
        self._patterns: dict[str, Pattern] = {}
        self._extras: Extras | None = None
        self.change(lists)

    def __len__(self) -> int:
        """How many lists are asked."""
        return len(self._of)

    @making_much_that_stays()
    def change(self, lists: Iterable[WatchList], gone: Iterable[int] = ()) -> None:
        """Put `lists` in the place of those with their ids, and take those `gone` out.

        Lists that refer to one of them are compiled anew.
        """
        new = {watch_list.id: watch_list for watch_list in lists}
        old = [self._lists[id_] for id_ in (*new, *gone) if id_ in self._lists]
        if not new and not old:
            return
        for watch_list in old:
            del self._lists[watch_list.id]
            self._queries.pop(watch_list.name, None)
        self._lists.update(new)
        self._queries.update((watch_list.name, watch_list.query) for watch_list in new.values())
        names = (watch_list.name for watch_list in chain(old, new.values()))
        anew = self._referring({*names}) - new.keys() if self._refers else set()
        for id_ in chain((watch_list.id for watch_list in old), anew):
            self._take_out(id_)
            self.faults.pop(id_, None)
        self._put_in([*new.values(), *(self._lists[id_] for id_ in anew if id_ in self._lists)])

    def match(self, reading: Reading) -> list[Hit]:
        """Return the hits of all lists on an item, by ascending id of the list."""
        found: list[Feature] = list(self._words & reading.words)
        if self._pairs:
            for text in reading.texts(None):
                found += self._pairs.intersection(pairwise(text.words))
        if self._extras is not None:
            found += self._extras.of(reading)
        holds = reading.words.issuperset
        filed_under = self._filed.get
        candidates = {filed for anchor in found for filed in filed_under(anchor, ()) if holds(filed.needs)}
        hits: list[Hit] = []
        for filed in candidates:
            watch_list = filed.list
            # Most are in any scope, and to ask costs as much as to look.
            if (watch_list.feed_tags or watch_list.languages) and not _in_scope(watch_list, reading):
                continue
            hit = self._ask(filed, reading)
            if hit is not None:
                hits.append(hit)
        hits.sort()
        return hits

    def _ask(self, filed: _Filed, reading: Reading) -> Hit | None:
        """Ask one list. One that fails or takes too long is asked no more, and what it says now still counts."""
        id_ = filed.list.id
        begun = self._passed()
        try:
            query = filed.query or self._query(filed)
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
        self._take_out(id_)
        self._refresh()

    def _query(self, filed: _Filed) -> CompiledQuery:
        """Compile a list's query, once for all lists that ask the same."""
        query = filed.list.query
        if query not in self._compiled:
            self._compiled[query] = CompiledQuery(_parsed(query))
        filed.query = self._compiled[query]
        return filed.query

    def _put_in(self, lists: Iterable[WatchList]) -> None:
        plain: list[tuple[WatchList, tuple[str, ...]]] = []
        others: list[tuple[WatchList, Node]] = []
        trees: dict[str, Node] = {}
        for watch_list in lists:
            words = plain_words(watch_list.query)
            if not words:
                node = self._tree(watch_list, trees)
                if node is not None:
                    others.append((watch_list, node))
            elif watch_list.asked:
                plain.append((watch_list, words))
        self._uses.update(words[0] for _, words in plain if len(words) == 1)
        found = [leaf for _, node in others for leaf in leaves(node)]
        self._uses.update(feature for leaf in found for feature in features_of(leaf))
        self._patterns.update((pattern_feature(leaf), leaf) for leaf in found if isinstance(leaf, Pattern))
        for watch_list, words in plain:
            self._file_plain(watch_list, words)
        for watch_list, node in others:
            query = CompiledQuery(node) if watch_list.id in self._refers else None
            self._file(_Filed(watch_list, required(node), tuple(anchors(node, self._weight)), query))
        self._refresh()

    def _tree(self, watch_list: WatchList, trees: dict[str, Node]) -> Node | None:
        """The tree of a list's query, without references; None where it is wrong, or the list is not asked."""
        query = watch_list.query
        try:
            node = trees.get(query) or trees.setdefault(query, _parsed(query))
            if refers := frozenset(ref.name for ref in references(node)):
                self._refers[watch_list.id] = refers
                node = resolve(node, self._queries, query=query, name=watch_list.name)
        except QueryError as error:
            if watch_list.asked:
                self.broken[watch_list.id] = error
            return None
        return node if watch_list.asked else None

    def _file_plain(self, watch_list: WatchList, words: tuple[str, ...]) -> None:
        """File a word under itself, a phrase under those two words in a row that fewest lists are filed under yet."""
        if len(words) == 1:
            self._file(_Filed(watch_list, (), words, sure=True), "word")
            return
        first, second, *more = words
        if not more:
            self._file(_Filed(watch_list, (), ((first, second),), sure=True), "pair")
        else:
            filed_under = self._filed.get
            pair = min(pairwise(words), key=lambda pair: len(filed_under(pair, ())))
            self._file(_Filed(watch_list, words, (pair,)), "pair")

    def _file(self, filed: _Filed, kind: str | None = None) -> None:
        """File a list under its anchors, which are all of `kind` where one is given."""
        self._of[filed.list.id] = filed
        for anchor in filed.anchors:
            there = self._filed.get(anchor)
            if there is None:
                self._filed[anchor] = [filed]
                self._looked_for(kind or kind_of(anchor)).add(anchor)
            else:
                there.append(filed)

    def _take_out(self, id_: int) -> None:
        self.broken.pop(id_, None)
        self._refers.pop(id_, None)
        filed = self._of.pop(id_, None)
        if filed is None:
            return
        for feature in _used(filed):
            self._uses[feature] -= 1
            if not self._uses[feature]:
                del self._uses[feature]
        for anchor in filed.anchors:
            left = [one for one in self._filed[anchor] if one is not filed]
            if left:
                self._filed[anchor] = left
            else:
                del self._filed[anchor]
                self._looked_for(kind_of(anchor)).discard(anchor)

    def _looked_for(self, kind: str) -> set[Any]:
        """Where the features of a kind are kept, so that an item shows which of them it has."""
        return self._words if kind == "word" else self._pairs if kind == "pair" else self._others

    def _refresh(self) -> None:
        """Make anew what looks for the features under which lists are filed now."""
        self._patterns = {feature: self._patterns[feature] for feature in self._patterns.keys() & self._others}
        self._extras = Extras(self._others, self._patterns) if self._others else None
        if len(self._compiled) > len(self._of):
            self._compiled.clear()

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

    def _weight(self, feature: Feature) -> float:
        """How much a list costs that is filed under a feature: the rarer among the lists, and the longer, the less."""
        return (self._uses[feature] + 1 / (len(feature) or 1)) * _WEIGHT.get(kind_of(feature), 2.0)


def _used(filed: _Filed) -> Iterable[Feature]:
    """Return the features that a list was counted with (`CompiledSet._uses`)."""
    words = plain_words(filed.list.query)
    if words:
        return words if len(words) == 1 else ()
    node = filed.query.node if filed.query is not None else _parsed(filed.list.query)
    return chain.from_iterable(map(features_of, leaves(node)))


def _in_scope(watch_list: WatchList, reading: Reading) -> bool:
    if watch_list.feed_tags and watch_list.feed_tags.isdisjoint(reading.item.feed_tags):
        return False
    if watch_list.languages:
        language = reading.language
        return language is None or any(speaks(language, wanted) for wanted in watch_list.languages)
    return True
