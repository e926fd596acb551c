"""The verbs on a store of their own, with the outside played by plain values: no network, no clock, no Celery."""

from __future__ import annotations

import shutil
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from config.values import Settings
from worker.feeds.network import NetworkWatch
from worker.feeds.parse import parse
from worker.pipeline import sync
from worker.pipeline.claim import Wakeups, manners_of, tick
from worker.pipeline.courier import deliver
from worker.pipeline.deliver import Delivering
from worker.pipeline.match import CompiledLists, match, rematch
from worker.pipeline.poll import Polling, poll
from worker.records import Fetched, FetchResponse, MatchOutcome, Validators
from worker.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from config.values import Configuration
    from worker.alerts.model import Address, Message
    from worker.pipeline.deliver import Delivered
    from worker.pipeline.ports import Parse
    from worker.records import Change, FetchRequest, PollResult
    from worker.store import Store

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class MovedClock:
    """Stands still until it is moved."""

    moment: datetime = BEGIN

    def now(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


def response(body: bytes = b"", *, status: int = 200, **more: object) -> FetchResponse:
    """What a server answers; without a `url` it is the one that was asked for."""
    values = {"content_type": "", "validators": None, "retry_after": None, "raw_bytes": len(body)} | more
    return FetchResponse(status=status, body=body, **{"url": ""} | values)


NOT_MODIFIED = response(status=304)


@dataclass
class Web:
    """A Fetcher: each URL gives its answers in turn, and the last one again and again; unknown ones give 304."""

    answers: dict[str, deque[FetchResponse | Exception]] = field(default_factory=dict)
    asked: list[FetchRequest] = field(default_factory=list)

    def publish(self, url: str, *answers: FetchResponse | Exception | bytes, etag: bytes | None = None) -> None:
        validators = Validators(url, etag=etag) if etag else None
        self.answers[url] = deque(
            response(answer, url=url, validators=validators) if isinstance(answer, bytes) else answer
            for answer in answers
        )

    def fetch(
        self,
        requests: Sequence[FetchRequest],
        *,
        in_flight: int,
        stop: Callable[[], bool],
        idle: Callable[[], None] | None = None,
    ) -> Iterator[Fetched]:
        for request in requests:
            if stop():
                return
            self.asked.append(request)
            waiting = self.answers.get(request.url) or deque([NOT_MODIFIED])
            answer = waiting.popleft() if len(waiting) > 1 else waiting[0]
            if isinstance(answer, FetchResponse) and not answer.url:
                answer = replace(answer, url=request.url)
            yield Fetched(key=request.key, result=answer, seconds=0.25)


@dataclass
class Box:
    """A Channel that keeps what it is sent, after raising the `refusals` that wait."""

    got: list[Message] = field(default_factory=list)
    refusals: deque[Exception] = field(default_factory=deque)

    def send(self, message: Message, address: Address) -> None:
        if self.refusals:
            raise self.refusals.popleft()
        self.got.append(message)


@dataclass
class Newsroom:
    """A worker process with all its parts, called by hand."""

    store: Store
    clock: MovedClock = field(default_factory=MovedClock)
    web: Web = field(default_factory=Web)
    boxes: dict[str, Box] = field(default_factory=lambda: {"log": Box(), "webhook": Box()})
    settings: Settings = field(default_factory=Settings)
    parse: Parse = parse
    lists: CompiledLists = field(default_factory=CompiledLists)
    network: NetworkWatch = field(default_factory=NetworkWatch)
    to_read: list[int] = field(default_factory=list)
    owner: str = "here:1:1"
    jitter: float = 0.0
    draw: Callable[[], float] | None = None  # where jitter is to vary
    renew_every_s: float = 600.0

    def apply(self, configuration: Configuration) -> list[Change]:
        return sync.apply(self.store, configuration, now=self.clock.now())

    def feeds(self) -> dict[str, int]:
        return {feed.name: feed.id for feed in self.store.feeds_list()}

    def tick(self) -> Wakeups:
        return tick(self.store, now=self.clock.now(), manners=manners_of(self.settings))

    def poll(self, *feeds: int, stop: Callable[[], bool] = lambda: False, force: bool = False) -> list[PollResult]:
        """Poll these feeds, or all."""
        parts = Polling(
            store=self.store,
            fetcher=self.web,
            parse=self.parse,
            match=lambda items: self.match(*items),
            clock=self.clock,
            settings=self.settings,
            manners=manners_of(self.settings),
            owner=self.owner,
            pages_within=timedelta(minutes=1),
            jitter=self.draw or (lambda: self.jitter),
            wait=lambda seconds: self.clock.move(timedelta(seconds=seconds)),
            wake=lambda deliveries: self.deliver(*deliveries),
            read_pages=self._noted,
            network=self.network,
            renew_every_s=self.renew_every_s,
        )
        return poll(parts, feeds or sorted(self.feeds().values()), stop=stop, force=force)

    def _noted(self, items: Sequence[int]) -> MatchOutcome:
        self.to_read += items
        return MatchOutcome(items=0, alerts=0, deliveries=())

    def match(self, *items: int) -> MatchOutcome:
        return match(
            self.store,
            self.lists,
            items,
            now=self.clock.now(),
            story_window=self.settings.story_window,
            group_wait=self.settings.group_wait,
        )

    def rematch(self, *items: int) -> MatchOutcome:
        return rematch(self.store, items, match=lambda begun: self.match(*begun), now=self.clock.now())

    def deliver(self, *deliveries: int) -> list[Delivered]:
        parts = Delivering(
            store=self.store,
            channels=self.boxes,
            clock=self.clock,
            retry_schedule=self.settings.retry_schedule,
            jitter=lambda: self.jitter,
            owner=self.owner,
            renew_every_s=self.renew_every_s,
        )
        return deliver(parts, deliveries)

    def run(self) -> list[PollResult]:
        """Tick and do what each tick asks for, until nothing is left to do at this moment."""
        polled: list[PollResult] = []
        while (wakeups := self.tick()) != Wakeups():
            for feeds in (*wakeups.new, *wakeups.polls, *wakeups.slow):
                polled += self.poll(*feeds)
            for items in wakeups.unmatched:
                self.rematch(*items)
            for deliveries in wakeups.deliveries:
                self.deliver(*deliveries)
        return polled


def migrated(folder: Path) -> Path:
    """Make an SQLite file with the schema, to copy for each test."""
    path = folder / "template.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@contextmanager
def opened(template: Path, folder: Path) -> Iterator[Store]:
    """Open a store on a copy of `template` in `folder`."""
    path = folder / "tocsin.db"
    shutil.copy(template, path)
    store = open_store(f"sqlite:///{path}", pool_size=20)
    try:
        yield store
    finally:
        store.close()
