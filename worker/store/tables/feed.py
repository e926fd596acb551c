"""Feeds: what is configured, how they are doing, and who polls them."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from worker.store.tables.base import count, flag, lease, metadata, partial
from worker.store.types import Duration, Id, Json, UtcDateTime

feeds = Table(
    "feeds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("polled_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    # Where the host that is asked redirects: the one that answers.
    Column("served_host", Text),
    flag("private_host"),
    Column("name", Text),
    Column("title", Text),
    Column("link", Text),
    Column("language", Text),
    Column("tags", Json, nullable=False),
    Column("every", Duration),
    flag("ignore_hints"),
    flag("full_text"),
    Column("managed_by", Text, nullable=False),
    Column("opml_id", Id, ForeignKey("opml_lists.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    # "disabled" while it is `paused` by a person, or `merged_into` a feed that is polled in its place.
    Column("state", Text, nullable=False),
    flag("paused"),
    Column("merged_into", Id, ForeignKey("feeds.id")),
    count("failures"),
    Column("error_weight", Float, nullable=False, default=0.0, server_default=text("0")),
    Column("told_at", UtcDateTime),
    Column("last_outcome", Text),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("last_note", Text),
    Column("last_polled_at", UtcDateTime),
    Column("last_good_at", UtcDateTime),
    # Items of `last_seen` >= this are in the feed still, whatever came after (a feed of 304s is not an empty one).
    Column("last_parsed_at", UtcDateTime),
    Column("last_whole_at", UtcDateTime),
    count("listed"),
    Column("gap_from", UtcDateTime),
    Column("gap_until", UtcDateTime),
    Column("learned_interval", Duration),
    Column("item_gap", Duration),
    # The rung of the identity ladder that its items are known by (NULL: the highest), and what speaks against it.
    Column("identity_rung", Text),
    count("identity_doubts"),
    Column("last_new_at", UtcDateTime),
    Column("hints", Json),  # NULL: none
    # How long its last response stays fresh: a 304 that says nothing of that leaves it as it is.
    Column("fresh_for", Duration),
    Column("next_poll_at", UtcDateTime, nullable=False),
    # When its last poll began, or its lease did: what the gap between two polls of one host counts from.
    Column("begun_at", UtcDateTime),
    Column("average_seconds", Float),
    Column("validators_url", Text),
    Column("etag", LargeBinary),
    Column("last_modified", LargeBinary),
    Column("body_hash", LargeBinary),
    Column("parts", Json),  # of a sitemap index; NULL: none
    Column("redirect_url", Text),
    count("redirect_count"),
    Column("redirect_since", UtcDateTime),
    count("journal_runs"),
    *lease(),
    partial("ix_feeds_next_poll_at", "next_poll_at", where="removed_at IS NULL"),
    partial("ix_feeds_host_next_poll_at", "host", "next_poll_at", "id", where="removed_at IS NULL"),
    Index(None, "host", "begun_at"),
    Index(None, "served_host", "begun_at"),
    # The few that are queued or begun.
    partial("ix_feeds_taken", "host", where="leased_until IS NOT NULL"),
    partial("ix_feeds_taken_served", "served_host", where="leased_until IS NOT NULL"),
    partial("ix_feeds_begun", "leased_until", where="lease_owner IS NOT NULL"),
    partial("ix_feeds_merged_into", "merged_into", where="merged_into IS NOT NULL"),
    partial("ix_feeds_opml_id", "opml_id", where="opml_id IS NOT NULL"),
)
