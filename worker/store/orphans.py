"""What becomes of messages and alerts whose reason has gone: a list, a subscriber, a channel, or all they told of."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, case, exists, or_, select, text

from worker.store import leases, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.sql.dml import ReturningUpdate

_d = tables.deliveries
_DIGESTS_OF = (
    select(tables.digests.c.id)
    .where(
        tables.digests.c.id.in_(
            select(_d.c.subject_id).where(
                _d.c.id.in_(bindparam("among", expanding=True)), _d.c.subject_kind == "digest", _d.c.state == "pending"
            )
        ),
        tables.digests.c.closed_at.is_(None),
    )
    .order_by(tables.digests.c.id)
    .with_for_update(key_share=True)
)


def cancel_orphans(connection: Connection, *, now: datetime, among: Sequence[int] | None = None) -> None:
    """Cancel pending deliveries that have nobody left to tell of or to, and the open alerts of gone subscriptions.

    A message that several lists share lives as long as one of them does (INTERFACE 8.2), and so does one that others
    rely on: where all that it was to tell of is cancelled, they take the place.
    """
    a, g = tables.alerts, tables.digests
    if among is not None:
        # Whoever puts something into one of these digests now ends first, or comes later and finds it closed.
        connection.execute(_DIGESTS_OF, {"among": among})
    cancelled = connection.execute(_orphans(all_=among is None), {} if among is None else {"among": among}).all()
    if among is not None and not cancelled:
        return
    # Closed, so that no later alert joins a digest that nobody will send.
    for part in leases.chunks(sorted({row.subject_id for row in cancelled if row.subject_kind == "digest"})):
        empty = (
            ~g.c.heartbeat,
            ~_alive(a.c.digest_id == g.c.id),
            ~_alive_update(tables.alert_updates.c.digest_id == g.c.id),
        )
        closing = g.update().where(g.c.id.in_(part), g.c.closed_at.is_(None), *empty)
        connection.execute(closing.values(closed_at=now))
    if among is None:
        s = tables.subscriptions.c
        gone = exists().where(s.id == a.c.subscription_id, subscription_stands()).correlate(a)
        # Written out, for SQLite to know the index by it; of all alerts there ever were only a few wait.
        cancelling = a.update().where(text("alerts.state IN ('new', 'held')"), ~gone).values(state="cancelled")
        untold = connection.execute(cancelling.returning(a.c.id, a.c.lead_id)).all()
        raise_merged(connection, {row.id if row.lead_id is None else row.lead_id for row in untold})


def raise_merged(connection: Connection, cancelled: Iterable[int]) -> None:
    """Let alerts tell what those that they relied on, or the messages of those, cannot tell any more."""
    a, s, g = tables.alerts, tables.subscriptions.c, tables.digests.c
    stands = exists().where(s.id == a.c.subscription_id, subscription_stands()).correlate(a)
    other = a.alias("other").c
    told = exists().where(other.lead_id == a.c.lead_id, other.state.in_(("new", "told"))).correlate(a)
    for part in leases.chunks(sorted(cancelled)):
        raised = a.update().where(a.c.lead_id.in_(part), a.c.state == "merged", stands)
        kind = select(g.kind).where(g.id == a.c.digest_id).scalar_subquery()
        why = case({"scheduled": "when", "quiet": "quiet", "spill": "limit"}, value=kind)
        held = {"state": "held", "lead_id": None, "reason": why}
        connection.execute(raised.where(a.c.digest_id.is_not(None)).values(**held))
        connection.execute(raised.where(a.c.digest_id.is_(None), ~told).values(state="new"))


@lru_cache
def _orphans(*, all_: bool) -> ReturningUpdate[str, int]:
    """Cancel the pending deliveries that have nobody left; not `all_`: those among some."""
    d, c, a, p = tables.deliveries, tables.channels.c, tables.alerts, tables.alert_updates.c
    g = tables.digests.c
    lead = tables.alert_updates.alias("lead").c
    is_alert, is_digest = d.c.subject_kind == "alert", d.c.subject_kind == "digest"
    alert_gone = and_(is_alert, d.c.sequence == 0, ~_alive(a.c.lead_id == d.c.subject_id))
    led = and_(lead.alert_id == d.c.subject_id, lead.sequence == d.c.sequence, p.lead_id == lead.id)
    update_gone = and_(is_alert, d.c.sequence > 0, ~_alive_update(led))
    digest_gone = and_(
        is_digest,
        ~_alive(a.c.digest_id == d.c.subject_id),
        ~_alive_update(p.digest_id == d.c.subject_id),
        ~exists().where(g.id == d.c.subject_id, g.heartbeat).correlate(d),
    )
    n, u = tables.notices.c, tables.subscribers.c
    told = exists().where(n.id == d.c.subject_id, u.id == n.subscriber_id, u.removed_at.is_(None))
    notice_gone = and_(d.c.subject_kind == "notice", ~told.correlate(d))
    channel_gone = exists().where(c.id == d.c.channel_id, c.removed_at.is_not(None))
    orphaned = [d.c.state == "pending", or_(alert_gone, update_gone, digest_gone, notice_gone, channel_gone)]
    if not all_:
        orphaned.append(d.c.id.in_(bindparam("among", expanding=True)))
    statement = leases.chosen(d, leases.locked(d, *orphaned).order_by(d.c.id))
    cancelled = statement.values(state="cancelled", lease_owner=None, leased_until=None)
    return cancelled.returning(d.c.subject_kind, d.c.subject_id)


def _alive(mine: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an alert that is not cancelled, of a subscription that still stands, is among `mine`."""
    a, s = tables.alerts.c, tables.subscriptions.c
    condition = exists().where(mine, a.state != "cancelled", s.id == a.subscription_id, subscription_stands())
    return condition.correlate(tables.deliveries, tables.digests)


def _alive_update(mine: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an update of an alert that is not cancelled, of a subscription that still stands, is among `mine`."""
    a, p, s = tables.alerts.c, tables.alert_updates.c, tables.subscriptions.c
    of_alert = and_(a.id == p.alert_id, a.state != "cancelled", s.id == p.subscription_id)
    return exists().where(mine, of_alert, subscription_stands()).correlate(tables.deliveries, tables.digests)


def subscription_stands() -> ColumnElement[bool]:
    """Whether a row of subscriptions, joined to its list and subscriber by this very condition, is active.

    A broken list finds nothing more, but what it found before is told.
    """
    s, w, u = tables.subscriptions.c, tables.watch_lists.c, tables.subscribers.c
    stands = (s.removed_at.is_(None), w.removed_at.is_(None), w.state != "paused", u.removed_at.is_(None))
    return and_(w.id == s.watch_list_id, u.id == s.subscriber_id, *stands)
