"""What was told before: the alerts there are of stories, and the messages that count for `at_most`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, false, func, or_, select, union_all

from worker.alerts.planned import Past, PastAlert
from worker.store import leases
from worker.store.alerts import hold_ids
from worker.store.tables import (
    alert_updates,
    alerts,
    deliveries,
    digests,
    stories,
    story_mutes,
    subscriptions,
    watch_lists,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Connection, Row, Select

    from worker.alerts.planned import Subscription

_a, _s, _d, _g, _u, _w = alerts.c, stories.c, deliveries.c, digests.c, alert_updates.c, watch_lists.c
_q, _t = story_mutes.c, subscriptions.c
_STORIES: BindParameter[Any] = bindparam("stories", expanding=True)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)

_OF_STORIES = or_(_s.id.in_(_STORIES), _s.merged_into.in_(_STORIES))
"""Alerts stay with the story that they were told for, and hear of the one that has its reports (INTERFACE 8.6)."""

_NOT_BEGUN = and_(
    _d.subject_kind == "alert",
    _d.sequence == 0,
    # And so pending; but of `= 'pending'` SQLite would make a search through all that are due later.
    _d.state.not_in(("cancelled", "failed")),
    _d.attempts == 0,
    _d.due_at > bindparam("now"),
)
_OPEN = _g.closed_at.is_(None)
_WAITS = case(
    (_a.state == "new", exists().where(_d.subject_id == _a.lead_id, _NOT_BEGUN).correlate(alerts)),
    (_a.state == "held", _OPEN),
    else_=false(),
)
_MADE = (
    select(
        *(_a.id, _a.watch_list_id, func.coalesce(_s.merged_into, _s.id).label("story"), _a.subscriber_id),
        *(_a.item_id, _a.state, _a.lead_id, _a.digest_id, _WAITS.label("waits"), _a.reason, _g.due_at),
        (_w.alert == "first").label("once"),
    )
    .join_from(alerts, stories, _a.story_id == _s.id)
    .join(watch_lists, _a.watch_list_id == _w.id)
    .join(digests, _g.id == _a.digest_id, isouter=True)
    .where(_OF_STORIES)
    .order_by(_a.id)
)
_HEADS = select(_s.id, _s.head_item).where(_s.id.in_(_STORIES))
_INDEPENDENT = select(_s.id, _s.independent_reports).where(_s.id.in_(_STORIES))
_MUTED = (
    select(func.coalesce(_s.merged_into, _s.id), _q.subscriber_id)
    .join_from(story_mutes, stories, _q.story_id == _s.id)
    .where(_OF_STORIES)
)
_MESSAGED = union_all(
    select(_a.subscription_id, _a.messaged_at).where(
        _a.subscription_id.in_(_IDS), _a.messaged_at >= bindparam("since")
    ),
    select(_u.subscription_id, _u.messaged_at).where(
        _u.subscription_id.in_(_IDS), _u.messaged_at >= bindparam("since")
    ),
).order_by("subscription_id", "messaged_at")
_MESSAGES_LOCKED = (
    select(_d.subject_id).where(_d.subject_id.in_(_IDS), _NOT_BEGUN).order_by(_d.id).with_for_update(key_share=True)
)
_DIGESTS_LOCKED = select(_g.id).where(_g.id.in_(_IDS), _OPEN).order_by(_g.id).with_for_update(key_share=True)
_WITH_UPDATES = (
    select(_a.watch_list_id)
    .join_from(alerts, stories, _a.story_id == _s.id)
    .join(watch_lists, _a.watch_list_id == _w.id)
    .join(subscriptions, _a.subscription_id == _t.id)
    .where(_OF_STORIES, or_(_w.alert != "first", and_(_a.state == "held", _t.break_through.is_not(None))))
    .distinct()
)


def lists_with_updates(connection: Connection, of: Iterable[int]) -> set[int]:
    """Find the watch lists that have alerts of these stories and may tell more of them (see MatchTransaction)."""
    found: set[int] = set()
    for part in leases.chunks(sorted(set(of))):
        found.update(connection.scalars(_WITH_UPDATES, {"stories": part}))
    return found


def past(
    connection: Connection, of: Iterable[int], hearers: Sequence[Subscription], *, since: datetime, now: datetime
) -> Past:
    """Load earlier alerts of these stories to these subscribers, and recent messages of these subscriptions.

    Of subscriptions without a limit no messages are counted, so none are loaded.
    """
    of = sorted(set(of))
    subscribers = {subscription.subscriber for subscription in hearers}
    breaking = any(one.break_through is not None for one in hearers)
    with_updates = {
        (one.watch_list, one.subscriber) for one in hearers if one.alert != "first" or one.break_through is not None
    }
    rows = [
        row
        for part in leases.chunks(of)
        for row in connection.execute(_MADE, {"stories": part, "now": now})
        if row.subscriber_id in subscribers
    ]
    rows.sort(key=lambda row: row.id)
    messaged: dict[int, list[datetime]] = {}
    limited = {subscription.id for subscription in hearers if subscription.at_most}
    for ids in leases.chunks(sorted(limited)):
        for subscription, at in connection.execute(_MESSAGED, {"ids": ids, "since": since}):
            messaged.setdefault(subscription, []).append(at)
    waiting = _still_waiting(connection, rows, now=now)
    heads = _heads(connection, {row.story for row in rows if (row.watch_list_id, row.subscriber_id) in with_updates})
    return Past(
        alerts=tuple(_past_alert(row, heads.get(row.story), waits=row.id in waiting) for row in rows),
        messaged=tuple((subscription, tuple(times)) for subscription, times in messaged.items()),
        independent=tuple(_pairs(connection, _INDEPENDENT, of)) if breaking else (),
        muted=frozenset(_pairs(connection, _MUTED, of)),
    )


def _pairs(connection: Connection, asked: Select[int, int], of: Sequence[int]) -> Iterator[tuple[int, int]]:
    for part in leases.chunks(of):
        for one, other in connection.execute(asked, {"stories": part}):
            yield one, other or 0


def _still_waiting(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]], *, now: datetime) -> set[int]:
    """Lock what tells of the alerts that wait, so that nobody begins with it meanwhile; return which wait still."""
    waiting = [row for row in rows if row.waits]
    if not waiting or connection.dialect.name != "postgresql":
        return {row.id for row in waiting}
    # In the order in which whoever writes alerts locks: the ids, then messages and digests.
    hold_ids(connection)
    leads = sorted({row.lead_id for row in waiting if row.state == "new"})
    open_ = sorted({row.digest_id for row in waiting if row.state == "held"})
    locked: dict[str, set[int]] = {"new": set(), "held": set()}
    for part in leases.chunks(leads):
        locked["new"].update(connection.scalars(_MESSAGES_LOCKED, {"ids": part, "now": now}))
    for part in leases.chunks(open_):
        locked["held"].update(connection.scalars(_DIGESTS_LOCKED, {"ids": part}))
    return {row.id for row in waiting if (row.lead_id if row.state == "new" else row.digest_id) in locked[row.state]}


def _heads(connection: Connection, of: Iterable[int]) -> dict[int, int]:
    """Return the head item of each story."""
    found: dict[int, int] = {}
    for part in leases.chunks(sorted(of)):
        found.update((row.id, row.head_item) for row in connection.execute(_HEADS, {"stories": part}))
    return found


def _past_alert(row: Row[*tuple[Any, ...]], head: int | None, *, waits: bool) -> PastAlert:
    return PastAlert(
        id=row.id,
        watch_list=row.watch_list_id,
        story=row.story,
        subscriber=row.subscriber_id,
        item=row.item_id,
        state=row.state,
        head=head,
        lead=row.lead_id,
        digest=row.digest_id,
        waits=waits,
        due_at=row.due_at if row.state == "held" else None,
        reason=row.reason if row.state == "held" else None,
        once=row.once,
    )
