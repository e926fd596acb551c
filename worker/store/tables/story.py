"""Stories, and the keys that make a story unique."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, false

from worker.store.tables.base import count, metadata
from worker.store.types import Id, UtcDateTime

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    count("reports"),
    Column("independent_reports", Integer),
    Index(None, "last_seen"),
)

copy_keys = Table(
    # No foreign key to stories: its check would lock story rows in key order, against the lock order of the match
    # step, and a key may outlive its story until it is pruned.
    "copy_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("story_id", Id, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("bad", Boolean, nullable=False, default=False, server_default=false()),
    Index(None, "story_id"),
    Index(None, "seen"),
)
