"""Which items of a document are which of those that we know. PURE."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from worker.stories.identity import ABSENT, aliases
from worker.stories.likeness import Likeness
from worker.stories.places import Places
from worker.stories.sayings import Sayings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from worker.stories.ladder import Standing
    from worker.stories.model import IdentifiedItem, KnownItem, Names, RecalledItem
    from worker.stories.places import Place

_HELD_BESIDE = 5_000
"""Pairs of items that have a place in common, and are compared: where a document has more, each of its items is held
beside its share of them, the first."""

_BEFORE_AND_NOW = 2
_LINK, _DATE = 1, 3
"""Where they stand among an item's names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A document's items, and what is known that they may be.

    Attributes:
        items: The document's distinct items (`stories.identity.identify`), in order; of those that were read.
        names: Their names (`stories.identity.names`), in the same order.
        known: Items of this feed whose identity is one of the document's (below the highest rung: one of the
            document's `aliases`) or whose content is one of the document's, each once.
        standing: Of the feed.
        unchanged: Ids of items that stand in the document as they stood in the last one and were not read again; none
            of them is among `items`.
        gone: Names of items that the last document had, by id, in slices that this one does not have: they are gone,
            or have changed.
    """

    items: Sequence[IdentifiedItem]
    names: Sequence[Names]
    known: Sequence[KnownItem]
    standing: Standing
    unchanged: Collection[int] = ()
    gone: Mapping[int, Names] = field(default_factory=dict)


@dataclass(slots=True)
class Recognised:
    """Who is who; each known item and each item of the document stands in one place at most.

    Attributes:
        met: Known items that are in the document, with what they are there, in document order.
        unseen: Items that nothing of what is known is, in document order.
        robbed: Known items whose identity now names another article.
    """

    met: list[tuple[KnownItem, IdentifiedItem]]
    unseen: list[IdentifiedItem]
    robbed: list[KnownItem]


class Recognition:
    """Tells which items are known, the surest signs first.

    1. The same identity, unless a link means a wholly other article now.
    2. The same content under another identity, of a known item that is gone from the document.
    3. Another rung's identity, and words that are much the same.
    4. The place of one that the last document had and this one has not (its link, or the second it was published), and
       words that are much the same.

    Each known item is claimed once, the earliest stored first. The work grows with the number of items, not with its
    square, whatever they say: they are looked up, and words are compared within limits.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._recalled: Mapping[int, RecalledItem] = {}
        self._by_identity = {known.identity: known for known in asked.known}
        self._found: dict[bytes, KnownItem] = {
            item.identity: self._by_identity[item.identity]
            for item in asked.items
            if item.identity in self._by_identity
        }
        self._claimed = {known.id for known in self._found.values()}.union(asked.unchanged)
        self._changing = asked.standing.doubts > 0
        self._aliases: dict[bytes, list[KnownItem]] = {}
        self._by_content()

    def wanted(self) -> set[int]:
        """Return the ids of known items whose words `recognised` needs to see: mostly none."""
        doubtful = [*self._doubtful()]
        asking = [*self._rest(), *(item for _, item in doubtful)]
        ids = {known.id for known, _ in doubtful}
        ids.update(known.id for item in asking for known in self._aliased(item))
        if self._asked.gone and asking:
            ids |= Places(self._asked.gone).at_any([self._place(item) for item in asking]) - self._claimed
        return ids

    def recognised(self, recalled: Mapping[int, RecalledItem]) -> Recognised:
        """Return who is who; `recalled`: those of the `wanted` ones that are there."""
        robbed: list[KnownItem] = []
        if recalled:
            self._recalled = recalled
            robbed = self._rob()
            self._by_content()
            self._by_alias()
            self._by_place()
        return Recognised(self._met(), self._rest(), robbed)

    def _met(self) -> list[tuple[KnownItem, IdentifiedItem]]:
        found = self._found
        return [(found[item.identity], item) for item in self._asked.items if item.identity in found]

    def _rest(self) -> list[IdentifiedItem]:
        return [item for item in self._asked.items if item.identity not in self._found]

    def _doubtful(self) -> Iterator[tuple[KnownItem, IdentifiedItem]]:
        """Known links under which other words stand now; ids are trusted, a title belongs to its words."""
        return ((known, item) for known, item in self._met() if item.rung == "link" and known.content != item.content)

    def _rob(self) -> list[KnownItem]:
        """Take the identities of those from whom wholly other articles have taken their links."""
        robbed: list[KnownItem] = []
        for known, item in [*self._doubtful()]:
            before = self._recalled.get(known.id)
            if before is not None and self._likeness.is_other(before, item.item):
                del self._found[item.identity]
                self._claimed.discard(known.id)
                robbed.append(known)
        return robbed

    def _by_content(self) -> None:
        """Find those that have the words of a known item that is gone from the document."""
        left = self._rest() if len(self._asked.known) > len(self._found) else []
        if not left:
            return
        gone = Sayings(known for known in self._asked.known if known.id not in self._claimed)
        links_lie = self._asked.standing.rung in {"link+title", "title+text"}
        for item in left:
            known = gone.take(item, links_lie=links_lie)
            if known is not None:
                self._claim(item, known)
                self._changing = True

    def _by_alias(self) -> None:
        """Find those that were known by what they say, on another rung."""
        for item in self._rest():
            for known in self._aliased(item):
                before = self._recalled.get(known.id)
                if before is not None and self._likeness.is_like(before, item.item):
                    self._claim(item, known)
                    break

    def _by_place(self) -> None:
        """Find those that stand where one stood that is gone."""
        gone = self._asked.gone
        left = {id_: gone[id_] for id_ in gone if id_ in self._recalled and id_ not in self._claimed}
        rest = self._rest() if left else []
        places = Places(left)
        for item in rest:
            for id_ in islice(places.at(self._place(item)), max(1, _HELD_BESIDE // len(rest))):
                before = self._recalled[id_]
                if self._likeness.is_like(before, item.item, wholly=self._is_trusted(item)) or self._is_alone(
                    item, before
                ):
                    self._claim(item, before.known)
                    places.leave(id_)
                    break

    def _claim(self, item: IdentifiedItem, known: KnownItem) -> None:
        self._found[item.identity] = known
        self._claimed.add(known.id)

    def _aliased(self, item: IdentifiedItem) -> list[KnownItem]:
        """Those of the unclaimed that may have been known by what this item says, on another rung."""
        if self._asked.standing.rung == "id" or not self._by_identity:
            return []
        found = self._aliases.get(item.identity)
        if found is None:
            known = map(self._by_identity.get, aliases(item.item))
            found = self._aliases[item.identity] = [one for one in known if one is not None]
        return [one for one in found if one.id not in self._claimed]

    def _place(self, item: IdentifiedItem) -> Place:
        """Where an item stands: its link is no sign where an id of its own says that it is another."""
        _, link, _, date = self._names[item.identity]
        return ABSENT if self._is_trusted(item) else link, date

    def _is_trusted(self, item: IdentifiedItem) -> bool:
        """Whether an id of its own speaks for the item being another."""
        return item.rung == "id" and not self._changing

    def _is_alone(self, item: IdentifiedItem, before: RecalledItem) -> bool:
        """Whether a sign that the feed can be trusted on is this item's, and one known item's, and nobody else's.

        That is the link, unless it means a wholly other article; where links are worth nothing, the second of
        publication: then the headline alone was written anew.
        """
        place = self._sign
        mine = self._names[item.identity][place]
        if (
            mine == ABSENT
            or self._asked.standing.rung == "link+date"
            or mine != self._asked.gone[before.known.id][place]
            or self._bearers[mine] != _BEFORE_AND_NOW
        ):
            return False
        return place == _DATE or not self._likeness.is_other(before, item.item)

    @property
    def _sign(self) -> int:
        return _LINK if self._asked.standing.rung in {"id", "link"} else _DATE

    @cached_property
    def _names(self) -> dict[bytes, Names]:
        return {item.identity: names for item, names in zip(self._asked.items, self._asked.names, strict=True)}

    @cached_property
    def _bearers(self) -> Counter[bytes]:
        """How many items, gone or here, have the same sign."""
        return Counter(names[self._sign] for names in chain(self._asked.names, self._asked.gone.values()))

    @cached_property
    def _likeness(self) -> Likeness:
        """For all that may be compared, and is so after `wanted`."""
        texts = Counter(item.item.text for item in self._asked.items)
        asking = [*self._rest(), *(item for _, item in self._doubtful())]
        vain = {text for text, times in texts.items() if times > 1}
        return Likeness(self._recalled.values(), [item.item for item in asking], vain)
