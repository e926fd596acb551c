"""Fold: give each new item its story, within the match step's transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from worker.alerts.planned import Development
from worker.pipeline.copies import Place, Prepared, Relative, Search
from worker.records import FoldedItem, OpenedStory
from worker.stories import story as stories
from worker.stories.nearness import COMMON, copy_keys
from worker.stories.outlet import outlet
from worker.stories.revisions import corrects
from worker.stories.wire import credit
from worker.stories.wording import wording
from worker.text.tokens import words_of
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from worker.pipeline.match_ports import MatchTransaction
    from worker.records import ItemToMatch, Said
    from worker.stories.story import Summary


_LOOKED_INTO = 10_000
"""Characters of a text: a stranger's of 200,000 could take seconds."""


class Folding(NamedTuple):
    """What folding did.

    Attributes:
        story_of: item -> its story.
        developments: What that adds to stories that were there before.
        taken_out: Items that were taken out of the story they were told with: that is nobody's news (INTERFACE 8.6).
    """

    story_of: dict[int, int]
    developments: tuple[Development, ...] = ()
    taken_out: frozenset[int] = frozenset()


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
    read = [_prepared(item, readings[item.id]) for item in items]
    # The fullest first: what two summaries have in common may stand only in the text that both are taken from.
    fullest = sorted(read, key=lambda one: -one.wording.words)
    offered: dict[int, int] = {}
    for one in fullest:
        for key in one.keys:
            offered.setdefault(key, one.item.id)
    search = Search(transaction.claim_keys(offered, now=now, window=window), offered)
    if asked := search.candidates(one for one in read if one.item.story is None):
        found = transaction.said(asked, since=now - window)
        freed = search.meet({item: _relative(said) for item, said in found.items()}, asked=asked)
        transaction.take_keys(freed, now=now)
    place_of = {one.item.id: search.place(one) for one in fullest}
    begun = _begin(transaction, [one for one in read if place_of[one.item.id].begins], now=now)
    folded = [_folded(one, place_of[one.item.id], begun) for one in read]
    corrected = _corrected(transaction, [one.item for one in read if one.item.story is not None])
    transaction.fold(folded)
    transaction.settle_keys(shared=search.shared, met=search.in_vain, common=COMMON, now=now, window=window)
    developments = _sum_up(transaction, items, folded, set(begun.values()), corrected, now=now)
    return Folding({one.item: one.story for one in folded}, developments, _taken_out(transaction, items))


def _prepared(item: ItemToMatch, reading: Reading) -> Prepared:
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
    return Prepared(item, prepared, copy_keys(prepared), said)


def _relative(said: Sequence[Said]) -> Relative:
    """Prepare a candidate: by what it says, and what it said before."""
    wordings = tuple(
        wording(one.title, one.text, one.link, title_words=words_of(one.title), text_words=words_of(one.text))
        for one in said
    )
    return Relative(said[0].feed, wordings, Place(said[0].id, said[0].text_of, said[0].story))


def _begin(transaction: MatchTransaction, first: Sequence[Prepared], *, now: datetime) -> dict[int, int]:
    """Open a story for each of these items; return item -> story."""
    opened = [
        OpenedStory(one.item.id, one.item.title, one.item.link, one.credit.wire, one.item.first_seen) for one in first
    ]
    return dict(zip((one.item for one in opened), transaction.open_stories(opened, now=now), strict=True))


def _folded(one: Prepared, place: Place, begun: Mapping[int, int]) -> FoldedItem:
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


def _corrected(transaction: MatchTransaction, changed: Sequence[ItemToMatch]) -> set[int]:
    """Return the items that tell a reader something else than before: a stamp or a credit more corrects nothing."""
    if not changed:
        return set()
    before = transaction.replaced(item.id for item in changed)
    return {item.id for item in changed if item.id in before and _is_corrected(item, *before[item.id])}


def _is_corrected(item: ItemToMatch, title: str, text: str) -> bool:
    """What counts as a retouch is looked into where texts are of usual length; behind that every change counts."""
    return text[_LOOKED_INTO:] != item.text[_LOOKED_INTO:] or corrects(
        title, text[:_LOOKED_INTO], item.title, item.text[:_LOOKED_INTO]
    )


def _taken_out(transaction: MatchTransaction, items: Sequence[ItemToMatch]) -> frozenset[int]:
    back = {item.id: (item.story, item.first_seen) for item in items if item.story is not None}
    if not back:
        return frozenset()
    split_at = transaction.split_at(story for story, _ in back.values())
    return frozenset(item for item, (story, seen) in back.items() if story in split_at and seen <= split_at[story])


def _sum_up(
    transaction: MatchTransaction,
    items: Sequence[ItemToMatch],
    folded: Sequence[FoldedItem],
    begun: Collection[int],
    corrected: Collection[int],
    *,
    now: datetime,
) -> tuple[Development, ...]:
    """Bring stories up to date that have more reports, or other ones; return what that is to those told of before.

    What is no news counts among the reports, and is none to anybody (DESIGN 4.5).
    """
    back = {item.id for item in items if item.story is not None}
    news = {item.id for item in items if item.news}
    joined = {one.item for one in folded if one.folded is not None and one.item not in back}
    concerned = {one.story for one in folded if one.item in joined or one.item in back}
    if not concerned:
        return ()
    developments: list[Development] = []
    summaries: dict[int, Summary] = {}
    for story, reports in sorted(transaction.reports(concerned).items()):
        summaries[story] = stories.summarise(reports)
        if story not in begun:
            brings = stories.independents(reports, summaries[story].origins, known=lambda item: item not in joined)
            developments += [
                Development(story, item, "independent" if own else "reported")
                for item, own in brings.items()
                if item in news
            ]
            developments += [Development(story, one.item, "corrected") for one in reports if one.item in corrected]
    heads = {story for story, summary in summaries.items() if summary.head.item in corrected}
    transaction.sum_up(summaries, corrected=heads, now=now)
    return tuple(developments)
