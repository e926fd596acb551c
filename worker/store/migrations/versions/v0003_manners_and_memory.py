"""How a feed is doing and what is remembered of it, how much its host bears, merged feeds, OPML lists, full texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from config.rules import is_public
from worker.store.migrations import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns, tables and indexes; no row is copied, and none means anything else than before."""
    _opml_lists()
    _documents()
    op.add_column("items", sa.Column("full_text", sa.Text(), nullable=True))
    op.add_column("items", sa.Column("enclosures", columns.json(), nullable=True))
    _feeds()
    _hosts()
    _page_hosts()


def _opml_lists() -> None:
    op.create_table(
        "opml_lists",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tags", columns.json(), nullable=False),
        sa.Column("managed_by", sa.Text(), nullable=False),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("removed_at", columns.moment(), nullable=True),
        sa.Column("next_read_at", columns.moment(), nullable=False),
        sa.Column("last_read_at", columns.moment(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("doubted_at", columns.moment(), nullable=True),
        sa.Column("elsewhere", columns.json(), nullable=True),
        sa.Column("validators_url", sa.Text(), nullable=True),
        sa.Column("etag", sa.LargeBinary(), nullable=True),
        sa.Column("last_modified", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_opml_lists"),
        sa.UniqueConstraint("source", name="uq_opml_lists_source"),
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("feed_id", columns.big_id(), nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        sa.Column("slices", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_documents_feed_id"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_documents"),
    )


def _feeds() -> None:
    for name in ("ignore_hints", "full_text", "private_host", "paused"):
        op.add_column("feeds", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in ("told_at", "last_whole_at", "gap_from", "gap_until", "last_new_at", "begun_at"):
        op.add_column("feeds", sa.Column(name, columns.moment(), nullable=True))
    for name in ("learned_interval", "item_gap", "fresh_for"):
        op.add_column("feeds", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("feeds", sa.Column("listed", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("feeds", sa.Column("hints", columns.json(), nullable=True))
    op.add_column("feeds", sa.Column("parts", columns.json(), nullable=True))
    op.add_column("feeds", sa.Column("served_host", sa.Text(), nullable=True))
    for name, table in (("merged_into", "feeds"), ("opml_id", "opml_lists")):
        # Inline, for SQLite adds no constraint to a table that is there.
        refers = sa.ForeignKey(f"{table}.id", name=f"fk_feeds_{name}")
        op.add_column("feeds", sa.Column(name, columns.big_id(), refers, nullable=True), inline_references=True)
        columns.partial_index(f"ix_feeds_{name}", "feeds", name, where=f"{name} IS NOT NULL")


def _hosts() -> None:
    """Say of each feed whether its host is our own, and index what its host's limits ask."""
    feeds = sa.table("feeds", sa.column("id"), sa.column("polled_url"), sa.column("private_host", sa.Boolean()))
    rows = op.get_bind().execute(sa.select(feeds.c.id, feeds.c.polled_url)).all()
    ours = [{"b_id": row.id} for row in rows if not is_public(row.polled_url)]
    if ours:
        marked = feeds.update().where(feeds.c.id == sa.bindparam("b_id")).values(private_host=True)
        op.get_bind().execute(marked, ours)
    op.drop_index("ix_feeds_host", "feeds")
    op.create_index("ix_feeds_host_begun_at", "feeds", ["host", "begun_at"])
    first = ("host", "next_poll_at", "id")
    columns.partial_index("ix_feeds_host_next_poll_at", "feeds", *first, where="removed_at IS NULL")
    columns.partial_index("ix_feeds_taken", "feeds", "host", where="leased_until IS NOT NULL")
    op.create_index("ix_feeds_served_host_begun_at", "feeds", ["served_host", "begun_at"])
    # After that one: of two that would do, SQLite without statistics takes the younger.
    columns.partial_index("ix_feeds_taken_served", "feeds", "served_host", where="leased_until IS NOT NULL")


def _page_hosts() -> None:
    op.create_table(
        "page_hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("asked_at", columns.moment(), nullable=False),
        sa.Column("busy_until", columns.moment(), nullable=True),
        sa.PrimaryKeyConstraint("host", name="pk_page_hosts"),
    )
