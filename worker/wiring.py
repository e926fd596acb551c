"""Picks the real parts and puts them together: the only place that does.

>>> from pathlib import Path
>>> from config.values import Settings
>>> from worker.wiring import open_engine
>>> engine = open_engine(Settings(data_dir=Path("var")))
>>> engine.poll([1, 2, 3], force=True)
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING

from worker.channels.log import LogChannel
from worker.channels.mail import MailChannel
from worker.channels.webhook import WebhookChannel
from worker.feeds.parse import parse
from worker.fetch.client import FeedFetcher, GuardedPoster
from worker.pipeline.claim import tick
from worker.pipeline.deliver import Delivering, deliver
from worker.pipeline.match import CompiledLists, match
from worker.pipeline.poll import Polling, poll
from worker.owner import is_gone, owner_name
from worker.store.clock import StoreClock
from worker.store.engine import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from config.values import Settings
    from worker.clock import Clock
    from worker.pipeline.claim import Wakeups
    from worker.pipeline.deliver import Delivered
    from worker.pipeline.model import MatchOutcome, PollResult
    from worker.pipeline.ports import Channel
    from worker.store.engine import Store


def open_engine(settings: Settings) -> Engine:
    """Return an engine on the database the settings name. Opens no connection yet, and no thread."""
    return Engine(settings, open_store(settings.resolved_database_url))


class Engine:
    """The verbs with their real parts: what a task, a command or a Python prompt calls. One per process; close it."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.clock: Clock = StoreClock(store)
        self._owner = owner_name()
        self._lists = CompiledLists()
        self._fetcher = FeedFetcher(allow=settings.fetch_allow, contact_url=settings.contact_url, clock=self.clock)
        self._poster = GuardedPoster(allow=settings.deliver_allow, contact_url=settings.contact_url, clock=self.clock)
        self.channels: dict[str, Channel] = {
            "webhook": WebhookChannel(self._poster, clock=self.clock, base_url=None),
            "email": MailChannel(settings.smtp_url, clock=self.clock),
            "log": LogChannel(),
        }

    def tick(self) -> Wakeups:
        """Claim what is due and say which messages to send."""
        return tick(self.store, now=self.clock.now())

    def poll(
        self,
        feeds: Sequence[int],
        *,
        stop: Callable[[], bool] = lambda: False,
        wake: Callable[[Sequence[int]], None] = lambda _: None,
        force: bool = False,
    ) -> list[PollResult]:
        """Poll these feeds, match what is new, and hand the deliveries due at once to `wake`, feed by feed."""

        def match_and_wake(items: Sequence[int]) -> MatchOutcome:
            outcome = self.match(items)
            wake(outcome.deliveries)
            return outcome

        parts = Polling(
            store=self.store,
            fetcher=self._fetcher,
            parse=parse,
            match=match_and_wake,
            clock=self.clock,
            settings=self.settings,
            owner=self._owner,
        )
        return poll(parts, feeds, stop=stop, force=force)

    def match(self, items: Sequence[int]) -> MatchOutcome:
        """Fold and match these items; run again where the database asks for it (two workers met)."""
        return self.store.retrying(
            lambda: match(self.store, self._lists, items, now=self.clock.now(), story_window=self.settings.story_window)
        )

    def deliver(self, deliveries: Sequence[int]) -> list[Delivered]:
        """Send these deliveries."""
        parts = Delivering(
            store=self.store,
            channels=self.channels,
            clock=self.clock,
            retry_schedule=self.settings.retry_schedule,
            jitter=random.random,
            owner=self._owner,
        )
        return deliver(parts, deliveries)

    def heartbeat(self, role: str, pid: int) -> None:
        """Write that the process `pid` of `role` on this machine is alive."""
        self.store.heartbeat(role, pid=pid, now=self.clock.now())

    def release_gone(self, *, counted: bool) -> int:
        """Free the leases of processes of this machine that are gone; `counted`: as losses (DESIGN 4.3)."""
        return self.store.release_owners(is_gone, now=self.clock.now(), counted=counted)

    def upkeep(self) -> None:
        """Forget what is long out of date."""
        self.store.forget_heartbeats(now=self.clock.now())

    def close(self) -> None:
        """Close connections and threads."""
        self._fetcher.close()
        self._poster.close()
        self.store.close()


@contextmanager
def engine(settings: Settings) -> Iterator[Engine]:
    """Open an engine for a command, and close it behind."""
    opened = open_engine(settings)
    try:
        yield opened
    finally:
        opened.close()
