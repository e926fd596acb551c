"""The tables. Names are plural; every unique key of DESIGN.md 4.1 stands here: duplicates cannot be written."""

from worker.store.tables.alert import alert_updates, alerts, digests, notices
from worker.store.tables.base import metadata
from worker.store.tables.delivery import deliveries
from worker.store.tables.feed import feeds
from worker.store.tables.item import item_revisions, items
from worker.store.tables.opml_list import opml_lists
from worker.store.tables.page_host import page_hosts
from worker.store.tables.poll import documents, poll_journal
from worker.store.tables.search_index import indexed_items, unindexed_items
from worker.store.tables.service import heartbeats, service_state
from worker.store.tables.story import copy_keys, recent_keys, stories
from worker.store.tables.subscriber import channels, output_feeds, story_mutes, subscribers
from worker.store.tables.watch_list import matches, subscriptions, watch_lists

__all__ = [
    "alert_updates",
    "alerts",
    "channels",
    "copy_keys",
    "deliveries",
    "digests",
    "documents",
    "feeds",
    "heartbeats",
    "indexed_items",
    "item_revisions",
    "items",
    "matches",
    "metadata",
    "notices",
    "opml_lists",
    "output_feeds",
    "page_hosts",
    "poll_journal",
    "recent_keys",
    "service_state",
    "stories",
    "story_mutes",
    "subscribers",
    "subscriptions",
    "unindexed_items",
    "watch_lists",
]
