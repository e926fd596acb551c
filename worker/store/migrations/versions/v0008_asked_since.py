"""Since when a watch list has asked what it asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.migrations import columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is there counts as unchanged since it was made."""
    op.add_column("watch_lists", sa.Column("asked_since", columns.moment(), nullable=True))
