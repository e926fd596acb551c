"""Stories, and the keys that make a story unique."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from worker.store.tables.base import count, metadata, partial
from worker.store.types import Id, UtcDateTime

stories = Table(
    # `title` and `link` are those of the head item, the earliest full report; no foreign key to it, for items refer to
    # stories. `corrected_at`: when a report's text last changed. A story that was joined with another by hand stays,
    # for its alerts do, and points to the one that has its reports now.
    "stories",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("head_item", Id),
    Column("wire", Text),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("corrected_at", UtcDateTime),
    count("reports"),
    Column("independent_reports", Integer),
    Column("merged_into", Id, ForeignKey("stories.id")),
    Column("split_from", Id, ForeignKey("stories.id")),
    Column("split_at", UtcDateTime),
    Index(None, "last_seen"),
    partial("ix_stories_merged_into", "merged_into", where="merged_into IS NOT NULL"),
    partial("ix_stories_split_from", "split_from", where="split_from IS NOT NULL"),
)

copy_keys = Table(
    # A key belongs to the item that brought it, and so to that item's story, whichever that comes to be. No foreign
    # key: its check would lock items in key order, and a key may outlive its item until it is pruned. `seen` is in
    # seconds since 1970 and the only index the key itself: this table has some twenty rows an item.
    "copy_keys",
    metadata,
    Column("key", Id, primary_key=True, autoincrement=False),
    Column("item_id", Id, nullable=False),
    Column("seen", Integer, nullable=False),
    count("bad"),
)

recent_keys = Table(
    # On SQLite only: what is not in `copy_keys` yet (`worker.store.key_log`). Ids are never used again.
    "recent_keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("entries", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
