"""The tables. Names are plural; every unique key of DESIGN.md 4.1 stands here: duplicates cannot be written."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from worker.store.types import Duration, Id, Json, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0, server_default=text("0"))


def _lease() -> tuple[Column[str], Column[object], Column[int], Column[bool], Column[int]]:
    """The columns that `worker.store.leases` works on."""
    return (
        Column("lease_owner", Text),
        Column("leased_until", UtcDateTime),
        Column("lease_token", BigInteger, nullable=False, default=0, server_default=text("0")),
        Column("alone", Boolean, nullable=False, default=False, server_default=false()),
        _count("losses"),
    )


service_state = Table(
    "service_state",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("role", Text, primary_key=True),
    Column("host", Text, primary_key=True),
    Column("pid", Integer, primary_key=True, autoincrement=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("polled_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("name", Text),
    Column("title", Text),
    Column("link", Text),
    Column("language", Text),
    Column("tags", Json, nullable=False),
    Column("every", Duration),
    Column("managed_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("state", Text, nullable=False),
    _count("failures"),
    Column("error_weight", Float, nullable=False, default=0.0, server_default=text("0")),
    Column("last_outcome", Text),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("last_note", Text),
    Column("last_polled_at", UtcDateTime),
    Column("last_good_at", UtcDateTime),
    # Items of `last_seen` >= this are in the feed still, whatever came after (a feed of 304s is not an empty one).
    Column("last_parsed_at", UtcDateTime),
    Column("next_poll_at", UtcDateTime, nullable=False),
    Column("average_seconds", Float),
    Column("validators_url", Text),
    Column("etag", LargeBinary),
    Column("last_modified", LargeBinary),
    Column("body_hash", LargeBinary),
    Column("redirect_url", Text),
    _count("redirect_count"),
    Column("redirect_since", UtcDateTime),
    _count("journal_runs"),
    *_lease(),
    Index(
        "ix_feeds_next_poll_at",
        "next_poll_at",
        postgresql_where=text("removed_at IS NULL"),
        sqlite_where=text("removed_at IS NULL"),
    ),
    Index(None, "host"),
    Index(
        "ix_feeds_begun",
        "leased_until",
        postgresql_where=text("lease_owner IS NOT NULL"),
        sqlite_where=text("lease_owner IS NOT NULL"),
    ),
)

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

stories = Table(
    "stories",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    _count("reports"),
    Column("independent_reports", Integer),
    Index(None, "last_seen"),
)

items = Table(
    # Indexes are on hashes, never on text: a guid can be 8 KB (RELIABILITY 1).
    "items",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed_id", Id, ForeignKey("feeds.id"), nullable=False),
    Column("identity", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("guid_hash", LargeBinary),
    Column("link_hash", LargeBinary),
    Column("link", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text),  # NULL: the same as `text`, which it is in most feeds
    Column("text", Text, nullable=False),
    Column("authors", Json, nullable=False),
    Column("categories", Json, nullable=False),
    Column("source", Text),
    Column("language", Text),
    Column("published", UtcDateTime),
    Column("updated", UtcDateTime),
    Column("image", Text),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("news", Boolean, nullable=False),
    _count("revisions"),
    Column("story_id", Id, ForeignKey("stories.id")),
    Column("unmatched_since", UtcDateTime),
    # Until then a message for its matching, or a worker with it, may be under way.
    Column("match_leased_until", UtcDateTime),
    _count("match_attempts"),
    Column("match_state", Text),
    UniqueConstraint("feed_id", "identity"),
    Index(None, "feed_id", "content"),
    Index(None, "story_id"),
    Index(None, "first_seen"),
    Index(
        "ix_items_unmatched",
        "unmatched_since",
        postgresql_where=text("unmatched_since IS NOT NULL"),
        sqlite_where=text("unmatched_since IS NOT NULL"),
    ),
    Index(
        "ix_items_match_state",
        "match_state",
        postgresql_where=text("match_state IS NOT NULL"),
        sqlite_where=text("match_state IS NOT NULL"),
    ),
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

watch_lists = Table(
    # `keywords`, `exclude` and `query` are what the user wrote; `full_query` is what the matcher compiles.
    "watch_lists",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("keywords", Json, nullable=False),
    Column("exclude", Json, nullable=False),
    Column("query", Text),
    Column("full_query", Text, nullable=False),
    Column("feed_tags", Json, nullable=False),
    Column("managed_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("timezone", Text, nullable=False),
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
    Column("removed_at", UtcDateTime),
    UniqueConstraint("subscriber_id", "kind", "hash"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("watch_list_id", Id, ForeignKey("watch_lists.id"), nullable=False),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("at_most", Integer),
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
    UniqueConstraint("subscriber_id", "kind", "slot"),
)

alerts = Table(
    # `lead_id`: the alert whose message tells of this one (its own id, if it leads). `messaged_at`: only of those that
    # lead, when the message was made; what `at_most` counts.
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    Column("watch_list_id", Id, ForeignKey("watch_lists.id"), nullable=False),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("subscription_id", Id, ForeignKey("subscriptions.id"), nullable=False),
    Column("item_id", Id, ForeignKey("items.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("lead_id", Id, ForeignKey("alerts.id")),
    Column("digest_id", Id, ForeignKey("digests.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("messaged_at", UtcDateTime),
    # The story first: the same index then serves "which alerts has this story".
    UniqueConstraint("story_id", "watch_list_id", "subscriber_id"),
    Index(None, "lead_id"),
    Index(None, "digest_id"),
    Index(None, "item_id"),
    Index(None, "subscription_id", "messaged_at"),
    Index(
        "ix_alerts_open",
        "subscription_id",
        postgresql_where=text("state IN ('new', 'held')"),
        sqlite_where=text("state IN ('new', 'held')"),
    ),
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

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("channel_id", Id, ForeignKey("channels.id"), nullable=False),
    Column("state", Text, nullable=False),
    _count("attempts"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    *_lease(),
    UniqueConstraint("subject_kind", "subject_id", "sequence", "channel_id"),
    Index(
        "ix_deliveries_due",
        "due_at",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
    Index(
        "ix_deliveries_begun",
        "leased_until",
        postgresql_where=text("lease_owner IS NOT NULL"),
        sqlite_where=text("lease_owner IS NOT NULL"),
    ),
    Index(None, "channel_id"),
    Index(None, "state", "due_at"),
)
