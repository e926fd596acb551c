"""Watch lists, who hears of them, and what they met."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from worker.store.tables.base import count, metadata, pause
from worker.store.types import Id, Json, UtcDateTime

watch_lists = Table(
    # `keywords`, `exclude` and `query` are what the user wrote; `full_query` is what the matcher compiles. `changed_in`
    # is the lists' version in which the row was written last, `broken_why` what is wrong with one of state "broken".
    # `asked_since`: since then it has asked what it asks, without a pause; null: ever since it was made.
    "watch_lists",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("keywords", Json, nullable=False),
    Column("exclude", Json, nullable=False),
    Column("query", Text),
    Column("full_query", Text, nullable=False),
    Column("feed_tags", Json, nullable=False),
    Column("languages", Json, nullable=False, default=list, server_default=text("'[]'")),
    Column("alert", Text, nullable=False, default="first", server_default=text("'first'")),
    Column("managed_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    count("changed_in"),
    Column("broken_why", Text),
    Column("burst_told_at", UtcDateTime),
    Column("asked_since", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Index(None, "changed_in"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("watch_list_id", Id, ForeignKey("watch_lists.id"), nullable=False),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("at_most", Integer),
    # When digests are due, as the files write it; NULL: told immediately.
    Column("schedule", Text),
    Column("break_through", Integer),
    *pause(),
    Column("removed_at", UtcDateTime),
    UniqueConstraint("watch_list_id", "subscriber_id"),
    Index(None, "subscriber_id"),
)

matches = Table(
    "matches",
    metadata,
    Column("watch_list_id", Id, ForeignKey("watch_lists.id"), primary_key=True),
    Column("item_id", Id, ForeignKey("items.id"), primary_key=True),
    Column("terms", Json, nullable=False),
    Column("spans", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "item_id"),
    Index(None, "watch_list_id", "created_at"),
)
