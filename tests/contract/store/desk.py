"""A newsdesk: stories that it was told of, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import folded, item
from sqlalchemy import select

from config.values import FeedLine, NotifyLine, WatchListLine
from worker.alerts.planned import Development
from worker.alerts.throttle import WINDOW
from worker.alerts.updates import plan_updates
from worker.records import DeliveryRecord
from worker.store import tables
from worker.stories import story as stories
from worker.stories.model import PollDecision, Revision

if TYPE_CHECKING:
    from worker.alerts.planned import DevelopmentKind, PastAlert
    from worker.records import Outgoing
    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
SLOT = NOW + timedelta(minutes=40)
LEASE = timedelta(seconds=30)
FEEDS = [FeedLine("https://a.example/rss", "A"), FeedLine("https://b.example/rss", "B")]


@dataclass
class Desk:
    """A newsdesk that hears of stories."""

    world: Any

    @property
    def store(self) -> Store:
        found: Store = self.world.store
        return found

    def watch(self, *, now: datetime = NOW, at_most: int | None = None, **modes: str) -> None:
        """Make the watch lists these, by name."""
        line = (NotifyLine("desk", at_most),)
        lists = tuple(WatchListLine(name, (name,), alert=mode, notify=line) for name, mode in modes.items())  # type: ignore[arg-type]
        self.world.apply(feeds=FEEDS, watch_lists=lists, now=now)

    def tell(self, name: str, *lists: str, now: datetime = NOW, **more: Any) -> int:
        """Tell of a new item; return its story."""
        feed = self.store.feeds_list()[0].id
        self.world.told(self.world.polled(feed, name, at=now), lists=lists or ("Ukraine",), now=now, **more)
        return self.store.alerts_list()[0].story

    def join(self, story: int, name: str, *, wire: str | None = None) -> int:
        """Let a further report join a story; return its item."""
        (found,) = self.world.polled(self.store.feeds_list()[1].id, name, at=NOW)
        with self.store.matching() as transaction:
            (waiting,) = transaction.unmatched([found])
            first, *_ = transaction.reports([story])[story]
            transaction.fold([folded(waiting, story, text_of=first.item, wire=wire, dateline=wire and "Kyiv")])
            summary = stories.summarise(transaction.reports([story])[story])
            transaction.sum_up({story: summary}, corrected=(), now=NOW)
        return int(found)

    def correct(self, name: str, title: str, *, at: datetime = LATER) -> int:
        """Change what an item of the first feed says; return it."""
        feed = self.store.feeds_list()[0].id
        changed = item(name, title=title)
        (leased,) = self.world.begin(feed, now=at, force=True)
        (known, *_), _ = self.store.known_items(feed, [changed.identity], [])
        revision = PollDecision((), (Revision(known.id, changed),), (known.id,))
        self.world.written(self.world.record(leased, at=at, decision=revision))
        return int(known.id)

    def past(self, story: int, *, now: datetime = NOW) -> list[PastAlert]:
        with self.store.matching() as transaction:
            subscriptions = transaction.subscriptions([found.id for found in transaction.watch_lists()], now=NOW)
            return list(transaction.past([story], subscriptions, since=now - WINDOW, now=now).alerts)

    def happens(self, story: int, *what: tuple[DevelopmentKind, int], now: datetime = LATER) -> list[int]:
        """Plan and write what becomes of a story; return the deliveries due at once."""
        developments = [Development(story, found, kind) for kind, found in what]
        with self.store.matching() as transaction:
            subscriptions = transaction.subscriptions(transaction.lists_with_updates([story]), now=NOW)
            past = transaction.past([story], subscriptions, since=now - WINDOW, now=now)
            updates = plan_updates(developments, subscriptions, past, now=now)
            return transaction.record_updates(updates, now=now)

    def begin(self, *, now: datetime = LATER) -> list[Outgoing]:
        """Begin everything that is due, alone where it must be."""
        due = self.store.claim_due_deliveries(now=now, lease=LEASE, limit=99)
        return self.store.begin_deliveries([one.id for one in due], owner="h:1:1", now=now, lease=LEASE)

    def end(self, one: Outgoing, state: Any = "sent", *, now: datetime = LATER, **more: Any) -> None:
        values = {"due_at": None, "error": None} | more
        assert self.store.record_delivery(DeliveryRecord(one.id, one.token, now, state, **values))

    def send(self, *, now: datetime = NOW) -> list[Outgoing]:
        """Begin and send what is due."""
        begun = self.begin(now=now)
        for one in begun:
            self.end(one, now=now)
        return begun

    def rows(self) -> list[tuple[Any, ...]]:
        """Updates as they stand: alert, sequence, kind, item, whether it leads, whether a digest tells it."""
        u = tables.alert_updates.c
        columns = (u.alert_id, u.sequence, u.kind, u.item_id, u.lead_id == u.id, u.digest_id.is_not(None))
        with self.store._transaction("read") as connection:
            return [tuple(row) for row in connection.execute(select(*columns).order_by(u.id))]


@pytest.fixture
def desk(world: Any) -> Desk:
    made = Desk(world)
    made.watch(Kyiv="every", Ukraine="updates")
    return made
