"""Alerts, and the digests and notices that are no alert: what deliveries are about."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from worker.store.tables.base import count, flag, metadata, partial
from worker.store.types import Id, Json, UtcDateTime

digests = Table(
    # `slot` names a minute and is part of the key; `due_at` is that minute as a time.
    "digests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    # Sent, although nothing is in it, where nothing was told since it was opened.
    flag("heartbeat"),
    UniqueConstraint("subscriber_id", "kind", "slot"),
)

alerts = Table(
    # `lead_id`: the alert whose message tells of this one (its own id, if it leads); of a merged one, the alert that it
    # relies on, and `digest_id` the digest that tells that. `messaged_at`: only of those that were told by a message,
    # when that was made; what `at_most` counts.
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    Column("watch_list_id", Id, ForeignKey("watch_lists.id"), nullable=False),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("subscription_id", Id, ForeignKey("subscriptions.id"), nullable=False),
    Column("item_id", Id, ForeignKey("items.id"), nullable=False),
    Column("state", Text, nullable=False),
    # Why it is held (when, quiet, limit), or cancelled (muted, paused) from the first.
    Column("reason", Text),
    # What its subscriber thought of it: useful, or noise.
    Column("mark", Text),
    Column("marked_at", UtcDateTime),
    Column("lead_id", Id, ForeignKey("alerts.id")),
    Column("digest_id", Id, ForeignKey("digests.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("messaged_at", UtcDateTime),
    # The number of its last update.
    count("updates"),
    # The story first: the same index then serves "which alerts has this story".
    UniqueConstraint("story_id", "watch_list_id", "subscriber_id"),
    Index(None, "lead_id"),
    Index(None, "digest_id"),
    Index(None, "item_id"),
    Index(None, "subscription_id", "messaged_at"),
    Index(None, "watch_list_id", "id"),
    Index(None, "subscriber_id", "id"),
    partial("ix_alerts_open", "subscription_id", where="state IN ('new', 'held')"),
    partial("ix_alerts_marked", "marked_at", where="mark IS NOT NULL"),
)

alert_updates = Table(
    # What became of a story that was told already: `sequence` counts those of one alert from 1. `revision`: the row of
    # item_revisions with what the item said before, 0 where it is a further report; no foreign key, for revisions are
    # pruned. `lead_id`: the update whose message tells of this one; NULL where a digest does. `messaged_at` as in
    # alerts.
    "alert_updates",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert_id", Id, ForeignKey("alerts.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("subscription_id", Id, ForeignKey("subscriptions.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("item_id", Id, ForeignKey("items.id"), nullable=False),
    Column("revision", Id, nullable=False),
    # Why a digest tells it: when, quiet, limit.
    Column("reason", Text),
    Column("lead_id", Id, ForeignKey("alert_updates.id")),
    Column("digest_id", Id, ForeignKey("digests.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("messaged_at", UtcDateTime),
    UniqueConstraint("alert_id", "sequence"),
    UniqueConstraint("alert_id", "item_id", "revision"),
    Index(None, "item_id"),
    Index(None, "lead_id"),
    Index(None, "digest_id"),
    Index(None, "subscription_id", "messaged_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("type", Text, nullable=False),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("data", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
