"""Which items of a document are which of those that we know. PURE."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from worker.stories.canonical import canonical_url
from worker.stories.identity import ABSENT, aliases, names
from worker.stories.likeness import is_like, is_other
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from worker.stories.ladder import Standing
    from worker.stories.model import IdentifiedItem, KnownItem, Names, RecalledItem

_WORDS_OF_A_TITLE = 4
"""Shorter titles without any date ("Live", "Weather") come back for other articles."""

_BEFORE_AND_NOW = 2
_LINK, _DATE = 1, 3
"""Where they stand among an item's names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A document's items, and what is known that they may be.

    Attributes:
        items: The document's distinct items (`stories.identity.identify`), in order; of those that were read.
        known: Items of this feed whose identity is one of the document's (below the highest rung: one of the
            document's `aliases`) or whose content is one of the document's, each once.
        standing: Of the feed.
        unchanged: Ids of items that stand in the document as they stood in the last one and were not read again; none
            of them is among `items`.
        gone: Names of items that the last document had, by id, in slices that this one does not have: they are gone,
            or have changed.
    """

    items: Sequence[IdentifiedItem]
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

    Each known item is claimed once, the earliest stored first.
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
        self._texts: set[str] | None = None
        self._by_content()

    def wanted(self) -> set[int]:
        """Return the ids of known items whose words `recognised` needs to see: mostly none."""
        doubtful = [*self._doubtful()]
        ids = {known.id for known, _ in doubtful}
        for item in [*self._rest(), *(item for _, item in doubtful)]:
            ids.update(known.id for known in self._aliased(item))
            ids.update(self._neighbours(item))
        return ids

    def recognised(self, recalled: Mapping[int, RecalledItem]) -> Recognised:
        """Return who is who; `recalled`: those of the `wanted` ones that are there."""
        self._recalled = recalled
        robbed: list[KnownItem] = []
        if recalled:
            robbed = self._rob()
            self._by_content()
            for item in self._rest():
                self._claim(item, (known for known in self._aliased(item) if self._is_like(known.id, item)))
            for item in self._rest():
                self._claim(item, self._like_neighbours(item))
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
            if before is not None and is_other(before, item.item, self._vain()):
                del self._found[item.identity]
                self._claimed.discard(known.id)
                robbed.append(known)
        return robbed

    def _by_content(self) -> None:
        """Find those that have the words of a known item that is gone from the document."""
        left = self._rest() if len(self._asked.known) > len(self._found) else []
        if not left:
            return
        gone: dict[bytes, list[KnownItem]] = {}
        for absent in sorted(self._asked.known, key=lambda one: one.id):
            if absent.id not in self._claimed:
                gone.setdefault(absent.content, []).append(absent)
        for item in left:
            same = [known for known in gone.get(item.content, ()) if known.id not in self._claimed]
            # Of two that say the same the one in the same place is meant.
            same.sort(key=lambda known: not _is_there(known, item))
            if self._claim(item, (known for known in same if self._may_have_moved(known, item))):
                self._changing = True

    def _aliased(self, item: IdentifiedItem) -> list[KnownItem]:
        """Those of the unclaimed that may have been known by what this item says, on another rung."""
        if self._asked.standing.rung == "id" or not self._by_identity:
            return []
        known = (self._by_identity.get(alias) for alias in aliases(item.item))
        return [one for one in known if one is not None and one.id not in self._claimed]

    def _neighbours(self, item: IdentifiedItem) -> list[int]:
        """Those gone from the document that had this item's link, or were published in the same second."""
        if not self._asked.gone:
            return []
        _, link, _, date = names(item.item)
        by_link = not self._is_trusted(item)
        return [
            id_
            for id_, (_, its_link, _, its_date) in self._asked.gone.items()
            if id_ not in self._claimed
            and ((date != ABSENT and date == its_date) or (by_link and link != ABSENT and link == its_link))
        ]

    def _like_neighbours(self, item: IdentifiedItem) -> Iterator[KnownItem]:
        for id_ in self._neighbours(item):
            before = self._recalled.get(id_)
            if before is not None and (
                is_like(before, item.item, self._vain(), wholly=self._is_trusted(item))
                or self._is_alone(id_, item, before)
            ):
                yield before.known

    def _is_like(self, known: int, item: IdentifiedItem) -> bool:
        before = self._recalled.get(known)
        return before is not None and is_like(before, item.item, self._vain())

    def _is_trusted(self, item: IdentifiedItem) -> bool:
        """Whether an id of its own speaks for the item being another."""
        return item.rung == "id" and not self._changing

    def _claim(self, item: IdentifiedItem, known: Iterable[KnownItem]) -> bool:
        """Say that the item is the first of these, and whether there was one."""
        first = next(iter(known), None)
        if first is None:
            return False
        self._found[item.identity] = first
        self._claimed.add(first.id)
        return True

    def _is_alone(self, known: int, item: IdentifiedItem, before: RecalledItem) -> bool:
        """Whether a sign that the feed can be trusted on is this item's, and one known item's, and nobody else's.

        That is the link, unless it means a wholly other article; where links are worth nothing, the second of
        publication: then the headline alone was written anew.
        """
        rung = self._asked.standing.rung
        place = _LINK if rung in {"id", "link"} else _DATE
        mine = names(item.item)[place]
        if mine == ABSENT or rung == "link+date" or mine != self._asked.gone[known][place]:
            return False
        bearers = sum(names(other.item)[place] == mine for other in self._asked.items)
        bearers += sum(its_names[place] == mine for its_names in self._asked.gone.values())
        if bearers != _BEFORE_AND_NOW:
            return False
        return place == _DATE or not is_other(before, item.item, self._vain())

    def _may_have_moved(self, known: KnownItem, item: IdentifiedItem) -> bool:
        """Whether the same words in another place are the same item, and not the next one of a series."""
        if self._asked.standing.rung in {"link+title", "title+text"} or _is_there(known, item):
            return True
        if known.published is not None and item.item.published is not None:
            return known.published == item.item.published
        return len(words_of(item.item.title)) >= _WORDS_OF_A_TITLE

    def _vain(self) -> set[str]:
        if self._texts is None:
            texts = Counter(item.item.text for item in self._asked.items)
            self._texts = {text for text, times in texts.items() if times > 1}
        return self._texts


def _is_there(known: KnownItem, item: IdentifiedItem) -> bool:
    return canonical_url(known.link or "") == canonical_url(item.item.link or "")
