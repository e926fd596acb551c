"""When subscribers are told, how their channels are kept, what they mark, mute and pause; output feeds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from worker.store.migrations import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; what is there is told as before, and held by a limit where it is held."""
    _columns("subscribers", sa.Column("quiet_hours", sa.Text()), sa.Column("heartbeat", sa.Text()), *_pause())
    _columns("subscribers", _count("links"))
    _columns("subscriptions", sa.Column("schedule", sa.Text()), sa.Column("break_through", sa.Integer()), *_pause())
    never: sa.Column[Any] = sa.Column("at_most_once", sa.Boolean(), server_default=sa.false(), nullable=False)
    _columns("channels", never, sa.Column("template", sa.Text()), _count("failures"))
    _columns("channels", sa.Column("failing_since", columns.moment()), sa.Column("rests_until", columns.moment()))
    _columns("alerts", sa.Column("reason", sa.Text()), sa.Column("mark", sa.Text()))
    _columns("alerts", sa.Column("marked_at", columns.moment()))
    beat: sa.Column[Any] = sa.Column("heartbeat", sa.Boolean(), server_default=sa.false(), nullable=False)
    _columns("digests", beat)
    _columns("alert_updates", sa.Column("reason", sa.Text()))
    op.create_index("ix_alerts_watch_list_id_id", "alerts", ["watch_list_id", "id"])
    op.create_index("ix_alerts_subscriber_id_id", "alerts", ["subscriber_id", "id"])
    columns.partial_index("ix_alerts_marked", "alerts", "marked_at", where="mark IS NOT NULL")
    waiting = "state = 'pending'"
    columns.partial_index("ix_deliveries_waiting", "deliveries", "channel_id", "due_at", where=waiting)
    _story_mutes()
    _output_feeds()
    op.execute("UPDATE alerts SET reason = 'limit' WHERE digest_id IS NOT NULL AND lead_id IS NULL")
    op.execute("UPDATE alert_updates SET reason = 'limit' WHERE digest_id IS NOT NULL")


def _story_mutes() -> None:
    op.create_table(
        "story_mutes",
        sa.Column("subscriber_id", columns.big_id(), nullable=False),
        sa.Column("story_id", columns.big_id(), nullable=False),
        sa.Column("muted_at", columns.moment(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_mutes_story_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_story_mutes_subscriber_id"),
        sa.PrimaryKeyConstraint("subscriber_id", "story_id", name="pk_story_mutes"),
    )


def _output_feeds() -> None:
    op.create_table(
        "output_feeds",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("watch_list_id", columns.big_id(), nullable=True),
        sa.Column("subscriber_id", columns.big_id(), nullable=True),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("revoked_at", columns.moment(), nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_output_feeds_subscriber_id"),
        sa.ForeignKeyConstraint(["watch_list_id"], ["watch_lists.id"], name="fk_output_feeds_watch_list_id"),
        sa.PrimaryKeyConstraint("id", name="pk_output_feeds"),
        sa.UniqueConstraint("token_hash", name="uq_output_feeds_token_hash"),
    )


def _pause() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("paused_since", columns.moment()), sa.Column("paused_until", columns.moment())


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def _columns(table: str, *added: sa.Column[Any]) -> None:
    for column in added:
        op.add_column(table, column)
