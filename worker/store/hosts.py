"""Hosts: which one a feed is polled from, and how much it bears (INTERFACE 2), as conditions on rows of `feeds`.

A host's polls in hand are its feeds with an owner; the gap counts from the latest `begun_at` among them. All its feeds
count, removed ones too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import and_, bindparam, case, exists, func, literal, literal_column, null, or_, select, true

from config.rules import is_public
from worker.store import leases
from worker.store.due import UNPOLLED, pollable
from worker.store.tables import feeds
from worker.store.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select

    from worker.records import Manners

BEGIN_LOCKS = 0x70C5
"""Class of the advisory locks under which PostgreSQL begins polls of limited hosts."""

LOCK_BUCKETS = 1024
"""Hosts share so many locks: a transaction that begins all there is stays within PostgreSQL's lock table."""

_other = feeds.alias("other")


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


NOW = _moment("now")
"""Statements with these conditions are made once and bound to `moments`: to make them costs more than to run them."""


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Return the host that politeness counts by; on loopback that is address and port (INTERFACE 2)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    loopback = host in ("localhost", "::1") or host.startswith("127.")
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}" if loopback else host


def place_of(url: str) -> dict[str, object]:
    """Return the columns that say where a feed is polled."""
    return {"polled_url": url, "host": host_of(url), "private_host": _is_private(url)}


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
        unhurried = _begun_around(kind) == 0 if gap else true()
        return unhurried if concurrency is None else and_(unhurried, _in_hand() < concurrency)

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
            return and_(_begun_around(kind) == 0, _queued() == 0, in_hand, first)
        if concurrency is None:
            return true()
        return and_(taken() < concurrency, feeds.c.id.in_(_first_due(concurrency)))

    return _by_kind(manners, room)


def taken() -> ScalarSelect[int]:
    """Count the feeds of the feed's host that are queued or begun."""
    o = _other.c
    return _count(o.leased_until.is_not(None), or_(o.lease_owner.is_not(None), o.leased_until > NOW))


def counted(manners: Manners) -> ColumnElement[int]:
    """As `taken`, where `allowance` asks for it."""
    return taken() if not manners.gap or (not manners.private_gap and manners.private_concurrency) else literal(0)


def is_shared() -> ColumnElement[bool]:
    """Whether the feed's host serves another feed too."""
    f, o = feeds.c, _other.c
    others = (o.host == f.host, o.id != f.id, o.removed_at.is_(None), o.state.not_in(UNPOLLED))
    return exists().where(*others).correlate(feeds)


def last_begun_of_others() -> ScalarSelect[datetime]:
    """When the latest poll of another feed of the feed's host began."""
    f, o = feeds.c, _other.c
    return select(func.max(o.begun_at)).where(o.host == f.host, o.id != f.id).correlate(feeds).scalar_subquery()


def first_waiting() -> ColumnElement[bool]:
    """Of its host's feeds that are due and not begun this is the first."""
    o = _other.c
    waiting = select(o.id).where(o.host == feeds.c.host, *pollable(NOW, _other), o.lease_owner.is_(None))
    first = waiting.order_by(o.next_poll_at, o.id).limit(1).correlate(feeds).scalar_subquery()
    return feeds.c.id == first


def lock(manners: Manners) -> tuple[ColumnElement[int], Callable[[Any, Any], ColumnElement[Any]]]:
    """Return the number of the advisory lock of a feed's host, and the expression that takes it (PostgreSQL).

    Whoever begins polls holds the locks of their hosts until the end of the transaction, so that who comes second sees
    what the first one began. Taken in the order of their numbers by all.
    """
    number = func.hashtext(feeds.c.host).op("&")(LOCK_BUCKETS - 1)
    every = is_limited(manners, private=True)

    def take(private: ColumnElement[bool], number: ColumnElement[int]) -> ColumnElement[Any]:
        taking = func.pg_advisory_xact_lock(literal_column(str(BEGIN_LOCKS)), number)
        return taking if every else case((~private, taking), else_=null())

    return number, take


def _by_kind(
    manners: Manners, room: Callable[[str, int | None, timedelta], ColumnElement[bool]]
) -> ColumnElement[bool]:
    private = feeds.c.private_host
    return or_(
        and_(~private, room("public", manners.concurrency, manners.gap)),
        and_(private, room("private", manners.private_concurrency, manners.private_gap)),
    )


def _in_hand() -> ScalarSelect[int]:
    # `leased_until` is said to be there because the index over the few leases has that condition.
    return _count(_other.c.leased_until.is_not(None), _other.c.lease_owner.is_not(None))


def _queued() -> ScalarSelect[int]:
    return _count(_other.c.lease_owner.is_(None), _other.c.leased_until.is_not(None), _other.c.leased_until > NOW)


def _begun_around(kind: str) -> ScalarSelect[int]:
    """Count polls begun less than the gap before now, or after it: another process may have read the clock later.

    Those far ahead are none: the clock was set back, and nobody waits until it has caught up.
    """
    return _count(_other.c.begun_at > _moment(f"{kind}_from"), _other.c.begun_at < _moment(f"{kind}_until"))


def _first_due(count: int) -> Select[int]:
    o = _other.c
    due = select(o.id).where(o.host == feeds.c.host, *pollable(NOW, _other), leases.free(_other, NOW))
    return due.order_by(o.next_poll_at, o.id).limit(count).correlate(feeds)


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count rows of the feed's host. Counts, for PostgreSQL would join an EXISTS, and then read the whole table."""
    return (
        select(func.count())
        .select_from(_other)
        .where(_other.c.host == feeds.c.host, *where)
        .correlate(feeds)
        .scalar_subquery()
    )
