"""Fold: give each new item its story, within the match step's transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from worker.alerts.model import Development
from worker.records import FoldedItem, OpenedStory
from worker.stories import story as stories
from worker.stories.nearness import CANDIDATES, COMMON, copy_keys, kinship
from worker.stories.outlet import outlet
from worker.stories.wire import credit
from worker.stories.wording import wording
from worker.text.tokens import words_of
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.pipeline.ports import MatchTransaction
    from worker.records import ItemToMatch, KeyOwner, Told
    from worker.stories.nearness import Kinship
    from worker.stories.story import Summary
    from worker.stories.wire import Credit
    from worker.stories.wording import Wording


class Folding(NamedTuple):
    """What folding did: item -> its story, and what that adds to stories that were there before."""

    story_of: dict[int, int]
    developments: tuple[Development, ...] = ()


class _Read(NamedTuple):
    """An item with its wording, and the keys of that."""

    item: ItemToMatch
    wording: Wording
    keys: tuple[int, ...]
    credit: Credit


class _Place(NamedTuple):
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


class _Relative(NamedTuple):
    """An item that a newcomer may be a copy of."""

    feed: int
    wording: Wording
    place: _Place


@dataclass(slots=True)
class _Search:
    """Copies are found by the keys that a newcomer shares with items that came before, those of this batch too.

    Attributes:
        owned: Whose the keys are that items outside this batch own.
        offered: Which item of this batch brought a key first.
        relatives: item -> what is known of it.
        shared: Keys that copies shared with the item that they are copies of.
        in_vain: key -> how many items of this batch met it and began stories of their own.
    """

    owned: Mapping[int, KeyOwner]
    offered: Mapping[int, int]
    relatives: dict[int, _Relative]
    shared: set[int] = field(default_factory=set)
    in_vain: Counter[int] = field(default_factory=Counter)

    def place(self, one: _Read) -> _Place:
        """Find where an item belongs, and remember it for those that follow."""
        item = one.item
        place = self._beside(one) if item.story is None else _Place(item.id, item.text_of, item.story)
        self.relatives[item.id] = _Relative(item.feed, one.wording, place)
        return place

    def _beside(self, one: _Read) -> _Place:
        """Place a newcomer: beside the nearest relative, or at the head of a story of its own."""
        item = one.item
        met: dict[int, int] = {}  # key -> its owner, of those that are not the item's own
        common: list[int] = []
        for key in one.keys:
            owner, bad = self.owned.get(key) or (self.offered[key], 0)
            if owner != item.id:
                if bad + self.in_vain[key] < COMMON:
                    met[key] = owner
                else:
                    common.append(key)
        found = self._nearest(one, met, common) if met else None
        if found is None:
            self.in_vain.update(met.keys())
            return _Place(item.id, item.id, begun_by=item.id)
        kin, nearest = found
        self.shared.update(key for key, owner in met.items() if owner == nearest)
        there = self.relatives[nearest].place
        text_of = item.id if kin.kind == "headline" else there.text_of
        return _Place(item.id, text_of, there.story, there.begun_by, kin)

    def _nearest(self, one: _Read, met: Mapping[int, int], common: Sequence[int]) -> tuple[Kinship, int] | None:
        """Return the relative that a newcomer is a copy of, if any; the candidates own most of its keys."""
        votes = Counter(owner for owner in met.values() if owner in self.relatives)
        # Of equals the one that came first: the same items always make the same stories.
        likeliest = sorted(votes, key=lambda owner: (-votes[owner], owner))[:CANDIDATES]
        kin_of = {
            owner: kinship(one.wording, near.wording, same_feed=near.feed == one.item.feed, common=common)
            for owner, near in ((owner, self.relatives[owner]) for owner in likeliest)
        }
        kin = [(kin, -place, owner) for place, (owner, kin) in enumerate(kin_of.items()) if kin is not None]
        return max(kin)[::2] if kin else None


def fold(
    transaction: MatchTransaction,
    items: Sequence[ItemToMatch],
    readings: Mapping[int, Reading],
    *,
    now: datetime,
    window: timedelta,
) -> Folding:
    """Give each item its story; items folded before keep theirs, for they came back because they changed.

    1. Offer the copy keys of all; what others own leads to the items that a newcomer may be a copy of.
    2. Place each newcomer: beside the nearest of these, or at the head of a story of its own.
    3. Open those stories, write where each item is and who wrote it, settle the keys.
    4. Sum up the stories that are not what they were.
    """
    if not items:
        return Folding({})
    read = [_read(item, readings[item.id]) for item in items]
    # The fullest first: what two summaries have in common may stand only in the text that both are taken from.
    fullest = sorted(read, key=lambda one: -one.wording.words)
    offered: dict[int, int] = {}
    for one in fullest:
        for key in one.keys:
            offered.setdefault(key, one.item.id)
    owned = transaction.claim_keys(offered, now=now, window=window)
    asked = {owner.item for owner in owned.values() if owner.bad < COMMON}
    told = transaction.told(asked, since=now - window).values() if asked else ()
    search = _Search(owned, offered, {one.id: _relative(one) for one in told})
    place_of = {one.item.id: search.place(one) for one in fullest}
    begun = _begin(transaction, [one for one in read if place_of[one.item.id].begins], now=now)
    folded = [_folded(one, place_of[one.item.id], begun) for one in read]
    transaction.fold(folded)
    transaction.settle_keys(shared=search.shared, met=search.in_vain, common=COMMON, now=now, window=window)
    changed = [one.item for one in read if one.item.story is not None]
    corrected = _corrected(transaction, changed, readings)
    developments = _sum_up(transaction, folded, set(begun.values()), changed, corrected, now=now)
    return Folding({one.item: one.story for one in folded}, developments)


def _read(item: ItemToMatch, reading: Reading) -> _Read:
    """Prepare an item: by what its feed says, since only some feeds have their linked pages read too."""
    own = Reading(replace(item.matchable, text=item.text)) if item.full_text else reading
    prepared = wording(item.title, item.text, item.link, title_words=own.title, text_words=own.text)
    said = credit(
        title=item.title,
        text=item.text,
        source=item.source,
        authors=item.authors,
        link=item.link,
        feed_name=item.feed_name,
    )
    return _Read(item, prepared, copy_keys(prepared), said)


def _relative(told: Told) -> _Relative:
    prepared = wording(
        told.title, told.text, told.link, title_words=words_of(told.title), text_words=words_of(told.text)
    )
    return _Relative(told.feed, prepared, _Place(told.id, told.text_of, told.story))


def _begin(transaction: MatchTransaction, first: Sequence[_Read], *, now: datetime) -> dict[int, int]:
    """Open a story for each of these items; return item -> story."""
    opened = [
        OpenedStory(one.item.id, one.item.title, one.item.link, one.credit.wire, one.item.first_seen) for one in first
    ]
    return dict(zip((one.item for one in opened), transaction.open_stories(opened, now=now), strict=True))


def _folded(one: _Read, place: _Place, begun: Mapping[int, int]) -> FoldedItem:
    item, said = one.item, one.credit
    return FoldedItem(
        item=item.id,
        story=begun[place.begun_by] if place.story is None else place.story,
        folded=item.folded if place.kinship is None else place.kinship.kind,
        text_of=place.text_of,
        outlet=outlet(item.link, item.feed_url, item.feed, source=item.source),
        wire=said.wire,
        dateline=said.dateline,
        image_credit=said.image_credit,
        words=one.wording.words,
    )


def _corrected(
    transaction: MatchTransaction, changed: Sequence[ItemToMatch], readings: Mapping[int, Reading]
) -> list[ItemToMatch]:
    """Return the items whose words are not what they were: a new date or another link corrects nothing."""
    if not changed:
        return []
    before = transaction.replaced(item.id for item in changed)
    corrected = []
    for item in changed:
        own = Reading(replace(item.matchable, text=item.text)) if item.full_text else readings[item.id]
        said = before.get(item.id)
        if said is not None and [words_of(part) for part in said] != [[*own.title], [*own.text]]:
            corrected.append(item)
    return corrected


def _sum_up(
    transaction: MatchTransaction,
    folded: Sequence[FoldedItem],
    begun: Collection[int],
    changed: Sequence[ItemToMatch],
    corrected: Sequence[ItemToMatch],
    *,
    now: datetime,
) -> tuple[Development, ...]:
    """Bring stories up to date that have more reports, or other ones; return what that is to those told of before."""
    back = {item.id for item in changed}
    joined = {one.item: one.story for one in folded if one.folded is not None and one.item not in back}
    concerned = {*joined.values(), *(one.story for one in folded if one.item in back)}
    if not concerned:
        return ()
    developments: list[Development] = []
    summaries: dict[int, Summary] = {}
    mended = {item.id for item in corrected}
    corrected_stories = {one.story for one in folded if one.item in mended}
    for story, reports in sorted(transaction.reports(concerned).items()):
        summaries[story] = stories.summarise(reports)
        if story in begun:
            continue
        brings = stories.independents([report for report in reports if report.item not in joined], reports)
        developments += [Development(story, item, "independent" if own else "reported") for item, own in brings.items()]
        developments += [Development(story, report.item, "corrected") for report in reports if report.item in mended]
    transaction.sum_up(summaries, corrected=corrected_stories, now=now)
    return tuple(developments)
