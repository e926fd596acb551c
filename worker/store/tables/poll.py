"""What polls leave behind beside items: their journal, and what is remembered of each feed's last document."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, LargeBinary, Table, Text

from worker.store.tables.base import metadata
from worker.store.types import Id, UtcDateTime

poll_journal = Table(
    # A ring a feed: run number n stands at place n % 200, so that the journal never needs pruning.
    "poll_journal",
    metadata,
    Column("feed_id", Id, ForeignKey("feeds.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("run", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Integer),
    Column("new_items", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("note", Text),
)

documents = Table(
    # `slices`: 56 bytes a slice, see `worker.store.documents`.
    "documents",
    metadata,
    Column("feed_id", Id, ForeignKey("feeds.id"), primary_key=True),
    Column("frame", LargeBinary, nullable=False),
    Column("slices", LargeBinary, nullable=False),
)
