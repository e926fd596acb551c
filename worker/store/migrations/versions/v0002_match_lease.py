"""Items that lost their worker: queued for a while, and counted when matching begins, not before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.migrations import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("items", sa.Column("match_leased_until", columns.moment(), nullable=True))
