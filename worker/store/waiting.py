"""What is due and not begun: how long it has waited for us, rather than for its host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from worker.store import hosts
from worker.store.due import pollable
from worker.store.tables import feeds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from worker.records import Manners

LOOKED_AT = 50
"""So many hosts are looked at, those with the longest due feeds."""


def feeds_wait_since(connection: Connection, now: datetime, manners: Manners | None) -> datetime | None:
    """Return since when the oldest due feed that nobody has begun has been waiting, or None.

    With `manners` a feed that its host keeps waiting does not count, and one whose turn has come counts from then on.
    """
    f = feeds.c
    if manners is None:
        oldest: datetime | None = connection.scalar(
            select(func.min(f.next_poll_at)).where(*pollable(now), f.lease_owner.is_(None))
        )
        return oldest
    last = (hosts.last_begun_of_others().label("begun_at"), hosts.last_page().label("asked_at"))
    statement = (
        select(f.next_poll_at, f.private_host, *last)
        .where(*pollable(hosts.NOW), f.lease_owner.is_(None), hosts.may_begin(manners), hosts.first_waiting())
        .order_by(f.next_poll_at, f.id)
        .limit(LOOKED_AT)
    )
    moments = []
    for row in connection.execute(statement, hosts.moments(manners, now)):
        turn = row.next_poll_at
        if hosts.is_limited(manners, private=row.private_host):
            gap = hosts.gap_of(manners, private=row.private_host)
            turn = max([turn, *(last + gap for last in (row.begun_at, row.asked_at) if last is not None)])
        moments.append(min(turn, now))
    return min(moments, default=None)


def feeds_due_since(connection: Connection, now: datetime, manners: Manners | None) -> datetime | None:
    """Return since when the oldest due feed has been due, in hand or waiting as above; or None."""
    f = feeds.c
    in_hand = connection.scalar(select(func.min(f.next_poll_at)).where(*pollable(now), f.lease_owner.is_not(None)))
    waiting = feeds_wait_since(connection, now, manners)
    return min((moment for moment in (in_hand, waiting) if moment is not None), default=None)
