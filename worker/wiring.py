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
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from worker.channels.log import LogChannel
from worker.channels.mail import MailChannel
from worker.channels.smtp import parse_smtp_url
from worker.channels.webhook import WebhookChannel
from worker.clock import SteadyClock, SystemClock
from worker.configured import files_of
from worker.errors import ConfigurationError
from worker.feeds.parse import parse
from worker.fetch.egress import Egress
from worker.fetch.feed_fetcher import FeedFetcher
from worker.fetch.loop_thread import LoopThread
from worker.fetch.policy import Policy
from worker.fetch.poster import GuardedPoster
from worker.fetch.transport import GuardedTransport, trusting_tls
from worker.fetch.user_agent import user_agent
from worker.owner import is_gone, owner_name
from worker.pipeline import sync
from worker.pipeline.claim import tick
from worker.pipeline.deliver import Delivering, deliver
from worker.pipeline.match import CompiledLists, match, rematch
from worker.pipeline.poll import Polling, poll
from worker.store.clock import StoreClock
from worker.store.engine import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from config.values import Configuration, Settings
    from worker.clock import Clock
    from worker.pipeline.claim import Wakeups
    from worker.pipeline.deliver import Delivered
    from worker.pipeline.ports import Channel, Fetcher
    from worker.records import AlertLine, Change, Fetched, FetchRequest, MatchOutcome, PollResult, Waiting
    from worker.store.store import Store

log = structlog.get_logger(__name__)

ANNOUNCED = "announced"
CONFIGURATION_ERROR = "configuration_error"


def check_settings(settings: Settings) -> None:
    """Read the settings as the parts that use them do; raise ConfigurationError for what one of them refuses."""
    parse_smtp_url(settings.smtp_url)
    Policy(settings.fetch_allow)
    Policy(settings.deliver_allow)


def open_engine(settings: Settings) -> Engine:
    """Return an engine on the database that the settings name; raise StoreUnavailable if it does not answer."""
    return Engine(settings, open_store(settings.resolved_database_url))


class Engine:
    """The verbs with their real parts: what a task, a command or a Python prompt calls. One per process; close it."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.clock: Clock = StoreClock(store)
        self._owner = owner_name()
        self._lists = CompiledLists()
        # What is said to the outside goes by this machine's clock; leases and due times by the database's.
        outside = SystemClock()
        thread, tls = LoopThread(), trusting_tls()
        agent = user_agent(version("tocsin"), settings.contact_url)
        fetching = GuardedTransport(Policy(settings.fetch_allow), tls=tls)
        delivering = GuardedTransport(Policy(settings.deliver_allow), tls=tls)
        self._fetcher = FeedFetcher(Egress(thread, fetching, agent, outside))
        self._poster = GuardedPoster(Egress(thread, delivering, agent, outside))
        self._channels: dict[str, Channel] = {
            # No web role runs yet, so messages link to no page of ours (INTERFACE 8.12).
            "webhook": WebhookChannel(self._poster, outside, base_url=None),
            "email": MailChannel(parse_smtp_url(settings.smtp_url), outside),
            "log": LogChannel(),
        }

    def tick(self) -> Wakeups:
        """Free what dead processes of this machine held, claim what is due, and say which messages to send."""
        now = self.clock.now()
        self.store.release_owners(is_gone, now=now, counted=True)
        return tick(self.store, now=now)

    def poll(
        self,
        feeds: Sequence[int],
        *,
        stop: Callable[[], bool] = lambda: False,
        wake: Callable[[Sequence[int]], None] = lambda _: None,
        answered: Callable[[], None] = lambda: None,
        force: bool = False,
    ) -> list[PollResult]:
        """Poll these feeds, match what is new, and hand the deliveries due at once to `wake`, feed by feed.

        `answered` is called after each answer, for whoever shows how far it is.
        """
        clock = SteadyClock(self.clock.now())

        def match_and_wake(items: Sequence[int]) -> MatchOutcome:
            outcome = self._match(items, clock)
            wake(outcome.deliveries)
            return outcome

        parts = Polling(
            store=self.store,
            fetcher=_Counted(self._fetcher, answered),
            parse=parse,
            match=match_and_wake,
            clock=clock,
            settings=self.settings,
            owner=self._owner,
        )
        return poll(parts, feeds, stop=stop, force=force)

    def match(self, items: Sequence[int]) -> MatchOutcome:
        """Fold and match these items; run again where the database asks for it (two workers met)."""
        return self._match(items, SteadyClock(self.clock.now()))

    def _match(self, items: Sequence[int], clock: Clock) -> MatchOutcome:
        return self.store.retrying(
            lambda: match(self.store, self._lists, items, now=clock.now(), story_window=self.settings.story_window)
        )

    def rematch(self, items: Sequence[int]) -> MatchOutcome:
        """Fold and match items that lost their worker; each attempt counts."""
        return rematch(self.store, items, match=self.match, now=self.clock.now())

    def deliver(self, deliveries: Sequence[int]) -> list[Delivered]:
        """Send these deliveries."""
        parts = Delivering(
            store=self.store,
            channels=self._channels,
            clock=SteadyClock(self.clock.now()),
            retry_schedule=self.settings.retry_schedule,
            jitter=random.random,
            owner=self._owner,
        )
        return deliver(parts, deliveries)

    def prepare(self, folder: Path, *, migrate: bool) -> None:
        """Have the schema ready, then apply the files; ConfigurationError when they are wrong."""
        self.ready_schema(migrate=migrate)
        self.apply(files_of(folder, check=sync.query_problems))

    def ready_schema(self, *, migrate: bool) -> None:
        """Bring the schema up to date (`migrate`, always on SQLite); StoreUnavailable where somebody else has to."""
        if migrate or self.store.is_embedded:
            self.store.upgrade()
        else:
            self.store.require_schema()

    def apply(self, configuration: Configuration) -> list[Change]:
        """Make the database equal to the files, and forget that they were ever wrong."""
        changes = sync.apply(self.store, configuration, now=self.clock.now())
        self.store.set_state(CONFIGURATION_ERROR, None)
        return changes

    def reload(self, folder: Path) -> None:
        """Apply changed files while running. Where they are wrong the last good ones stay, and `status` says so."""
        try:
            changes = self.apply(files_of(folder, check=sync.query_problems))
        except ConfigurationError as error:
            log.warning("the files are wrong, the last good ones stay", error=str(error))
            self.store.set_state(CONFIGURATION_ERROR, str(error))
        else:
            log.info("files applied", changes=len(changes))

    def configuration_error(self) -> str | None:
        """What is wrong with the files that changed last, or None."""
        return self.store.get_state(CONFIGURATION_ERROR) or None

    def last_tick(self) -> datetime | None:
        """When the timetable last ticked."""
        return self.store.last_tick()

    def waiting(self) -> tuple[Waiting, Waiting]:
        """What of feeds and of deliveries has been due the longest, and what is in hand."""
        return self.store.waiting(now=self.clock.now())

    def unannounced(self) -> list[AlertLine]:
        """Alerts that `up` has printed no line for; at the very first call those made before do not count."""
        after = self.store.get_state(ANNOUNCED)
        if after is None:
            self.announced(self.store.last_alert())
            return []
        return self.store.alerts_after(int(after))

    def announced(self, alert: int) -> None:
        """Remember that `up` has printed lines up to this alert."""
        self.store.set_state(ANNOUNCED, str(alert))

    def heartbeat(self, role: str, pid: int) -> None:
        """Write that the process `pid` of `role` on this machine is alive."""
        self.store.heartbeat(role, pid=pid, now=self.clock.now())

    def release_gone(self, *, counted: bool) -> int:
        """Free the leases of processes of this machine that are gone; `counted`: as losses (DESIGN 4.3)."""
        return self.store.release_owners(is_gone, now=self.clock.now(), counted=counted)

    def upkeep(self) -> None:
        """Forget the heartbeats of processes that ended long ago."""
        self.store.forget_heartbeats(now=self.clock.now())

    def close(self) -> None:
        """Close connections and threads."""
        self._fetcher.close()
        self._poster.close()
        self.store.close()


class _Counted:
    """A fetcher that tells of each answer once it has been dealt with."""

    def __init__(self, fetcher: Fetcher, answered: Callable[[], None]) -> None:
        self._fetcher = fetcher
        self._answered = answered

    def fetch(self, requests: Sequence[FetchRequest], *, in_flight: int, stop: Callable[[], bool]) -> Iterator[Fetched]:
        """Fetch as the real one does (see the port)."""
        for fetched in self._fetcher.fetch(requests, in_flight=in_flight, stop=stop):
            yield fetched
            self._answered()


@contextmanager
def engine(settings: Settings) -> Iterator[Engine]:
    """Open an engine for a command, and close it behind."""
    opened = open_engine(settings)
    try:
        yield opened
    finally:
        opened.close()
