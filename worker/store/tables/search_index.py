"""The archive's index: what of it is indexed, and what is not yet."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from worker.store.tables.base import count, metadata
from worker.store.types import Id

indexed_items = Table(
    # What a count looks at, for an item's own row is long. `number` is what SQLite's index knows an item by: an item
    # that is indexed anew gets another, and none is used again. `seen` is `first_seen` in seconds since 1970.
    # `language`: as the matcher has it, by what the words say. `whole`: the index took all of it. `words`: on
    # PostgreSQL only.
    "indexed_items",
    metadata,
    Column("number", Id, primary_key=True),
    Column("item_id", Id, ForeignKey("items.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("seen", Integer, nullable=False),
    Column("feed_id", Id, nullable=False),
    Column("story_id", Id),
    Column("news", Boolean, nullable=False),
    Column("language", Text),
    Column("whole", Boolean, nullable=False),
    Column("words", TSVECTOR().with_variant(Text(), "sqlite")),
    Index("ix_indexed_items_seen_item_id", "seen", "item_id"),
    # On SQLite it stays empty.
    Index("ix_indexed_items_words", "words", postgresql_using="gin", sqlite_where=text("words IS NOT NULL")),
    sqlite_autoincrement=True,
)

unindexed_items = Table(
    # An item stands here or there. Triggers of the database put it here, and take it out there, when it comes and when
    # it changes; `times` grows with each change. No foreign key: that would look up each item as it comes.
    "unindexed_items",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    count("times"),
)
