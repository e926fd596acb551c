"""Copies: which items a newcomer may be a copy of, and which of them it is nearest to. Touches nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from worker.stories.nearness import CANDIDATES, COMMON, kinship, tells_alone
from worker.stories.story import FULL_REPORT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from worker.records import ItemToMatch, KeyOwner
    from worker.stories.nearness import Kinship
    from worker.stories.wire import Credit
    from worker.stories.wording import Wording


class Prepared(NamedTuple):
    """An item with its wording, the keys of that, and whom it credits."""

    item: ItemToMatch
    wording: Wording
    keys: tuple[int, ...]
    credit: Credit


class Place(NamedTuple):
    """Where an item is: in a story that is there already, or in the one that the item `begun_by` of this batch begins.

    Attributes:
        text_of: The item whose text it carries.
        kinship: What brought it there; None where nothing new did.
    """

    item: int
    text_of: int
    story: int | None = None
    begun_by: int = 0
    kinship: Kinship | None = None

    @property
    def begins(self) -> bool:
        """Whether the item begins a story."""
        return self.begun_by == self.item


class Relative(NamedTuple):
    """An item that a newcomer may be a copy of: `wordings` are what it says, and what it said before it was revised."""

    feed: int
    wordings: tuple[Wording, ...]
    place: Place


@dataclass(slots=True)
class Search:
    """Copies are found by the keys that a newcomer shares with items that came before, those of this batch too.

    Attributes:
        owned: Whose the keys are that items outside this batch own.
        offered: Which item of this batch brought a key first.
        relatives: item -> what is known of it.
        shared: Keys that copies shared with the item that they are copies of.
        in_vain: key -> how many items of this batch met it and began stories of their own.
    """

    owned: dict[int, KeyOwner]
    offered: Mapping[int, int]
    relatives: dict[int, Relative] = field(default_factory=dict)
    shared: set[int] = field(default_factory=set)
    in_vain: Counter[int] = field(default_factory=Counter)

    def candidates(self, newcomers: Iterable[Prepared]) -> set[int]:
        """Return the items outside this batch that newcomers may be copies of."""
        found: set[int] = set()
        if self.owned:
            for one in newcomers:
                met = {key: self.owned[key].item for key in one.keys if key in self.owned and not self._is_common(key)}
                found.update(_likeliest(one, met))
        return found

    def meet(self, relatives: Mapping[int, Relative], *, asked: Collection[int]) -> dict[int, int]:
        """Take in what is known of the candidates `asked` for; return the keys of those that are over, for newcomers.

        A story that ended, or was never there, is nobody's any more: what it owns goes to who brings it now.
        """
        self.relatives.update(relatives)
        over = set(asked) - relatives.keys()
        freed = {key: self.offered[key] for key, owner in self.owned.items() if owner.item in over}
        for key in freed:
            del self.owned[key]
        return freed

    def place(self, one: Prepared) -> Place:
        """Find where an item belongs, and remember it for those that follow."""
        item = one.item
        place = self._beside(one) if item.story is None else Place(item.id, item.text_of, item.story)
        self.relatives[item.id] = Relative(item.feed, (one.wording,), place)
        return place

    def _beside(self, one: Prepared) -> Place:
        """Place a newcomer: beside the nearest relative, or at the head of a story of its own."""
        item, owned, offered = one.item, self.owned, self.offered
        met: dict[int, int] = {}  # key -> its owner, of those that are not the item's own
        common: list[int] = []
        for key in one.keys:
            owner = owned[key].item if key in owned else offered[key]
            if owner != item.id:
                if self._is_common(key):
                    common.append(key)
                else:
                    met[key] = owner
        found = self._nearest(one, met, common) if met else None
        if found is None:
            self.in_vain.update(met.keys())
            return Place(item.id, item.id, begun_by=item.id)
        kin, nearest = found
        self.shared.update(key for key, owner in met.items() if owner == nearest)
        there = self.relatives[nearest].place
        text_of = item.id if kin.kind == "headline" else there.text_of
        return Place(item.id, text_of, there.story, there.begun_by, kin)

    def _nearest(self, one: Prepared, met: Mapping[int, int], common: Sequence[int]) -> tuple[Kinship, int] | None:
        """Return the relative that a newcomer is a copy of, if any."""
        nearest: tuple[Kinship, int] | None = None
        for owner in _likeliest(one, met):
            near = self.relatives.get(owner)
            if near is None:
                continue
            for said in near.wordings:
                kin = kinship(one.wording, said, same_feed=near.feed == one.item.feed, common=common)
                # Of equals the likelier, that came first: the same items always make the same stories.
                if kin is not None and (nearest is None or kin > nearest[0]):
                    nearest = kin, owner
        return nearest

    def _is_common(self, key: int) -> bool:
        """Whether so many stories met the key in vain, those of this batch too, that it is boilerplate."""
        owner = self.owned.get(key)
        return self.in_vain[key] + (0 if owner is None else owner.bad) >= COMMON


def _likeliest(one: Prepared, met: Mapping[int, int]) -> list[int]:
    """Return the owners of most of the keys that a newcomer met, first things first.

    A full report has many shingles, of which a copy shares more than one.
    """
    votes = Counter(met.values())
    least = 1
    if one.wording.words >= FULL_REPORT:
        votes.update(owner for key, owner in met.items() if tells_alone(key))
        least = 2
    likely = [owner for owner in votes if votes[owner] >= least]
    return sorted(likely, key=lambda owner: (-votes[owner], owner))[:CANDIDATES]
