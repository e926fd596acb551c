"""The store: all nouns of this room in one class, which fulfils the store's ports of `worker.pipeline.ports`."""

from __future__ import annotations

from worker.store.alert_pages import AlertPages
from worker.store.archive import Archive
from worker.store.backups import Backups
from worker.store.checking import Checking
from worker.store.choices import Choices
from worker.store.choosers import Choosers
from worker.store.clock_jumps import ClockJumps
from worker.store.coverage import Coverages
from worker.store.deliveries import Deliveries
from worker.store.documents import Documents
from worker.store.feed_lines import FeedLines
from worker.store.feeds import Feeds
from worker.store.full_texts import FullTexts
from worker.store.items import Items
from worker.store.latency import Latencies
from worker.store.leased_feeds import LeasedFeeds
from worker.store.list_lines import ListLines
from worker.store.list_troubles import ListTroubles
from worker.store.matching import Matches
from worker.store.notices import Notices
from worker.store.opml_lists import OpmlLists
from worker.store.output_feeds import OutputFeeds
from worker.store.page_hosts import PageHosts
from worker.store.polls import Polls
from worker.store.presence import Presence
from worker.store.pruning import Pruning
from worker.store.regrouping import Regroupings
from worker.store.schema import Schema
from worker.store.status import ServiceStatus
from worker.store.story_lines import StoryLines
from worker.store.subscribers import Subscribers
from worker.store.sync import Sync
from worker.store.telling import Telling
from worker.store.trails import Trails
from worker.store.watchlists import WatchLists


class _Polling(LeasedFeeds, Polls, Documents, Items, FullTexts, PageHosts):
    """What polling and matching work on."""


class _Said(AlertPages, Matches, Regroupings, Telling, Deliveries, Notices, Coverages):
    """What people are told."""


class _Configured(Feeds, FeedLines, OpmlLists, WatchLists, ListLines, ListTroubles, Subscribers, Sync):
    """What people have said."""


class _Read(OutputFeeds, Presence, Latencies, Choices, Choosers):
    """What the web role works on."""


class _Kept(Schema, Backups, Checking, Pruning):
    """The database as a whole."""


class Store(_Kept, ServiceStatus, ClockJumps, _Read, _Polling, _Said, _Configured, Archive, StoryLines, Trails):
    """One database. Every method is one transaction and may be called from several threads at once."""
