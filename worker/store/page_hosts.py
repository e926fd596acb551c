"""Hosts whose pages are read: one thing at a time, in turn with the polls of their feeds, by whichever process.

The counterpart of `worker.store.hosts`, under the same locks: each sees what the other one has begun.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, exists, func, or_, select

from worker.store import hosts
from worker.store.due import pollable
from worker.store.tables import feeds, page_hosts
from worker.store.transactions import Database, insert, retried
from worker.store.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select

    from worker.records import PageManners

POLLS_FIRST = timedelta(seconds=5)
"""So long a host that was asked for a page last is left to a feed that is due there: a few ticks. A feed that nobody
polls keeps pages waiting no longer."""

AGAIN = timedelta(seconds=1)
"""When to look again at a host that is busy."""

REMEMBERED = timedelta(days=1)
"""So long it is known when a host was asked: longer than any pause."""


class PageHosts(Database):
    """Whose turn it is at a host."""

    @retried
    def claim_page_hosts(
        self, wanted: Mapping[str, PageManners], *, now: datetime, until: datetime
    ) -> dict[str, datetime]:
        """Take hosts whose turn it is (see FullTextStore)."""
        later: dict[str, datetime] = {}
        with self._transaction("write") as connection:
            hosts.lock(connection, wanted)
            for host, manners in sorted(wanted.items()):
                turn = _turn(connection, host, manners, now)
                if turn > now:
                    later[host] = turn
                    continue
                taken = {"asked_at": now, "busy_until": until}
                first = insert(connection, page_hosts).values(host=host, **taken)
                connection.execute(first.on_conflict_do_update(index_elements=["host"], set_=taken))
        return later

    @retried
    def leave_page_hosts(self, left: Sequence[str]) -> None:
        """Free hosts (see FullTextStore)."""
        with self._transaction("write") as connection:
            for host in sorted(left):
                connection.execute(page_hosts.update().where(page_hosts.c.host == host).values(busy_until=None))

    @retried
    def forget_page_hosts(self, *, now: datetime) -> None:
        """Forget hosts that nobody has asked for a day."""
        with self._transaction("write") as connection:
            connection.execute(page_hosts.delete().where(page_hosts.c.asked_at < now - REMEMBERED))


def _turn(connection: Connection, host: str, manners: PageManners, now: datetime) -> datetime:
    """Return when the host may be asked for a page, or when to look again."""
    # What lies farther ahead than the clock of another process may be was written before the clock was set back.
    found = connection.execute(_HOST, {"host": host, "now": now, "ahead": now + manners.gap}).one()
    moments: list[datetime] = [*filter(None, (found.asked_at, found.begun_at, found.begun_behind_at))]
    if moments:
        last = max(moments)
        free = last + manners.gap + (POLLS_FIRST if found.waiting and last == found.asked_at else timedelta(0))
        if free > now:
            return free
    borne = manners.concurrency is None or found.in_hand < manners.concurrency
    return now + AGAIN if found.busy or not borne else now


_f, _p = feeds.c, page_hosts.c
_ASKED = bindparam("host", type_=Text())
_AHEAD = bindparam("ahead", type_=UtcDateTime())
_SERVED = or_(_f.host == _ASKED, _f.served_host == _ASKED)


def _last(moment: ColumnElement[datetime], *where: ColumnElement[bool]) -> ScalarSelect[datetime]:
    return select(func.max(moment)).where(*where, moment < _AHEAD).scalar_subquery()


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(*where).scalar_subquery()


_HOST: Select[*tuple[Any, ...]] = select(
    _last(_p.asked_at, _p.host == _ASKED).label("asked_at"),
    _last(_f.begun_at, _f.host == _ASKED).label("begun_at"),
    _last(_f.begun_at, _f.served_host == _ASKED).label("begun_behind_at"),
    _count(_p.host == _ASKED, _p.busy_until > hosts.NOW).label("busy"),
    _count(_SERVED, _f.leased_until.is_not(None), _f.lease_owner.is_not(None)).label("in_hand"),
    exists().where(_SERVED, *pollable(hosts.NOW), _f.lease_owner.is_(None)).label("waiting"),
)
"""What is known of a host."""
