"""An index that pruning needs: whether a story was split from another is asked of each one that goes."""

from __future__ import annotations

from worker.store.migrations import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it; few stories were split."""
    columns.partial_index("ix_stories_split_from", "stories", "split_from", where="split_from IS NOT NULL")
