"""OPML lists whose feeds are kept in step."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from worker.store.tables.base import metadata
from worker.store.types import Id, Json, UtcDateTime

opml_lists = Table(
    "opml_lists",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False, unique=True),
    Column("tags", Json, nullable=False),
    Column("managed_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("next_read_at", UtcDateTime, nullable=False),
    Column("last_read_at", UtcDateTime),
    Column("last_error", Text),
    # Since when it names far fewer feeds than there are, and is not believed.
    Column("doubted_at", UtcDateTime),
    # Addresses of it that stood elsewhere when it was last followed; NULL: nobody knows.
    Column("elsewhere", Json),
    Column("validators_url", Text),
    Column("etag", LargeBinary),
    Column("last_modified", LargeBinary),
)
