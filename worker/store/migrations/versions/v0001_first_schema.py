"""The first schema: every unique key that DESIGN.md 4.1 asks for."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from worker.store.migrations import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables, each after those it refers to, and name the installation."""
    _copy_keys()
    _feeds()
    _heartbeats()
    _service_state()
    _stories()
    _subscribers()
    _watch_lists()
    _channels()
    _digests()
    _items()
    _notices()
    _poll_journal()
    _subscriptions()
    _alerts()
    _deliveries()
    _item_revisions()
    _matches()
    state = sa.table("service_state", sa.column("key", sa.Text()), sa.column("value", sa.Text()))
    first = {"installation": str(uuid4()), "watch_lists_version": "0"}
    op.bulk_insert(state, [{"key": key, "value": value} for key, value in first.items()])


def _copy_keys() -> None:
    op.create_table(
        "copy_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("story_id", columns.big_id(), nullable=False),
        sa.Column("seen", columns.moment(), nullable=False),
        sa.Column("bad", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_copy_keys"),
    )
    op.create_index("ix_copy_keys_seen", "copy_keys", ["seen"])
    op.create_index("ix_copy_keys_story_id", "copy_keys", ["story_id"])


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("polled_url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("tags", columns.json(), nullable=False),
        sa.Column("every", sa.Float(), nullable=True),
        sa.Column("managed_by", sa.Text(), nullable=False),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("removed_at", columns.moment(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error_weight", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_outcome", sa.Text(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_note", sa.Text(), nullable=True),
        sa.Column("last_polled_at", columns.moment(), nullable=True),
        sa.Column("last_good_at", columns.moment(), nullable=True),
        sa.Column("last_parsed_at", columns.moment(), nullable=True),
        sa.Column("next_poll_at", columns.moment(), nullable=False),
        sa.Column("average_seconds", sa.Float(), nullable=True),
        sa.Column("validators_url", sa.Text(), nullable=True),
        sa.Column("etag", sa.LargeBinary(), nullable=True),
        sa.Column("last_modified", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.Column("redirect_url", sa.Text(), nullable=True),
        sa.Column("redirect_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("redirect_since", columns.moment(), nullable=True),
        sa.Column("journal_runs", sa.Integer(), server_default=sa.text("0"), nullable=False),
        *columns.lease(),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
    )
    columns.partial_index("ix_feeds_begun", "feeds", "leased_until", where="lease_owner IS NOT NULL")
    op.create_index("ix_feeds_host", "feeds", ["host"])
    columns.partial_index("ix_feeds_next_poll_at", "feeds", "next_poll_at", where="removed_at IS NULL")


def _heartbeats() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", columns.moment(), nullable=False),
        sa.Column("heartbeat_at", columns.moment(), nullable=False),
        sa.PrimaryKeyConstraint("role", "host", "pid", name="pk_heartbeats"),
    )


def _service_state() -> None:
    op.create_table(
        "service_state",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_service_state"),
    )


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("first_seen", columns.moment(), nullable=False),
        sa.Column("last_seen", columns.moment(), nullable=False),
        sa.Column("reports", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("independent_reports", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_index("ix_stories_last_seen", "stories", ["last_seen"])


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("managed_by", sa.Text(), nullable=False),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("removed_at", columns.moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("name", name="uq_subscribers_name"),
    )


def _watch_lists() -> None:
    op.create_table(
        "watch_lists",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("keywords", columns.json(), nullable=False),
        sa.Column("exclude", columns.json(), nullable=False),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("full_query", sa.Text(), nullable=False),
        sa.Column("feed_tags", columns.json(), nullable=False),
        sa.Column("managed_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("removed_at", columns.moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_watch_lists"),
        sa.UniqueConstraint("name", name="uq_watch_lists_name"),
    )


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("subscriber_id", columns.big_id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("removed_at", columns.moment(), nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_channels_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.UniqueConstraint("subscriber_id", "kind", "hash", name="uq_channels_subscriber_id_kind_hash"),
    )


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("subscriber_id", columns.big_id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("due_at", columns.moment(), nullable=False),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("closed_at", columns.moment(), nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_digests_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.UniqueConstraint("subscriber_id", "kind", "slot", name="uq_digests_subscriber_id_kind_slot"),
    )


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("feed_id", columns.big_id(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("guid_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("authors", columns.json(), nullable=False),
        sa.Column("categories", columns.json(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published", columns.moment(), nullable=True),
        sa.Column("updated", columns.moment(), nullable=True),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("first_seen", columns.moment(), nullable=False),
        sa.Column("last_seen", columns.moment(), nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("revisions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("story_id", columns.big_id(), nullable=True),
        sa.Column("unmatched_since", columns.moment(), nullable=True),
        sa.Column("match_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("match_state", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_items_feed_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_items_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.UniqueConstraint("feed_id", "identity", name="uq_items_feed_id_identity"),
    )
    op.create_index("ix_items_feed_id_content", "items", ["feed_id", "content"])
    op.create_index("ix_items_first_seen", "items", ["first_seen"])
    columns.partial_index("ix_items_match_state", "items", "match_state", where="match_state IS NOT NULL")
    op.create_index("ix_items_story_id", "items", ["story_id"])
    columns.partial_index("ix_items_unmatched", "items", "unmatched_since", where="unmatched_since IS NOT NULL")


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subscriber_id", columns.big_id(), nullable=False),
        sa.Column("data", columns.json(), nullable=False),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_notices_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )


def _poll_journal() -> None:
    op.create_table(
        "poll_journal",
        sa.Column("feed_id", columns.big_id(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("at", columns.moment(), nullable=False),
        sa.Column("until", columns.moment(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("new_items", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_poll_journal_feed_id"),
        sa.PrimaryKeyConstraint("feed_id", "place", name="pk_poll_journal"),
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("watch_list_id", columns.big_id(), nullable=False),
        sa.Column("subscriber_id", columns.big_id(), nullable=False),
        sa.Column("at_most", sa.Integer(), nullable=True),
        sa.Column("removed_at", columns.moment(), nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_subscriptions_subscriber_id"),
        sa.ForeignKeyConstraint(["watch_list_id"], ["watch_lists.id"], name="fk_subscriptions_watch_list_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("watch_list_id", "subscriber_id", name="uq_subscriptions_watch_list_id_subscriber_id"),
    )
    op.create_index("ix_subscriptions_subscriber_id", "subscriptions", ["subscriber_id"])


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("story_id", columns.big_id(), nullable=False),
        sa.Column("watch_list_id", columns.big_id(), nullable=False),
        sa.Column("subscriber_id", columns.big_id(), nullable=False),
        sa.Column("subscription_id", columns.big_id(), nullable=False),
        sa.Column("item_id", columns.big_id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lead_id", columns.big_id(), nullable=True),
        sa.Column("digest_id", columns.big_id(), nullable=True),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("messaged_at", columns.moment(), nullable=True),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_alerts_digest_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_alerts_item_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["alerts.id"], name="fk_alerts_lead_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_alerts_story_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_alerts_subscriber_id"),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name="fk_alerts_subscription_id"),
        sa.ForeignKeyConstraint(["watch_list_id"], ["watch_lists.id"], name="fk_alerts_watch_list_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint(
            "story_id", "watch_list_id", "subscriber_id", name="uq_alerts_story_id_watch_list_id_subscriber_id"
        ),
    )
    op.create_index("ix_alerts_digest_id", "alerts", ["digest_id"])
    op.create_index("ix_alerts_item_id", "alerts", ["item_id"])
    op.create_index("ix_alerts_lead_id", "alerts", ["lead_id"])
    columns.partial_index("ix_alerts_open", "alerts", "subscription_id", where="state IN ('new', 'held')")
    op.create_index("ix_alerts_subscription_id_messaged_at", "alerts", ["subscription_id", "messaged_at"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", columns.big_id(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("channel_id", columns.big_id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", columns.moment(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.Column("sent_at", columns.moment(), nullable=True),
        *columns.lease(),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_deliveries_channel_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "sequence",
            "channel_id",
            name="uq_deliveries_subject_kind_subject_id_sequence_channel_id",
        ),
    )
    columns.partial_index("ix_deliveries_begun", "deliveries", "leased_until", where="lease_owner IS NOT NULL")
    op.create_index("ix_deliveries_channel_id", "deliveries", ["channel_id"])
    columns.partial_index("ix_deliveries_due", "deliveries", "due_at", where="state = 'pending'")
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"])


def _item_revisions() -> None:
    op.create_table(
        "item_revisions",
        sa.Column("id", columns.big_id(), nullable=False),
        sa.Column("item_id", columns.big_id(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated", columns.moment(), nullable=True),
        sa.Column("replaced_at", columns.moment(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_item_revisions_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_item_revisions"),
    )
    op.create_index("ix_item_revisions_item_id", "item_revisions", ["item_id"])


def _matches() -> None:
    op.create_table(
        "matches",
        sa.Column("watch_list_id", columns.big_id(), nullable=False),
        sa.Column("item_id", columns.big_id(), nullable=False),
        sa.Column("terms", columns.json(), nullable=False),
        sa.Column("spans", columns.json(), nullable=False),
        sa.Column("created_at", columns.moment(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_matches_item_id"),
        sa.ForeignKeyConstraint(["watch_list_id"], ["watch_lists.id"], name="fk_matches_watch_list_id"),
        sa.PrimaryKeyConstraint("watch_list_id", "item_id", name="pk_matches"),
    )
    op.create_index("ix_matches_item_id", "matches", ["item_id"])
    op.create_index("ix_matches_watch_list_id_created_at", "matches", ["watch_list_id", "created_at"])
    # ### end Alembic commands ###
