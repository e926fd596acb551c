"""The column types and shapes that migrations share.

A migration is a record: what stands here is never changed, only added to.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP


def big_id() -> sa.types.TypeEngine[int]:
    """Return the type of ids: 64 bit; SQLite numbers rows by itself only where the type is called INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment() -> sa.types.TypeEngine[str]:
    """Return the type of times: TIMESTAMPTZ, or sortable text of fixed width on SQLite."""
    return sa.String(27).with_variant(TIMESTAMP(timezone=True), "postgresql")


def json() -> sa.types.TypeEngine[Any]:
    """Return the type of JSON values."""
    return sa.JSON().with_variant(JSONB(), "postgresql")


def lease() -> tuple[sa.Column[Any], ...]:
    """Return the columns of a lease, as `worker.store.leases` works on them."""
    return (
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("leased_until", moment(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("alone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("losses", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )


def partial_index(name: str, table: str, *columns: str, where: str) -> None:
    """Make an index over the rows where the SQL condition `where` holds."""
    op.create_index(name, table, [*columns], postgresql_where=sa.text(where), sqlite_where=sa.text(where))
