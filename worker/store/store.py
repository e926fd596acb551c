"""The store: all nouns of this room in one class, which fulfils the store's ports of `worker.pipeline.ports`."""

from __future__ import annotations

from worker.store.deliveries import Deliveries
from worker.store.feeds import Feeds
from worker.store.items import Items
from worker.store.matching import Matches
from worker.store.polls import Polls
from worker.store.schema import Schema
from worker.store.status import ServiceStatus
from worker.store.subscribers import Subscribers
from worker.store.sync import Sync
from worker.store.telling import Telling
from worker.store.watchlists import WatchLists


class Store(Schema, ServiceStatus, Feeds, Items, Polls, Matches, Telling, Deliveries, WatchLists, Subscribers, Sync):
    """One database. Every method is one transaction and may be called from several threads at once."""
