"""What a good document means for the items we hold. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.feeds.dates import trusted
from worker.stories.model import NewItem, PollDecision, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from worker.stories.model import IdentifiedItem, KnownItem


def decide_poll(
    items: Sequence[IdentifiedItem],
    known_by_identity: Sequence[KnownItem],
    known_by_content: Sequence[KnownItem],
    *,
    now: datetime,
    last_good_at: datetime | None,
    fresh_for: timedelta,
    story_window: timedelta,
    unchanged: Sequence[int] = (),
) -> PollDecision:
    """Sort the document's items into new, revised and seen ones.

    Args:
        items: The document's distinct items (`stories.identity.identify`), in order.
        known_by_identity: Items of this feed whose identity is one of the document's.
        known_by_content: Items of this feed whose content is one of the document's; those of `known_by_identity` may
            be among them and are passed over, for they are here under their own identity.
        now: Of this poll, aware UTC.
        last_good_at: Of the last good poll, or None on the first.
        fresh_for: How far back an item counts as news (DESIGN 4.5).
        story_window: How far back an item is folded into stories.
        unchanged: Ids of items that stand in the document as they stood in the last one and were not read again; none
            of them is among `items`.

    An unseen identity with the content of a known item that is gone from the document is that item under another id:
    it is seen, never new, and each known item is claimed once, the earliest stored first.
    """
    known = {one.identity: one for one in known_by_identity}
    present = {one.id for one in known_by_identity}.union(unchanged)
    gone: dict[bytes, list[KnownItem]] = {}
    for absent in sorted(known_by_content, key=lambda one: one.id, reverse=True):
        if absent.id not in present:
            gone.setdefault(absent.content, []).append(absent)
    new: list[NewItem] = []
    revised: list[Revision] = []
    seen: list[int] = [*dict.fromkeys(unchanged)]
    reidentified: list[tuple[int, bytes]] = []
    for item in items:
        held = known.get(item.identity)
        if held is not None:
            seen.append(held.id)
            if held.content != item.content:
                revised.append(Revision(held.id, item))
        elif claims := gone.get(item.content):
            claimed = claims.pop()
            seen.append(claimed.id)
            reidentified.append((claimed.id, item.identity))
        else:
            dated = trusted(item.item.published, now) or trusted(item.item.updated, now)
            news = _is_news(dated, now=now, last_good_at=last_good_at, fresh_for=fresh_for)
            new.append(NewItem(item, news, news or dated is None or dated >= now - story_window))
    return PollDecision(tuple(new), tuple(revised), tuple(seen), tuple(reidentified))


def _is_news(dated: datetime | None, *, now: datetime, last_good_at: datetime | None, fresh_for: timedelta) -> bool:
    """DESIGN 4.5: fresh ones on a first poll, where undated ones are silent; later all but plainly old ones."""
    if last_good_at is None:
        return dated is not None and dated >= now - fresh_for
    return dated is None or dated >= last_good_at - fresh_for
