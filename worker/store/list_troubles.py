"""Watch lists that cannot be asked, or match far more than usual: what becomes of them, and what the owner is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from worker.store.notices import write_notice
from worker.store.status import bump_version
from worker.store.tables import matches, watch_lists
from worker.store.transactions import Database, retried
from worker.watchlists.volume import BEFORE, RECENT, Volume

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from worker.records import BrokenList
    from worker.watchlists.volume import Burst

TOLD_AGAIN = timedelta(days=1)
"""A burst is told once in that time."""

_w = watch_lists.c


class ListTroubles(Database):
    """What is wrong with lists."""

    @retried
    def break_lists(self, broken: Sequence[BrokenList], *, owner: str | None, now: datetime) -> list[int]:
        """Set these lists to "broken" and tell the subscriber `owner`; return the notices' deliveries, due now.

        A list that is so already, or has changed since, is left as it is: each is told once, however many processes
        find it out.
        """
        deliveries: list[int] = []
        with self._transaction("write") as connection:
            version = bump_version(connection)
            for one in broken:
                unchanged = (
                    _w.id == one.id,
                    _w.state == "active",
                    _w.removed_at.is_(None),
                    _w.changed_in <= one.version,
                )
                values = {"state": "broken", "broken_why": one.reason, "changed_in": version}
                switched = watch_lists.update().where(*unchanged).values(**values)
                row = connection.execute(switched.returning(_w.name, _w.full_query, _w.managed_by)).one_or_none()
                if row is not None:
                    data = {
                        "watch_list": {"name": row.name, "query": row.full_query, "managed_by": row.managed_by},
                        "reason": one.reason,
                    }
                    deliveries += write_notice(connection, "watchlist.broken", data, owner=owner, now=now)
        return deliveries

    def volumes(self, *, now: datetime, at_least: int = 0) -> list[Volume]:
        """Return what each active list has matched, by name; `at_least`: of those that so much is recent of."""
        m = matches.c
        recent, before = now - RECENT, now - RECENT - BEFORE
        asked_since = func.coalesce(_w.asked_since, _w.created_at)
        asked = [_w.state == "active", _w.removed_at.is_(None)]
        if at_least:
            within = (m.watch_list_id == _w.id, m.created_at >= recent, m.created_at <= now)
            asked.append(select(func.count()).where(*within).correlate(watch_lists).scalar_subquery() >= at_least)
        counted = (
            select(
                m.watch_list_id,
                func.count().filter(m.created_at >= recent).label("recent"),
                func.count().filter(m.created_at < recent).label("before"),
            )
            .join_from(watch_lists, matches, m.watch_list_id == _w.id)
            .where(*asked, m.created_at >= before, m.created_at <= now, m.created_at >= asked_since)
            .group_by(m.watch_list_id)
            .subquery()
        )
        last = select(func.max(m.created_at)).where(m.watch_list_id == _w.id).scalar_subquery()
        columns = (_w.id, _w.name, _w.full_query, _w.managed_by, asked_since, last.label("last"))
        configured = (_w.languages, _w.keywords, _w.exclude, _w.query)
        statement = (
            select(*columns, func.coalesce(counted.c.recent, 0), func.coalesce(counted.c.before, 0), *configured)
            .join_from(watch_lists, counted, counted.c.watch_list_id == _w.id, isouter=True)
            .where(*asked)
            .order_by(_w.name)
        )
        with self._transaction("read") as connection:
            return [Volume(*row) for row in connection.execute(statement)]

    def broken_lists(self) -> list[tuple[str, str]]:
        """Return the name of each broken list, and why it is so, by name."""
        statement = select(_w.name, _w.broken_why).where(_w.state == "broken", _w.removed_at.is_(None))
        with self._transaction("read") as connection:
            return [(row.name, row.broken_why or "") for row in connection.execute(statement.order_by(_w.name))]

    @retried
    def tell_bursts(self, bursts: Sequence[Burst], *, owner: str | None, now: datetime) -> list[int]:
        """Tell the subscriber `owner` of lists that match far more than usual; return the deliveries, due now.

        Each is told once a day, however often it is found.
        """
        deliveries: list[int] = []
        with self._transaction("write") as connection:
            for one in bursts:
                told_long_ago = or_(_w.burst_told_at.is_(None), _w.burst_told_at < now - TOLD_AGAIN)
                marked = watch_lists.update().where(_w.id == one.volume.id, told_long_ago).values(burst_told_at=now)
                if connection.execute(marked).rowcount:
                    found = one.volume
                    data = {
                        "watch_list": {"name": found.name, "query": found.query, "managed_by": found.managed_by},
                        "matches": one.matches,
                        "hours": one.hours,
                        "usual": one.usual,
                        "times": one.times,
                    }
                    deliveries += write_notice(connection, "watchlist.burst", data, owner=owner, now=now)
        return deliveries
