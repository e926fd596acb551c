"""Watch lists filed under what an item must show for them to match. PURE."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from worker.watchlists.extras import Extras, kind_of
from worker.watchlists.features import anchors, features_of, pattern_feature, required
from worker.watchlists.grammar import parse_canonical, plain_words
from worker.watchlists.meaning import leaves
from worker.watchlists.phrases import LONGEST, MOST_CHARACTERS, Phrases
from worker.watchlists.reading import run_of
from worker.watchlists.tree import Pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from worker.watchlists.features import Feature
    from worker.watchlists.model import Span, WatchList
    from worker.watchlists.query import CompiledQuery
    from worker.watchlists.reading import Reading
    from worker.watchlists.tree import Node

parsed = lru_cache(maxsize=16)(parse_canonical)
"""A list that has changed is filed now, and asked of the next item."""

MANY = 1_000
"""Phrases that are new, or gone, from which on to put all together anew is cheaper than to look for each by itself."""

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
class Filed:
    """One watch list as filed under its anchors; or under its `run`, and without anchors, if it is one of `Phrases`.

    No item matches without all words of `needs`; `sure`: whoever shows an anchor matches. `query` is None before the
    first item that may match.
    """

    list: WatchList
    needs: tuple[str, ...]
    anchors: tuple[Feature, ...]
    query: CompiledQuery | None = None
    sure: bool = False
    run: str = ""


class Filing:
    """Finds the watch lists that an item may match, at the cost of those that share a rare feature with it.

    Each list is filed under features (see `features`) of which every matching item has one, the rarest among the
    lists' own. A list that is nothing but a phrase, and no long one, is one of `Phrases` instead, once there are
    `many`: few changes are then filed as the others, until there are many again.
    """

    def __init__(self, *, many: int = MANY) -> None:
        """File nothing yet."""
        self._many = many
        self._of: dict[int, Filed] = {}
        self._under: dict[Feature, list[Filed]] = {}
        self._words: set[str] = set()
        self._pairs: set[tuple[str, str]] = set()
        self._others: set[str] = set()
        self._uses: Counter[Feature] = Counter()
        self._patterns: dict[str, Pattern] = {}
        self._extras: Extras | None = None
        self._single: dict[int, Filed] = {}
        self._together: Phrases[Filed] = Phrases()

    def __len__(self) -> int:
        """How many lists are filed."""
        return len(self._of)

    def phrases(self, reading: Reading) -> Iterator[tuple[Sequence[Filed], tuple[Span, ...]]]:
        """Yield the lists that are met by the same phrase, and its places."""
        return self._together.found(reading)

    def candidates(self, reading: Reading) -> set[Filed]:
        """Return the lists, without those of `phrases`, that an item may match; no other matches."""
        found: list[Feature] = list(self._words & reading.words)
        if self._pairs:
            for text in reading.texts(None):
                found += self._pairs.intersection(pairwise(text.words))
        if self._extras is not None:
            found += self._extras.of(reading)
        holds = reading.words.issuperset
        filed_under = self._under.get
        return {filed for anchor in found for filed in filed_under(anchor, ()) if holds(filed.needs)}

    def put_in(
        self,
        plain: Sequence[tuple[WatchList, tuple[str, ...]]],
        others: Sequence[tuple[WatchList, Node, CompiledQuery | None]],
    ) -> None:
        """File lists that are one word or phrase, with their words, and others with their trees, which refer to none.

        What is looked for is as of now, when what was taken out before is gone.
        """
        words = [one for one in plain if len(one[1]) == 1]
        self._uses.update(word for _, (word,) in words)
        found = [leaf for _, node, _ in others for leaf in leaves(node)]
        self._uses.update(feature for leaf in found for feature in features_of(leaf))
        self._patterns.update((pattern_feature(leaf), leaf) for leaf in found if isinstance(leaf, Pattern))
        for watch_list, word in words:
            self._file(Filed(watch_list, (), word, sure=True), "word")
        short: list[tuple[WatchList, tuple[str, ...]]] = []
        for watch_list, phrase in plain:
            if 1 < len(phrase) <= LONGEST and len(watch_list.query) <= MOST_CHARACTERS:
                short.append((watch_list, phrase))
            elif len(phrase) > 1:
                self._file_phrase(watch_list, phrase)
        self._file_phrases(short)
        for watch_list, node, query in others:
            self._file(Filed(watch_list, required(node), tuple(anchors(node, self._weight)), query))
        self._patterns = {feature: self._patterns[feature] for feature in self._patterns.keys() & self._others}
        self._extras = Extras(self._others, self._patterns) if self._others else None

    def take_out(self, ids: Collection[int]) -> None:
        """Take out those of these lists, each named once, that are there."""
        filed = [one for one in map(self._of.get, ids) if one is not None]
        runs: defaultdict[str, set[Filed]] = defaultdict(set)
        for one in filed:
            if one.run:
                runs[one.run].add(one)
        self._together.take_out(runs)
        self._take_from_anchors([one for one in filed if not one.run])
        for one in filed:
            del self._of[one.list.id]

    def _take_from_anchors(self, filed: Iterable[Filed]) -> None:
        anchors: defaultdict[Feature, set[Filed]] = defaultdict(set)
        for one in filed:
            self._single.pop(one.list.id, None)
            for feature in _used(one):
                self._uses[feature] -= 1
                if not self._uses[feature]:
                    del self._uses[feature]
            for anchor in one.anchors:
                anchors[anchor].add(one)
        for anchor, gone in anchors.items():
            left = [one for one in self._under[anchor] if one not in gone]
            if left:
                self._under[anchor] = left
            else:
                del self._under[anchor]
                self._looked_for(kind_of(anchor)).discard(anchor)

    def _file_phrases(self, phrases: Sequence[tuple[WatchList, tuple[str, ...]]]) -> None:
        """File each by itself; or, once these and what changed before are many, all together."""
        together, single = self._together, self._single
        if len(phrases) + len(single) + together.gone < max(self._many, len(together) // 4):
            for watch_list, words in phrases:
                single[watch_list.id] = self._file_phrase(watch_list, words)
            return
        more = chain(phrases, [(one.list, plain_words(one.list.query) or ()) for one in single.values()])
        new = [Filed(watch_list, (), (), run=run_of(words)) for watch_list, words in more]
        # First what may fail for want of memory: a set that says so is whole, and can be changed again.
        self._together = Phrases(chain(together, ((filed.run, filed) for filed in new)))
        self._take_from_anchors([*single.values()])
        self._of.update((filed.list.id, filed) for filed in new)

    def _file_phrase(self, watch_list: WatchList, words: tuple[str, ...]) -> Filed:
        """File a phrase under those two words in a row that fewest lists are filed under yet."""
        if len(words) == 2:  # noqa: PLR2004 - nothing is left to be decided
            filed = Filed(watch_list, (), (words,), sure=True)
        else:
            filed_under = self._under.get
            pair = min(pairwise(words), key=lambda pair: len(filed_under(pair, ())))
            filed = Filed(watch_list, words, (pair,))
        self._file(filed, "pair")
        return filed

    def _file(self, filed: Filed, kind: str | None = None) -> None:
        """File a list under its anchors, which are all of `kind` where one is given."""
        self._of[filed.list.id] = filed
        for anchor in filed.anchors:
            there = self._under.get(anchor)
            if there is None:
                self._under[anchor] = [filed]
                self._looked_for(kind or kind_of(anchor)).add(anchor)
            else:
                there.append(filed)

    def _looked_for(self, kind: str) -> set[Any]:
        """Where the features of a kind are kept, so that an item shows which of them it has."""
        return self._words if kind == "word" else self._pairs if kind == "pair" else self._others

    def _weight(self, feature: Feature) -> float:
        """How much a list costs that is filed under a feature: the rarer among the lists, and the longer, the less."""
        return (self._uses[feature] + 1 / (len(feature) or 1)) * _WEIGHT.get(kind_of(feature), 2.0)


def _used(filed: Filed) -> Iterable[Feature]:
    """Return the features that a list was counted with (`Filing._uses`)."""
    words = plain_words(filed.list.query)
    if words:
        return words if len(words) == 1 else ()
    node = filed.query.node if filed.query is not None else parsed(filed.list.query)
    return chain.from_iterable(map(features_of, leaves(node)))
