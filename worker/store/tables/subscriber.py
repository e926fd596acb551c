"""Subscribers and their channels."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from worker.store.tables.base import count, flag, metadata, pause
from worker.store.types import Id, UtcDateTime

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("timezone", Text, nullable=False),
    Column("quiet_hours", Text),
    Column("heartbeat", Text),
    *pause(),
    # The version of the links in messages: those of an earlier one open nothing any more.
    count("links"),
    Column("managed_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
)

channels = Table(
    # `hash` stands for address and secret, so that no index holds them.
    "channels",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("secret", Text),
    Column("hash", LargeBinary, nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("disabled_reason", Text),
    flag("at_most_once"),
    Column("template", Text),
    # The circuit breaker: failures in a row that were no fault of one message, since when, and until when it rests.
    count("failures"),
    Column("failing_since", UtcDateTime),
    Column("rests_until", UtcDateTime),
    Column("removed_at", UtcDateTime),
    UniqueConstraint("subscriber_id", "kind", "hash"),
)

story_mutes = Table(
    # Stories of which a subscriber wants to hear no more.
    "story_mutes",
    metadata,
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), primary_key=True),
    Column("muted_at", UtcDateTime, nullable=False),
)

output_feeds = Table(
    # A way to read alerts as a feed, for whoever has its token: those of a watch list, or those to a subscriber.
    "output_feeds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("watch_list_id", Id, ForeignKey("watch_lists.id")),
    Column("subscriber_id", Id, ForeignKey("subscribers.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)
