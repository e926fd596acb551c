"""Items and their revisions."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from worker.store.tables.base import count, metadata, partial
from worker.store.types import Id, Json, UtcDateTime

items = Table(
    # Indexes are on hashes, never on text: a guid can be 8 KB (RELIABILITY 1).
    "items",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed_id", Id, ForeignKey("feeds.id"), nullable=False),
    Column("identity", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("guid_hash", LargeBinary),
    Column("link_hash", LargeBinary),  # of the link's one spelling (`worker.stories.canonical`)
    Column("link", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text),  # NULL: the same as `text`, which it is in most feeds
    Column("text", Text, nullable=False),
    Column("full_text", Text),  # what the linked page says
    Column("authors", Json, nullable=False),
    Column("categories", Json, nullable=False),
    Column("source", Text),
    Column("language", Text),
    Column("published", UtcDateTime),
    Column("updated", UtcDateTime),
    Column("image", Text),
    Column("enclosures", Json),  # url, type, length; NULL for none
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("news", Boolean, nullable=False),
    count("revisions"),
    Column("story_id", Id, ForeignKey("stories.id")),
    # What folding found: how it came into its story (NULL: it began it), the item whose text it carries (NULL: its
    # own), who wrote it, and how many words it has.
    Column("folded", Text),
    Column("copy_of", Id),
    Column("outlet", Text),
    Column("wire", Text),
    Column("dateline", Text),
    Column("image_credit", Text),
    Column("words", Integer),
    Column("unmatched_since", UtcDateTime),
    # Until then a message for its matching, or a worker with it, may be under way.
    Column("match_leased_until", UtcDateTime),
    count("match_attempts"),
    Column("match_state", Text),
    UniqueConstraint("feed_id", "identity"),
    Index(None, "feed_id", "content"),
    Index(None, "link_hash"),
    Index(None, "story_id"),
    Index(None, "first_seen"),
    partial("ix_items_unmatched", "unmatched_since", where="unmatched_since IS NOT NULL"),
    partial("ix_items_match_state", "match_state", where="match_state IS NOT NULL"),
)

item_revisions = Table(
    "item_revisions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("item_id", Id, ForeignKey("items.id"), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("link", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text),
    Column("text", Text, nullable=False),
    Column("updated", UtcDateTime),
    Column("replaced_at", UtcDateTime, nullable=False),
    Index(None, "item_id"),
)
