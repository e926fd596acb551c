"""What a story is known by, who wrote its reports, what happened to it since it was told, how a feed names items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from worker.store.migrations import columns, contents

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; copy keys become numbers that point to items."""
    _stories()
    _items()
    _copy_keys()
    _alerts()
    _identity()


def _identity() -> None:
    """Items are known by their words wherever they stand; slices have one more name, so documents are read anew."""
    op.add_column("feeds", sa.Column("identity_rung", sa.Text(), nullable=True))
    op.add_column("feeds", sa.Column("identity_doubts", sa.Integer(), server_default=sa.text("0"), nullable=False))
    contents.rehash(op.get_bind())
    op.execute("DELETE FROM documents")


def _stories() -> None:
    op.add_column("stories", sa.Column("head_item", columns.big_id(), nullable=True))
    op.add_column("stories", sa.Column("wire", sa.Text(), nullable=True))
    for name in ("corrected_at", "split_at"):
        op.add_column("stories", sa.Column(name, columns.moment(), nullable=True))
    for name in ("merged_into", "split_from"):
        # Inline, for SQLite adds no constraint to a table that is there.
        refers = sa.ForeignKey("stories.id", name=f"fk_stories_{name}")
        op.add_column("stories", sa.Column(name, columns.big_id(), refers, nullable=True), inline_references=True)
    columns.partial_index("ix_stories_merged_into", "stories", "merged_into", where="merged_into IS NOT NULL")


def _items() -> None:
    for name in ("folded", "outlet", "wire", "dateline", "image_credit"):
        op.add_column("items", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("items", sa.Column("copy_of", columns.big_id(), nullable=True))
    op.add_column("items", sa.Column("words", sa.Integer(), nullable=True))
    # So far only exact copies became one story: all its reports have the text of the first.
    first = "(SELECT min(o.id) FROM items o WHERE o.story_id = items.story_id)"
    op.execute(
        f"UPDATE items SET folded = 'text', copy_of = {first} WHERE story_id IS NOT NULL AND id > {first}"  # noqa: S608
    )
    head = "(SELECT min(i.id) FROM items i WHERE i.story_id = stories.id)"
    op.execute(f"UPDATE stories SET head_item = {head}, independent_reports = 1 WHERE reports > 0")  # noqa: S608


def _copy_keys() -> None:
    """Make the table anew: a key is the row's own number, and belongs to the first item of the story it led to."""
    op.rename_table("copy_keys", "old_copy_keys")
    op.create_table(
        "copy_keys",
        sa.Column("key", columns.big_id(), autoincrement=False, nullable=False),
        sa.Column("item_id", columns.big_id(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_copy_keys_of_items"),
    )
    seen = "extract(epoch FROM k.seen)" if op.get_bind().dialect.name == "postgresql" else "strftime('%s', k.seen)"
    op.execute(
        "INSERT INTO copy_keys (key, item_id, seen) "  # noqa: S608 - ours
        f"SELECT k.key, (SELECT min(i.id) FROM items i WHERE i.story_id = k.story_id), CAST({seen} AS INTEGER) "
        "FROM old_copy_keys k WHERE EXISTS (SELECT 1 FROM items i WHERE i.story_id = k.story_id)"
    )
    op.drop_table("old_copy_keys")
    op.create_table(
        "recent_keys",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recent_keys"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_copy_keys_of_items RENAME TO pk_copy_keys")


def _alerts() -> None:
    first = sa.text("'first'")
    op.add_column("watch_lists", sa.Column("alert", sa.Text(), server_default=first, nullable=False))
    op.add_column("alerts", sa.Column("updates", sa.Integer(), server_default=sa.text("0"), nullable=False))
    refers = sa.ForeignKey("deliveries.id", name="fk_deliveries_first_id")
    op.add_column("deliveries", sa.Column("first_id", columns.big_id(), refers, nullable=True), inline_references=True)
    columns.partial_index("ix_deliveries_first_id", "deliveries", "first_id", where="first_id IS NOT NULL")
    op.create_table(
        "alert_updates",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("alert_id", columns.big_id(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subscription_id", columns.big_id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", columns.big_id(), nullable=False),
        sa.Column("revision", columns.big_id(), nullable=False),
        sa.Column("lead_id", columns.big_id(), nullable=True),
        sa.Column("digest_id", columns.big_id(), nullable=True),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("messaged_at", columns.moment(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_alert_updates_alert_id"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="fk_alert_updates_subscription_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_alert_updates_item_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["alert_updates.id"], name="fk_alert_updates_lead_id"),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_alert_updates_digest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_updates"),
        sa.UniqueConstraint("alert_id", "sequence", name="uq_alert_updates_alert_id_sequence"),
        sa.UniqueConstraint("alert_id", "item_id", "revision", name="uq_alert_updates_alert_id_item_id_revision"),
    )
    for names in (["item_id"], ["lead_id"], ["digest_id"], ["subscription_id", "messaged_at"]):
        op.create_index(f"ix_alert_updates_{'_'.join(names)}", "alert_updates", names)
