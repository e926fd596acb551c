"""A clock that was put back: nothing waits for the time that it showed before."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, null, or_

from worker.store.status import LAST_TICK_AT, remembered
from worker.store.tables import channels, deliveries, feeds, items
from worker.store.transactions import Database, retried

NOTICED_FROM = timedelta(minutes=1)
"""Clocks of two machines may differ by less."""

LONGEST_LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=10)
"""A week, the quiet hours after it and the change of the clocks; no wait of a retry is longer."""


class ClockJumps(Database):
    """What the tick sees to when time has gone back."""

    @retried
    def after_clock_jump(self, *, now: datetime) -> bool:
        """Let nothing wait for a time that is gone (see ClaimStore); return whether there was one."""
        with self._transaction("read") as connection:
            last = remembered(connection, LAST_TICK_AT)
        if last is None or datetime.fromisoformat(last) < now + NOTICED_FROM:
            return False
        with self._transaction("durable") as connection:
            for table in (feeds, deliveries):
                queued = (table.c.lease_owner.is_(None), table.c.leased_until > now + LONGEST_LEASE)
                connection.execute(table.update().where(*queued).values(leased_until=null()))
            i, d = items.c, deliveries.c
            matching = (i.unmatched_since.is_not(None), i.match_leased_until > now + LONGEST_LEASE)
            connection.execute(items.update().where(*matching).values(match_leased_until=null()))
            early = and_(d.subject_kind != "digest", d.created_at > now + NOTICED_FROM)
            later = (d.state == "pending", or_(early, d.due_at > now + LONGEST_WAIT))
            connection.execute(deliveries.update().where(*later).values(due_at=now))
            connection.execute(channels.update().where(channels.c.rests_until > now).values(rests_until=null()))
        return True
