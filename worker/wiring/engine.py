"""The engine: the verbs with their real parts."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from config.rules import is_public
from worker.alerts.links import Signer
from worker.clock import SteadyClock
from worker.feeds.network import NetworkWatch
from worker.memory import keep_what_is_there
from worker.owner import is_gone, owner_name
from worker.pipeline import fulltext, history
from worker.pipeline.claim import manners_of, tick
from worker.pipeline.courier import Courier
from worker.pipeline.deliver import Delivering
from worker.pipeline.discover import FoundFeed
from worker.pipeline.discover import discover as find_feeds
from worker.pipeline.match import CompiledLists, match, rematch
from worker.pipeline.poll import Polling, poll
from worker.pipeline.site_rules import SiteRules
from worker.records import MatchOutcome
from worker.store.clock import StoreClock
from worker.store.engine import open_store
from worker.wiring.announcements import Announcements
from worker.wiring.checking import check_settings
from worker.wiring.files import Files
from worker.wiring.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from config.values import Settings
    from worker.clock import Clock
    from worker.pipeline.claim import Wakeups
    from worker.pipeline.deliver import Delivered
    from worker.pipeline.ports import Fetcher
    from worker.records import Fetched, FetchRequest, PollResult, Waiting
    from worker.store.store import Store
    from worker.wiring.outside import Outside

log = structlog.get_logger(__name__)

PAGES_WITHIN = timedelta(minutes=2)
"""So long items wait for the text of their pages: longer than reading them may take, what it waits for included."""

DELIVER_PATIENCE_S = 1.0
"""So long a task waits for the messages that it sends; those that take longer go on without it."""

DELIVER_FOR_S = 5.0
"""So long a task goes on with what is due at its channels, before others have their turn."""

DELIVER_STOP_S = 8.0
"""What is being sent when a process stops has so long to end."""

MANY_LISTS = 1_000
"""From so many compiled watch lists on the garbage collector is kept away from them."""


def open_engine(settings: Settings) -> Engine:
    """Return an engine on the database that the settings name.

    Raises:
        ConfigurationError: A part that reaches out would refuse a setting.
        StoreUnavailable: The database does not answer.
    """
    check_settings(settings)
    return Engine(settings, open_store(settings.resolved_database_url))


class Engine:
    """The verbs with their real parts: what a task, a command or a Python prompt calls. One per process; close it.

    Attributes:
        files: The configuration files, brought into the database.
        upkeep: What keeps the house in order.
        announcements: The lines that `up` prints.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.clock: Clock = StoreClock(store)
        self._owner = owner_name()
        self._lists = CompiledLists()
        self._manners = manners_of(settings)
        self._network = NetworkWatch()
        self._rules = SiteRules()
        self.files = Files(store, clock=self.clock, fetcher=lambda: self._outside.fetcher)
        self.upkeep = Upkeep(store, settings, clock=self.clock)
        self.announcements = Announcements(store)

    @cached_property
    def _outside(self) -> Outside:
        """Made, and loaded, when it is first needed: most commands, `up` and beat never reach out."""
        from worker.wiring.outside import Outside  # noqa: PLC0415 - a third of what there is to load

        return Outside(self.settings)

    def tick(self) -> Wakeups:
        """Free what dead processes of this machine held, claim what is due, and say which messages to send."""
        now = self.clock.now()
        self.store.release_owners(is_gone, now=now, counted=True)
        return tick(self.store, now=now, manners=self._manners)

    def poll(
        self,
        feeds: Sequence[int],
        *,
        stop: Callable[[], bool] = lambda: False,
        wake: Callable[[Sequence[int]], None] = lambda _: None,
        read_pages: Callable[[Sequence[int]], MatchOutcome] | None = None,
        answered: Callable[[], None] = lambda: None,
        force: bool = False,
    ) -> list[PollResult]:
        """Poll these feeds, match what is new, and hand the deliveries due at once to `wake`, feed by feed.

        `read_pages` takes new items whose linked pages are to be read before they are matched (default: that is done
        at once). `answered` is called after each answer, for whoever shows how far it is.
        """
        clock = SteadyClock(self.clock.now())

        def match_and_wake(items: Sequence[int]) -> MatchOutcome:
            outcome = self._match(items, clock)
            wake(outcome.deliveries)
            return outcome

        def read_and_wake(items: Sequence[int]) -> MatchOutcome:
            return self.read_pages(items, stop=stop, wake=wake)

        parts = Polling(
            store=self.store,
            fetcher=_Counted(self._outside.fetcher, answered),
            parse=self._outside.parser,
            match=match_and_wake,
            clock=clock,
            settings=self.settings,
            manners=self._manners,
            owner=self._owner,
            pages_within=PAGES_WITHIN,
            jitter=random.random,
            wait=time.sleep,
            wake=wake,
            read_pages=read_pages or read_and_wake,
            network=self._network,
        )
        return poll(parts, feeds, stop=stop, force=force)

    def match(self, items: Sequence[int]) -> MatchOutcome:
        """Fold and match these items; run again where the database asks for it (two workers met)."""
        return self._match(items, SteadyClock(self.clock.now()))

    def _match(self, items: Sequence[int], clock: Clock) -> MatchOutcome:
        before = self._lists.version
        outcome = self.store.retrying(
            lambda: match(
                self.store,
                self._lists,
                items,
                now=clock.now(),
                story_window=self.settings.story_window,
                group_wait=self.settings.group_wait,
            )
        )
        if self._lists.version != before and self._lists.size >= MANY_LISTS:
            keep_what_is_there()
        return self._tell_broken(outcome, now=clock.now()) if outcome.broken else outcome

    def _tell_broken(self, outcome: MatchOutcome, *, now: datetime) -> MatchOutcome:
        """Switch off the lists that cannot be asked; their notices are due at once, as what was matched is."""
        for one in outcome.broken:
            log.warning("a watch list cannot be asked", watch_list=one.id, reason=one.reason)
        try:
            told = self.store.break_lists(outcome.broken, owner=self.settings.owner, now=now)
        except BaseException:
            self._lists.tell_again(outcome.broken)
            raise
        return replace(outcome, deliveries=(*outcome.deliveries, *told))

    def read_pages(
        self,
        items: Sequence[int],
        *,
        stop: Callable[[], bool] = lambda: False,
        wake: Callable[[Sequence[int]], None] = lambda _: None,
    ) -> MatchOutcome:
        """Read the pages behind these new items, and match them all, whatever comes of that, as their pages are read.

        Deliveries due at once are handed to `wake`.
        """
        parts = fulltext.PageReading(
            store=self.store,
            fetcher=self._outside.fetcher,
            read_page=self._outside.parser.read_page,
            rules=self._rules,
            manners=self._manners,
            clock=SteadyClock(self.clock.now()),
            wait=time.sleep,
        )
        outcomes = []
        for ready in fulltext.read_pages(parts, items, stop=stop):
            outcomes.append(self.match(ready))
            wake(outcomes[-1].deliveries)
        return sum(outcomes, MatchOutcome(items=0, alerts=0, deliveries=()))

    def discover(self, url: str, *, answered: Callable[[], None] = lambda: None) -> list[FoundFeed]:
        """Return the feeds behind an address (see the verb); `answered` as for `poll`."""
        return find_feeds(_Counted(self._outside.fetcher, answered), self._outside.parser, url)

    def read_back(
        self, feed: int, found: FoundFeed, *, pages: int, answered: Callable[[], None] = lambda: None
    ) -> history.ReadBack:
        """Read a feed's older documents into the archive, with the manners of polling; `answered` as there."""
        gap = self._manners.gap if is_public(found.url) else self._manners.private_gap
        parts = history.ReadingBack(
            store=self.store,
            fetcher=_Counted(self._outside.fetcher, answered),
            parse=self._outside.parser,
            pause=lambda: time.sleep(gap.total_seconds()),
        )
        return history.read_back(parts, feed, found.document, url=found.url, pages=pages, now=self.clock.now())

    def rematch(self, items: Sequence[int]) -> MatchOutcome:
        """Fold and match items that lost their worker; each attempt counts."""
        return rematch(self.store, items, match=self.match, now=self.clock.now())

    def deliver(self, deliveries: Sequence[int]) -> list[Delivered]:
        """Send these deliveries and what else is due at their channels; return how each attempt ended."""
        return self._courier.deliver_on(deliveries)

    def deliver_quickly(self, deliveries: Sequence[int]) -> list[Delivered]:
        """Do as much of that as takes little time; what takes longer goes on by itself, or is left to a tick."""
        return self._courier.deliver_on(deliveries, patience_s=DELIVER_PATIENCE_S, for_s=DELIVER_FOR_S)

    @cached_property
    def _courier(self) -> Courier:
        return Courier(self._delivering)

    def _delivering(self) -> Delivering:
        return Delivering(
            store=self.store,
            channels=self._outside.channels,
            clock=SteadyClock(self.clock.now()),
            retry_schedule=self.settings.retry_schedule,
            jitter=random.random,
            owner=self._owner,
            told=self.settings.owner,
            signer=self.link_signer(),
        )

    def last_tick(self) -> datetime | None:
        """When the timetable last ticked."""
        return self.store.last_tick()

    def link_signer(self) -> Signer | None:
        """Return what the links of messages are made with now; None while no web role runs that they would lead to."""
        address = self.store.web_address(now=self.clock.now())
        return None if address is None else Signer(address, self.store.link_key())

    def last_heard(self, role: str) -> datetime | None:
        """When a process of this role on this machine was last heard of."""
        return self.store.last_heard(role)

    def waiting(self) -> tuple[Waiting, Waiting]:
        """What of feeds and of deliveries has been due the longest, and what is in hand."""
        return self.store.waiting(now=self.clock.now(), manners=self._manners)

    def heartbeat(self, role: str, pid: int) -> None:
        """Write that the process `pid` of `role` on this machine is alive."""
        self.store.heartbeat(role, pid=pid, now=self.clock.now())

    def release_gone(self, *, counted: bool) -> int:
        """Free the leases of processes of this machine that are gone; `counted`: as losses (DESIGN 4.3)."""
        return self.store.release_owners(is_gone, now=self.clock.now(), counted=counted)

    def close(self) -> None:
        """Close connections and threads; what is being sent has a few seconds to end."""
        if "_courier" in vars(self):
            self._courier.close(patience_s=DELIVER_STOP_S)
        if "_outside" in vars(self):
            self._outside.close()
        self.store.close()


class _Counted:
    """A fetcher that tells of each answer once it has been dealt with."""

    def __init__(self, fetcher: Fetcher, answered: Callable[[], None]) -> None:
        self._fetcher = fetcher
        self._answered = answered

    def fetch(
        self,
        requests: Sequence[FetchRequest],
        *,
        in_flight: int,
        stop: Callable[[], bool],
        idle: Callable[[], None] | None = None,
    ) -> Iterator[Fetched]:
        """Fetch as the real one does (see the port)."""
        for fetched in self._fetcher.fetch(requests, in_flight=in_flight, stop=stop, idle=idle):
            yield fetched
            del fetched  # the next one may take its room
            self._answered()


@contextmanager
def engine(settings: Settings) -> Iterator[Engine]:
    """Open an engine for a command, and close it behind."""
    opened = open_engine(settings)
    try:
        yield opened
    finally:
        opened.close()
