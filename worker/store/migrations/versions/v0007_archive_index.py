"""The archive's index, and what marks the items that it does not hold yet.

Triggers do so, that whoever writes words need not think of the index, and that no process can forget to. An item that
waits for matching is marked still, so matching itself marks nothing. A later migration that makes the table `items`
anew on SQLite must make them anew, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from worker.store.migrations import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CHANGED = "title, text, full_text, categories, authors, source, language, feed_id, story_id"
"""What of an item its place in the index follows."""

_MARK = "INSERT INTO unindexed_items (item_id)"
_SQLITE = (
    f"CREATE TRIGGER items_added AFTER INSERT ON items BEGIN {_MARK} VALUES (new.id); END",  # noqa: S608
    f"""CREATE TRIGGER items_changed AFTER UPDATE OF {_CHANGED} ON items WHEN old.unmatched_since IS NULL BEGIN
        {_MARK} VALUES (new.id) ON CONFLICT (item_id) DO UPDATE SET times = times + 1;
        DELETE FROM indexed_items WHERE item_id = new.id;
    END""",  # noqa: S608 - ours, as all here
    "CREATE TRIGGER items_deleted AFTER DELETE ON items BEGIN DELETE FROM unindexed_items WHERE item_id = old.id; END",
)
# A change makes its mark first: that waits for whoever is just indexing the item, whose writing is then deleted.
_POSTGRESQL = (
    f"""CREATE FUNCTION mark_added_items() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {_MARK} SELECT id FROM added;
        RETURN NULL;
    END $$""",  # noqa: S608
    """CREATE TRIGGER items_added AFTER INSERT ON items REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION mark_added_items()""",
    f"""CREATE FUNCTION mark_changed_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {_MARK} VALUES (new.id) ON CONFLICT (item_id) DO UPDATE SET times = unindexed_items.times + 1;
        DELETE FROM indexed_items WHERE item_id = new.id;
        RETURN NULL;
    END $$""",  # noqa: S608
    f"""CREATE TRIGGER items_changed AFTER UPDATE OF {_CHANGED} ON items
        FOR EACH ROW WHEN (old.unmatched_since IS NULL) EXECUTE FUNCTION mark_changed_item()""",
    """CREATE FUNCTION unmark_deleted_items() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        DELETE FROM unindexed_items WHERE item_id IN (SELECT id FROM deleted);
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER items_deleted AFTER DELETE ON items REFERENCING OLD TABLE AS deleted
        FOR EACH STATEMENT EXECUTE FUNCTION unmark_deleted_items()""",
)


def upgrade() -> None:
    """Make tables and triggers, and mark what there is."""
    op.create_table(
        "indexed_items",
        sa.Column("number", columns.big_id(), nullable=False),
        sa.Column("item_id", columns.big_id(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("feed_id", columns.big_id(), nullable=False),
        sa.Column("story_id", columns.big_id(), nullable=True),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_indexed_items_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_indexed_items"),
        sa.UniqueConstraint("item_id", name="uq_indexed_items_item_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_indexed_items_seen_item_id", "indexed_items", ["seen", "item_id"])
    op.create_index(
        "ix_indexed_items_words",
        "indexed_items",
        ["words"],
        postgresql_using="gin",
        sqlite_where=sa.text("words IS NOT NULL"),
    )
    op.create_table(
        "unindexed_items",
        sa.Column("item_id", columns.big_id(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_unindexed_items"),
    )
    op.execute("INSERT INTO unindexed_items (item_id) SELECT id FROM items")
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)
