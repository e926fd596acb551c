"""What all tables share: the metadata, and the shapes of columns and indexes that several of them have."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Text, false, text

from worker.store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def count(name: str) -> Column[int]:
    """Return a column that counts from 0."""
    return Column(name, Integer, nullable=False, default=0, server_default=text("0"))


def flag(name: str) -> Column[bool]:
    """Return a column that is false unless somebody says otherwise."""
    return Column(name, Boolean, nullable=False, default=False, server_default=false())


def pause() -> tuple[Column[object], Column[object]]:
    """Return the columns of a pause: since when, and until when; without an end, until somebody ends it."""
    return Column("paused_since", UtcDateTime), Column("paused_until", UtcDateTime)


def lease() -> tuple[Column[str], Column[object], Column[int], Column[bool], Column[int]]:
    """Return the columns that `worker.store.leases` works on."""
    return (
        Column("lease_owner", Text),
        Column("leased_until", UtcDateTime),
        Column("lease_token", BigInteger, nullable=False, default=0, server_default=text("0")),
        flag("alone"),
        count("losses"),
    )


def partial(name: str, *columns: str, where: str) -> Index:
    """Return an index over the rows where the SQL condition `where` holds."""
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))
