"""Hosts: which ones a feed is polled from, and how much they bear (INTERFACE 2), as conditions on rows of `feeds`.

A poll burdens the host that is asked and, where that one redirects, the host that serves the document. Feeds that have
one of them in common share its limits: polls in hand are those with an owner, the gap counts from the latest
`begun_at` among them. Removed feeds count too. So does what is asked of a host for the pages behind items
(`worker.store.page_hosts`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

from sqlalchemy import Integer, and_, bindparam, exists, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from config.rules import is_public
from worker.feeds.host import host_of
from worker.store import leases
from worker.store.due import UNPOLLED, pollable
from worker.store.tables import feeds, page_hosts
from worker.store.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta

    from sqlalchemy import BindParameter, ColumnElement, Connection, ScalarSelect, Select

    from worker.records import Manners

_T = TypeVar("_T")

BEGIN_LOCKS = 0x70C5
"""Class of the advisory locks under which PostgreSQL begins polls of limited hosts."""

LOCK_BUCKETS = 1024
"""Hosts share so many locks: a transaction that begins all there is stays within PostgreSQL's lock table."""

_other = feeds.alias("other")


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


NOW = _moment("now")
"""Statements with these conditions are made once and bound to `moments`: to make them costs more than to run them."""


def place_of(url: str, served_from: str | None = None) -> dict[str, object]:
    """Return the columns that say where a feed is polled; `served_from`: the address behind all redirects.

    The hosts are our own only if both are.
    """
    served = None if served_from is None or host_of(served_from) == host_of(url) else served_from
    return {
        "polled_url": url,
        "host": host_of(url),
        "served_host": None if served is None else host_of(served),
        "private_host": _is_private(url) and (served is None or _is_private(served)),
    }


@lru_cache(maxsize=4096)
def _is_private(url: str) -> bool:
    return not is_public(url)


def is_limited(manners: Manners, *, private: bool) -> bool:
    """Whether such a host bears only so much at once."""
    return not private or manners.private_concurrency is not None or bool(manners.private_gap)


def gap_of(manners: Manners, *, private: bool) -> timedelta:
    """Return the least time between the beginnings of two polls of such a host."""
    return manners.private_gap if private else manners.gap


def allowance(manners: Manners, *, private: bool, taken: int) -> int | None:
    """Return how many feeds of a host may be queued, of which so many are queued or begun; None: any number."""
    concurrency = manners.private_concurrency if private else manners.concurrency
    if gap_of(manners, private=private):
        return 1
    return None if concurrency is None else concurrency - taken


def moments(manners: Manners, now: datetime) -> dict[str, datetime]:
    """Return the parameters of the conditions below."""
    return {
        "now": now,
        "public_from": now - manners.gap,
        "public_until": now + manners.gap,
        "private_from": now - manners.private_gap,
        "private_until": now + manners.private_gap,
    }


def may_begin(manners: Manners) -> ColumnElement[bool]:
    """The host of the feed bears one more poll now."""

    def room(kind: str, concurrency: int | None, gap: timedelta) -> ColumnElement[bool]:
        unhurried = and_(_begun_around(kind) == 0, _asked_around(kind) == 0) if gap else true()
        return unhurried if concurrency is None else and_(unhurried, _in_hand() < concurrency)

    return _by_kind(manners, room)


def may_ask_on(manners: Manners) -> ColumnElement[bool]:
    """Nobody but the feed, which is begun, has asked its hosts for anything within the gap.

    What they have in hand was counted when it began: it asks for one thing after another.
    """

    def room(kind: str, _: int | None, gap: timedelta) -> ColumnElement[bool]:
        others = _begun_around(kind, _other.c.id != feeds.c.id)
        return and_(others == 0, _asked_around(kind) == 0) if gap else true()

    return _by_kind(manners, room)


def may_be_queued(manners: Manners) -> ColumnElement[bool]:
    """The feed is among the first due of its host, and the host bears another poll, what is queued counted.

    Where there is a gap, one feed is queued at a time. Where there is none, the feed may be one too many: `allowance`
    cuts.
    """

    def room(kind: str, concurrency: int | None, gap: timedelta) -> ColumnElement[bool]:
        if gap:
            in_hand = true() if concurrency is None else _in_hand() < concurrency
            first = feeds.c.id == _first_due(1).scalar_subquery()
            return and_(_begun_around(kind) == 0, _asked_around(kind) == 0, _queued() == 0, in_hand, first)
        if concurrency is None:
            return true()
        return and_(taken() < concurrency, feeds.c.id.in_(_first_due(concurrency)))

    return _by_kind(manners, room)


def taken() -> ColumnElement[int]:
    """Count the feeds of the feed's host that are queued or begun, and its pages that are being asked for."""
    o = _other.c
    return _count(o.leased_until.is_not(None), or_(o.lease_owner.is_not(None), o.leased_until > NOW)) + _pages_in_hand()


def counted(manners: Manners) -> ColumnElement[int]:
    """As `taken`, where `allowance` asks for it."""
    return taken() if not manners.gap or (not manners.private_gap and manners.private_concurrency) else literal(0)


def is_shared() -> ColumnElement[bool]:
    """Whether a host of the feed serves another feed too."""
    f, o = feeds.c, _other.c
    others = (_together(), o.id != f.id, o.removed_at.is_(None), o.state.not_in(UNPOLLED))
    return exists().where(*others).correlate(feeds)


def last_begun_of_others() -> ScalarSelect[datetime]:
    """When the latest poll of another feed of the feed's hosts began."""
    f, o = feeds.c, _other.c
    return select(func.max(o.begun_at)).where(_together(), o.id != f.id).correlate(feeds).scalar_subquery()


def last_page() -> ScalarSelect[datetime]:
    """When one of the feed's hosts was asked for a page last."""
    return _of_pages(func.max(page_hosts.c.asked_at))


def first_waiting() -> ColumnElement[bool]:
    """Of the feeds of the host asked that are due and not begun this is the first."""
    o = _other.c
    waiting = select(o.id).where(o.host == feeds.c.host, *pollable(NOW, _other), o.lease_owner.is_(None))
    first = waiting.order_by(o.next_poll_at, o.id).limit(1).correlate(feeds).scalar_subquery()
    return feeds.c.id == first


def lock(connection: Connection, hosts: Iterable[str | None]) -> None:
    """Lock these hosts until the end of the transaction (PostgreSQL; on SQLite BEGIN IMMEDIATE is the lock).

    Whoever begins polls holds the locks of their hosts, so that who comes second sees what the first one began. Taken
    in the order of their numbers by all.
    """
    if connection.dialect.name == "postgresql":
        numbers = sorted({crc32(host.encode()) % LOCK_BUCKETS for host in hosts if host is not None})
        connection.execute(_LOCKING, {"numbers": numbers})


_LOCKING = select(
    func.pg_advisory_xact_lock(
        BEGIN_LOCKS, func.unnest(bindparam("numbers", type_=ARRAY(Integer))).column_valued("number")
    )
)


def _by_kind(
    manners: Manners, room: Callable[[str, int | None, timedelta], ColumnElement[bool]]
) -> ColumnElement[bool]:
    private = feeds.c.private_host
    return or_(
        and_(~private, room("public", manners.concurrency, manners.gap)),
        and_(private, room("private", manners.private_concurrency, manners.private_gap)),
    )


def _in_hand() -> ColumnElement[int]:
    # `leased_until` is said to be there because the index over the few leases has that condition.
    return _count(_other.c.leased_until.is_not(None), _other.c.lease_owner.is_not(None)) + _pages_in_hand()


def _queued() -> ColumnElement[int]:
    return _count(_other.c.lease_owner.is_(None), _other.c.leased_until.is_not(None), _other.c.leased_until > NOW)


def _begun_around(kind: str, *where: ColumnElement[bool]) -> ColumnElement[int]:
    """Count polls begun less than the gap before now, or after it: another process may have read the clock later.

    Those far ahead are none: the clock was set back, and nobody waits until it has caught up.
    """
    return _count(_other.c.begun_at > _moment(f"{kind}_from"), _other.c.begun_at < _moment(f"{kind}_until"), *where)


def _asked_around(kind: str) -> ScalarSelect[int]:
    """Count the feed's hosts that were asked for a page so lately."""
    asked_at = page_hosts.c.asked_at
    return _of_pages(func.count(), asked_at > _moment(f"{kind}_from"), asked_at < _moment(f"{kind}_until"))


def _pages_in_hand() -> ScalarSelect[int]:
    return _of_pages(func.count(), page_hosts.c.busy_until > NOW)


def _of_pages(what: ColumnElement[_T], *where: ColumnElement[bool]) -> ScalarSelect[_T]:
    mine = page_hosts.c.host.in_((feeds.c.host, feeds.c.served_host))
    return select(what).where(mine, *where).correlate(feeds).scalar_subquery()


def _first_due(count: int) -> Select[int]:
    # Of the host that is asked, in the order of its index: there may be thousands. Of those that one host serves under
    # many names the claim keeps what that one bears, longest due first.
    o = _other.c
    due = select(o.id).where(o.host == feeds.c.host, *pollable(NOW, _other), leases.free(_other, NOW))
    return due.order_by(o.next_poll_at, o.id).limit(count).correlate(feeds)


def _count(*where: ColumnElement[bool]) -> ColumnElement[int]:
    """Count feeds that share a host with the feed, itself too.

    Counts, for PostgreSQL would join an EXISTS, and then read the whole table. Two, each by an index of its own: with
    an OR SQLite takes one that leads to all feeds of a host.
    """
    f, o = feeds.c, _other.c
    mine = (f.host, f.served_host)
    elsewhere = and_(o.host != f.host, or_(f.served_host.is_(None), o.host != f.served_host))

    def counted(*and_where: ColumnElement[bool]) -> ScalarSelect[int]:
        return select(func.count()).select_from(_other).where(*and_where, *where).correlate(feeds).scalar_subquery()

    return counted(o.host.in_(mine)) + counted(o.served_host.in_(mine), elsewhere)


def _together() -> ColumnElement[bool]:
    """`_other` shares a host with the feed."""
    mine = (feeds.c.host, feeds.c.served_host)
    return or_(_other.c.host.in_(mine), _other.c.served_host.in_(mine))
