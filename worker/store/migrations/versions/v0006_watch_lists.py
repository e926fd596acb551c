"""What watch lists are held to, when they last changed, and why one is broken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.migrations import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns; no list means anything else than before."""
    no_languages = sa.text("'[]'")
    op.add_column("watch_lists", sa.Column("languages", columns.json(), server_default=no_languages, nullable=False))
    # 0 is below every version: whoever knows none of them reads all lists anyway.
    op.add_column("watch_lists", sa.Column("changed_in", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("watch_lists", sa.Column("broken_why", sa.Text(), nullable=True))
    op.add_column("watch_lists", sa.Column("burst_told_at", columns.moment(), nullable=True))
    op.create_index("ix_watch_lists_changed_in", "watch_lists", ["changed_in"])
