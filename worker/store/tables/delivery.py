"""Deliveries: the outbox."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from worker.store.tables.base import count, lease, metadata, partial
from worker.store.types import Id, UtcDateTime

deliveries = Table(
    # `first_id`: of an update, the delivery at the same channel that it must not overtake: the one of the message by
    # which its alert was first told.
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("channel_id", Id, ForeignKey("channels.id"), nullable=False),
    Column("first_id", Id, ForeignKey("deliveries.id")),
    Column("state", Text, nullable=False),
    count("attempts"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    *lease(),
    UniqueConstraint("subject_kind", "subject_id", "sequence", "channel_id"),
    partial("ix_deliveries_due", "due_at", where="state = 'pending'"),
    # Which channels have anything due, without a look at all that waits for one of them.
    partial("ix_deliveries_waiting", "channel_id", "due_at", where="state = 'pending'"),
    partial("ix_deliveries_begun", "leased_until", where="lease_owner IS NOT NULL"),
    partial("ix_deliveries_first_id", "first_id", where="first_id IS NOT NULL"),
    Index(None, "channel_id"),
    Index(None, "state", "due_at"),
)
