"""Which feeds are due, whatever their hosts bear, and which deliveries overtake none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select

from worker.alerts.breaker import TRIPS_AT
from worker.store.tables import channels, deliveries, feeds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause, ScalarSelect

UNPOLLED = ("quarantined", "disabled")
"""States of feeds that no tick polls."""

_UNENDED = ("pending", "sending")


def pollable(now: datetime | ColumnElement[datetime], table: FromClause = feeds) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a feed is due; `table` is `feeds` or an alias of it."""
    f = table.c
    return f.removed_at.is_(None), f.state.not_in(UNPOLLED), f.next_poll_at <= now


def in_turn() -> ColumnElement[bool]:
    """Return the condition under which a delivery overtakes none.

    An update waits until the message that it follows at its channel has ended, whichever way, and so have the updates
    between the two: told before it, it would be news of a story that nobody has heard of.
    """
    d, before = deliveries.c, deliveries.alias("before").c
    unended = before.state.in_(_UNENDED)
    first = exists().where(before.id == d.first_id, unended).correlate(deliveries)
    between = exists().where(before.first_id == d.first_id, before.id < d.id, unended).correlate(deliveries)
    return or_(d.first_id.is_(None), and_(~first, ~between))


def channel_takes(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a delivery does not wait for its channel, which rests or fails all the time."""
    d, c = deliveries.c, channels.c
    left_alone = or_(c.failures >= TRIPS_AT, c.rests_until > now)
    return ~exists().where(c.id == d.channel_id, left_alone).correlate(deliveries)


def waits_for() -> ScalarSelect[int]:
    """Select the first of the deliveries that one out of its turn would overtake, NULL where it is in turn."""
    d, before = deliveries.c, deliveries.alias("before").c
    earlier = or_(before.id == d.first_id, and_(before.first_id == d.first_id, before.id < d.id))
    found = select(before.id).where(earlier, before.state.in_(_UNENDED)).order_by(before.id).limit(1)
    return found.correlate(deliveries).scalar_subquery()
