"""Leases, written once for feeds and deliveries: both tables share the columns of `tables.base.lease`.

Queued: no owner, `leased_until` ahead. Begun: an owner. Free: neither (see `worker.pipeline.ports`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Integer, and_, case, cast, false, literal_column, null, or_, select, true, tuple_, update

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, Update

_T = TypeVar("_T")

MAX_LOSSES = 3
"""So many losses while running alone quarantine a row (DESIGN 4.3)."""

CHUNK = 500
"""So many values stand in one IN list."""


def free(table: FromClause, now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Neither queued nor begun."""
    return and_(table.c.lease_owner.is_(None), or_(table.c.leased_until.is_(None), table.c.leased_until <= now))


def locked(table: Table, *where: ColumnElement[bool], skip: bool = True) -> Select[tuple[int]]:
    """Select the ids of rows and lock them.

    On SQLite nothing is rendered for it and BEGIN IMMEDIATE does the same (RELIABILITY 26).
    """
    return select(table.c.id).where(*where).with_for_update(key_share=True, skip_locked=skip)


def chosen(table: Table, rows: Select[tuple[int]]) -> Update:
    """UPDATE exactly the rows that `rows` selects and locks.

    A CTE, for PostgreSQL may run a subquery with LIMIT more than once, and would then take more.
    """
    return update(table).where(table.c.id.in_(select(rows.cte("chosen").c.id)))


def begin(
    connection: Connection,
    table: Table,
    ids: Sequence[int],
    *where: ColumnElement[bool],
    company: bool | None = None,
    **values: object,
) -> set[int]:
    """Begin the leases of those `ids` that nobody has begun and that fulfil `where`; return which.

    In company (default: where there are several ids) a row marked `alone` is given back free and left out.
    """
    begun: set[int] = set()
    company = len(set(ids)) > 1 if company is None else company
    for part in chunks(sorted(set(ids))):
        unowned: list[ColumnElement[bool]] = [table.c.id.in_(part), table.c.lease_owner.is_(None)]
        if company:
            connection.execute(chosen(table, locked(table, *unowned, table.c.alone)).values(leased_until=None))
            unowned.append(~table.c.alone)
        begun.update(connection.scalars(begun_now(table, *unowned, *where, **values).returning(table.c.id)))
    return begun


def begun_now(table: Table, *where: ColumnElement[bool], **values: object) -> Update:
    """UPDATE the rows that fulfil `where` as begun: each under a new token."""
    statement = chosen(table, locked(table, *where).order_by(table.c.id))
    return statement.values(lease_token=table.c.lease_token + 1, **values)


def renew(connection: Connection, table: Table, tokens: Mapping[int, int], until: datetime) -> None:
    """Prolong begun leases under their tokens.

    Rows that somebody is writing at the moment are skipped: that is their end, or the next renewal's turn.
    """
    for part in chunks(sorted(tokens.items())):
        connection.execute(chosen(table, locked(table, *_ours(table, part))).values(leased_until=until))


def hand_back(connection: Connection, table: Table, tokens: Mapping[int, int], **values: object) -> None:
    """Free begun leases under their tokens, without counting anything."""
    for part in chunks(sorted(tokens.items())):
        rows = locked(table, *_ours(table, part), skip=False).order_by(table.c.id)
        free: dict[str, object] = {"lease_owner": None, "leased_until": None}
        connection.execute(chosen(table, rows).values(free | values))


def release(connection: Connection, table: Table, *where: ColumnElement[bool], counted: bool, **values: object) -> int:
    """Free begun leases whose holders are lost; return how many.

    `counted`: the loss sets `alone`; if the row ran alone already it adds 1 to `losses`, and the third quarantines it.
    `values` are the columns that a lost row gets besides; of them `state` yields to quarantine.
    """
    rows = locked(table, table.c.lease_owner.is_not(None), *where)
    freed = chosen(table, rows).values(lease_owner=None, leased_until=None, **values)
    if counted:
        losses = table.c.losses + cast(table.c.alone, Integer)
        state = values.get("state", table.c.state)
        freed = freed.values(
            alone=true(), losses=losses, state=case((losses >= MAX_LOSSES, "quarantined"), else_=state)
        )
    return len(connection.execute(freed.returning(table.c.id)).all())


def owners(connection: Connection, *tables: Table) -> set[str]:
    """All owners of begun leases."""
    found: set[str] = set()
    for table in tables:
        found.update(connection.scalars(select(table.c.lease_owner).where(table.c.lease_owner.is_not(None)).distinct()))
    return found


def finished() -> dict[str, object]:
    """Column values of a lease whose work has ended: free, and with the losses forgotten."""
    return {"lease_owner": null(), "leased_until": null(), "alone": false(), "losses": literal_column("0")}


def chunks(values: Sequence[_T]) -> list[Sequence[_T]]:
    """Cut into pieces that fit an IN list."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]


def _ours(table: Table, pairs: Sequence[tuple[int, int]]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return tuple_(table.c.id, table.c.lease_token).in_(pairs), table.c.lease_owner.is_not(None)
