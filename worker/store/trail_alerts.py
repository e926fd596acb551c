"""What was told of an item and its story: alerts, updates, digests, and the messages that carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, case, func, select, union

from worker.records.trail import TrailAlert, TrailDelivery, TrailDigest, TrailUpdate
from worker.store.deliveries import channel_shown, number_of_channel
from worker.store.tables import (
    alert_updates,
    alerts,
    channels,
    deliveries,
    digests,
    matches,
    stories,
    story_mutes,
    subscribers,
    subscriptions,
    watch_lists,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import BindParameter, Connection, Row

MOST_ALERTS = 200
"""Of a story's alerts so many are loaded, those first that decide what is said of the item; of its updates as many."""

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ITEM: BindParameter[Any] = bindparam("item")
_STORY: BindParameter[Any] = bindparam("story")
_a, _u, _d, _g, _c, _s = alerts.c, alert_updates.c, deliveries.c, digests.c, channels.c, stories.c
_t, _w, _h, _m, _q = subscriptions.c, watch_lists.c, subscribers.c, matches.c, story_mutes.c
_OF_ITEM = union(
    select(_a.id).where(_a.item_id == _ITEM),
    select(_a.id).where(_a.story_id == _STORY),
    select(_a.id).join_from(alerts, stories, _a.story_id == _s.id).where(_s.merged_into == _STORY),
).subquery()
"""Alerts stay with the report, and with the story, that they were told for (INTERFACE 8.6)."""

_ELSEWHERE = _a.item_id != _ITEM
_MET = select(_m.item_id).where(_m.item_id == _ITEM, _m.watch_list_id == _a.watch_list_id).exists()
_SURENESS = case({"told": 0, "held": 1, "new": 2, "merged": 3}, value=_a.state, else_=4)
_ALERTS = (
    select(
        *(_a.id, _a.watch_list_id, _a.story_id, _a.item_id, _a.state, _a.created_at, _a.lead_id, _a.digest_id),
        *(_a.reason, _q.muted_at, _t.paused_since, _h.paused_since.label("all_paused_since")),
        *(_w.name, _w.alert, _w.state.label("list_state"), _w.removed_at.label("list_removed_at")),
        *(_t.at_most, _t.removed_at.label("line_removed_at")),
        *(_h.name.label("subscriber"), _h.removed_at.label("subscriber_removed_at")),
    )
    .join_from(alerts, watch_lists, _a.watch_list_id == _w.id)
    .join(subscriptions, _a.subscription_id == _t.id)
    .join(subscribers, _a.subscriber_id == _h.id)
    .join(story_mutes, and_(_q.subscriber_id == _a.subscriber_id, _q.story_id == _a.story_id), isouter=True)
    .where(_a.id.in_(select(_OF_ITEM.c.id)))
    .order_by(_ELSEWHERE, and_(_ELSEWHERE, ~_MET), _SURENESS, _a.digest_id.is_not(None), _a.id)
    .limit(MOST_ALERTS)
)
_ALL_ALERTS = select(func.count()).where(_a.id.in_(select(_OF_ITEM.c.id)))
_UPDATES = (
    select(_u.id, _u.alert_id, _u.sequence, _u.kind, _u.created_at, _u.lead_id, _u.digest_id)
    .where(_u.item_id == _ITEM, _u.alert_id.in_(_IDS))
    .order_by(_u.id)
    .limit(MOST_ALERTS)
)
_LEADS = select(_u.alert_id, _u.sequence).where(_u.id.in_(_IDS))
_DIGESTS = select(_g.id, _g.kind, _g.due_at, _g.created_at, _g.closed_at).where(_g.id.in_(_IDS)).order_by(_g.id)
_DELIVERIES = (
    select(
        *(_d.id, _d.subject_kind, _d.subject_id, _d.sequence, _c.kind, _c.address, _d.state, _d.attempts),
        *(_d.created_at, _d.due_at, _d.sent_at, _d.last_error, _c.removed_at),
        *(_h.name.label("subscriber"), number_of_channel()),
    )
    .join_from(deliveries, channels, _d.channel_id == _c.id)
    .join(subscribers, _c.subscriber_id == _h.id)
    .where(_d.subject_kind == bindparam("kind"), _d.subject_id.in_(_IDS))
    .order_by(_d.id)
)


class Told(NamedTuple):
    """What was told, as `Trail` has it."""

    alerts: tuple[TrailAlert, ...] = ()
    more_alerts: int = 0
    updates: tuple[TrailUpdate, ...] = ()
    digests: tuple[TrailDigest, ...] = ()
    deliveries: tuple[TrailDelivery, ...] = ()


def told_of(
    connection: Connection, item: int, story: int | None, *, watch_list: int | None, subscriber: str | None = None
) -> Told:
    """Load what was told of an item, and of the story that it is in, by all lists or one, to all or one."""
    wanted = [] if watch_list is None else [_a.watch_list_id == watch_list]
    if subscriber is not None:
        wanted.append(_a.subscriber_id == select(_h.id).where(_h.name == subscriber).scalar_subquery())
    asked = {"item": item, "story": story}
    loaded = [_alert(row) for row in connection.execute(_ALERTS.where(*wanted), asked)]
    if not loaded:
        return Told()
    found = tuple(sorted(loaded, key=lambda one: (one.item != item, one.id)))
    there = len(found)
    if there == MOST_ALERTS:
        there = connection.execute(_ALL_ALERTS.where(*wanted), asked).scalar_one()
    mine = {"item": item, "ids": [one.id for one in found]}
    updates = tuple(TrailUpdate(*row) for row in connection.execute(_UPDATES, mine))
    in_digests = {digest for digest in (*(one.digest for one in found), *(one.digest for one in updates)) if digest}
    made = connection.execute(_DIGESTS, {"ids": sorted(in_digests)}) if in_digests else ()
    messages = {(one.lead, 0) for one in found if one.lead is not None}
    leads = [one.lead for one in updates if one.lead is not None]
    messages |= {(row.alert_id, row.sequence) for row in connection.execute(_LEADS, {"ids": leads})} if leads else set()
    sent = [
        one
        for one in _deliveries(connection, "alert", {alert for alert, _ in messages})
        if (one.subject, one.sequence) in messages
    ]
    return Told(
        alerts=found,
        more_alerts=there - len(found),
        updates=updates,
        digests=tuple(TrailDigest(*row) for row in made),
        deliveries=(*sent, *_deliveries(connection, "digest", in_digests)),
    )


def _deliveries(connection: Connection, kind: str, subjects: Collection[int]) -> list[TrailDelivery]:
    if not subjects:
        return []
    return [
        TrailDelivery(
            id=row.id,
            kind=row.subject_kind,
            subject=row.subject_id,
            sequence=row.sequence,
            channel=channel_shown(row, row.number),
            state=row.state,
            attempts=row.attempts,
            created_at=row.created_at,
            due_at=row.due_at,
            sent_at=row.sent_at,
            last_error=row.last_error,
            channel_removed_at=row.removed_at,
            subscriber=row.subscriber,
        )
        for row in connection.execute(_DELIVERIES, {"kind": kind, "ids": sorted(subjects)})
    ]


def _alert(row: Row[*tuple[Any, ...]]) -> TrailAlert:
    ended, ended_at = _ended(row)
    return TrailAlert(
        id=row.id,
        watch_list=row.watch_list_id,
        name=row.name,
        subscriber=row.subscriber,
        story=row.story_id,
        item=row.item_id,
        state=row.state,
        created_at=row.created_at,
        lead=row.lead_id,
        digest=row.digest_id,
        mode=row.alert,
        at_most=row.at_most,
        ended=ended,
        ended_at=ended_at,
        reason=row.reason,
    )


def _ended(row: Row[*tuple[Any, ...]]) -> tuple[str | None, datetime | None]:
    """Say why nobody is told by this list any more, and since when, or None where somebody is; see `TrailAlert`.

    What its subscriber chose comes first, then what came first ended it. A broken list finds nothing more, but what it
    found is told.
    """
    if row.state == "cancelled" and row.reason == "muted":
        return f"{row.subscriber} has muted the story", row.muted_at
    if row.state == "cancelled" and row.reason == "paused":
        return f"{row.subscriber} has paused it", row.paused_since or row.all_paused_since
    gone = (
        (row.list_removed_at, "the watch list was removed"),
        (row.subscriber_removed_at, f"{row.subscriber} was removed"),
        (row.line_removed_at, "the list does not tell them any more"),
    )
    known = [(at, why) for at, why in gone if at is not None]
    if known:
        at, why = min(known, key=lambda one: one[0])
        return why, at
    return ("the watch list is paused" if row.list_state == "paused" else None), None
