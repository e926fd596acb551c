"""What a good document means for the items we hold. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.feeds.dates import trusted
from worker.stories.canonical import canonical_url
from worker.stories.identity import parked
from worker.stories.model import NewItem, PollDecision, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from worker.stories.model import IdentifiedItem, KnownItem
    from worker.stories.recognition import Recognised

MOST_REVISIONS = 24
"""Of an item that changes at every fetch no more are kept, and watch lists look no more (issue 4, paragraph 2)."""

MOST_DATED = MOST_REVISIONS // 2
"""A change of the updated date alone is kept only among the first so many: where that moves with every fetch, there
shall be revisions left for corrections."""


def decide_poll(
    recognised: Recognised,
    *,
    now: datetime,
    last_good_at: datetime | None,
    fresh_for: timedelta,
    story_window: timedelta,
    unchanged: Sequence[int] = (),
) -> PollDecision:
    """Sort the document's items into new, revised and seen ones.

    Args:
        recognised: Which of the items that were read are known (`stories.recognition`).
        now: Of this poll, aware UTC.
        last_good_at: Of the last good poll, or None on the first.
        fresh_for: How far back an item counts as news (DESIGN 4.5).
        story_window: How far back an item is folded into stories.
        unchanged: Ids of items that stand in the document as they stood in the last one and were not read again.

    A known item is seen, never new, whatever its id is now. One whose link another article has taken makes room for
    it, and stays known by its content.
    """
    new: list[NewItem] = []
    for item in recognised.unseen:
        dated = trusted(item.item.published, now) or trusted(item.item.updated, now)
        news = _is_news(dated, now=now, last_good_at=last_good_at, fresh_for=fresh_for)
        new.append(NewItem(item, news, news or dated is None or dated >= now - story_window))
    revised = [revision for known, item in recognised.met if (revision := _revision(known, item)) is not None]
    revisions = {known.id: known.revisions for known, _ in recognised.met}
    robbed = {known.id for known in recognised.robbed}
    return PollDecision(
        new=tuple(new),
        revised=tuple(revised),
        seen=(*dict.fromkeys([*unchanged, *revisions]),),
        reidentified=(
            *((known.id, parked(known.id)) for known in recognised.robbed),
            *(
                (known.id, item.identity)
                for known, item in recognised.met
                if known.identity != item.identity or known.id in robbed
            ),
        ),
        worn=sum(one.kept and revisions[one.id] + 1 == MOST_REVISIONS for one in revised),
    )


def _revision(known: KnownItem, item: IdentifiedItem) -> Revision | None:
    """What is to be stored over a known item, or None where nothing is."""
    if known.content != item.content:
        return Revision(known.id, item, words=True, kept=known.revisions < MOST_REVISIONS)
    updated = item.item.updated
    if updated is not None and updated != known.updated:
        return Revision(known.id, item, words=False, kept=known.revisions < MOST_DATED)
    if canonical_url(item.item.link or "") != canonical_url(known.link or ""):
        return Revision(known.id, item, words=False, kept=False)
    return None


def _is_news(dated: datetime | None, *, now: datetime, last_good_at: datetime | None, fresh_for: timedelta) -> bool:
    """DESIGN 4.5: fresh ones on a first poll, where undated ones are silent; later all but plainly old ones."""
    if last_good_at is None:
        return dated is not None and dated >= now - fresh_for
    return dated is None or dated >= last_good_at - fresh_for
