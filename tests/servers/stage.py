"""A service of one process, played by calling its verbs with a moved clock, whose feeds all come from one press.

The verbs run on a real store and over the real guarded transport; only the clock is moved by hand, names all lead to
loopback, and TLS ends before the press.
"""

from __future__ import annotations

import itertools
import random
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from golden.newsroom import MovedClock, Newsroom, migrated, opened
from servers.press import SCHEME, Place, Press
from sqlalchemy import func, select

from config.values import ChannelLine, Configuration, FeedLine, Settings, SubscriberLine
from worker.feeds.network import NetworkWatch
from worker.fetch.egress import Egress
from worker.fetch.feed_fetcher import FeedFetcher
from worker.fetch.loop_thread import LoopThread
from worker.fetch.policy import Policy
from worker.fetch.target import target_of
from worker.fetch.transport import GuardedTransport
from worker.fetch.user_agent import user_agent
from worker.records import Fetched
from worker.store.tables import feeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from servers.publishers import Script

    from worker.fetch.received import Received
    from worker.fetch.target import Target
    from worker.records import FetchRequest
    from worker.store import Store

CONTACT = "https://desk.example/about"
SECOND = timedelta(seconds=1)


class _TlsEndsHere(GuardedTransport):
    """Asks for https addresses without TLS, and says so in a header."""

    async def ask(
        self, method: str, target: Target, fields: Sequence[tuple[str, str]], body: bytes | None = None
    ) -> Received:
        if target.wire.scheme == "https":
            fields = [*fields, (SCHEME, "https")]
            target = target_of(str(target.wire.copy_with(scheme="http")))
        return await super().ask(method, target, fields, body)


class Cut:
    """A Fetcher for whom some addresses, or all, cannot be reached; it asks `inner` for the others."""

    def __init__(self, inner: FeedFetcher, errors: Mapping[str, Exception] | Exception, *, seconds: float = 0.1):
        self._inner, self._errors, self._seconds = inner, errors, seconds

    def fetch(self, requests, *, in_flight, stop, idle=None) -> Iterator[Fetched]:
        errors = self._errors
        cut = {r.key: errors if isinstance(errors, Exception) else errors.get(r.url) for r in requests}
        for request in requests:
            if (error := cut[request.key]) is not None:
                yield Fetched(request.key, error, self._seconds)
        left = [request for request in requests if cut[request.key] is None]
        yield from self._inner.fetch(left, in_flight=in_flight, stop=stop, idle=idle)

    def close(self) -> None:
        self._inner.close()


class Queue:
    """A Fetcher whose requests begin one after the other, each so much later than the one before."""

    def __init__(self, inner: FeedFetcher, clock: MovedClock, apart: timedelta) -> None:
        self._inner, self._clock, self._apart = inner, clock, apart

    def fetch(self, requests: list[FetchRequest], *, in_flight, stop, idle=None) -> Iterator[Fetched]:
        for request in requests:
            self._clock.move(self._apart)
            yield from self._inner.fetch([request], in_flight=in_flight, stop=stop, idle=idle)

    def close(self) -> None:
        self._inner.close()


class Stage:
    """`feed` what there is, `open`, and `play`."""

    def __init__(self, store: Store, settings: Settings, *, seed: int | None) -> None:
        self.clock = MovedClock()
        self.press = Press(self.clock.now, contact=CONTACT)
        draw = None if seed is None else random.Random(seed).random
        self.room = Newsroom(store, clock=self.clock, settings=settings, draw=draw)
        self._places: dict[str, Place] = {}
        self._lines: list[FeedLine] = []
        # As in `up`: feeds that are new or slow have a worker of their own.
        self._lanes = {"poll": NetworkWatch(), "new": NetworkWatch()}

    def feed(
        self, host: str, script: Script, path: str = "/feed", *, scheme: str = "http", add: bool = True, **line: object
    ) -> str:
        """Publish a feed under the name of its host, followed by what distinguishes its path; return its URL.

        `add`: the service is to poll it.
        """
        name = f"{host}{path.removeprefix('/feed')}" if scheme == "http" else f"{scheme}://{host}"
        self._places[name] = Place(scheme, f"{host}.example", path)
        url = self.press.publish(f"{host}.example", script, path, scheme=scheme)
        if add:
            self._lines.append(FeedLine(url, name, **line))
        return url

    def open(self) -> None:
        hosts = {place.host for place in self._places.values()}
        policy = Policy([f"{host}:{self.press.port}" for host in hosts])

        async def look_up(name: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        transport = _TlsEndsHere(policy, look_up=look_up)
        self.room.web = FeedFetcher(Egress(LoopThread(), transport, user_agent("0.1", CONTACT), self.clock))
        desk = SubscriberLine("desk", channels=(ChannelLine("log"),))
        self.room.apply(Configuration(feeds=tuple(self._lines), subscribers=(desk,)))

    def play(self, span: timedelta, *, grain: timedelta = SECOND) -> None:
        """Let time pass: on to what is due next, but second by second where a host bears it only later.

        `grain`: what falls due within so long is polled together, up to so much late; it saves ticks.
        """
        ends = self.clock.now() + span
        while self.clock.now() < ends:
            self._tick()
            now, due = self.clock.now(), self._next_due()
            self.clock.moment = now + SECOND if due <= now else max(now + grain, min(due, ends))

    def _tick(self) -> None:
        """One tick, and what it asks for."""
        wakeups = self.room.tick()
        for lane, batches in (("poll", wakeups.polls), ("new", (*wakeups.new, *wakeups.slow))):
            self.room.network = self._lanes[lane]
            for batch in batches:
                self.room.poll(*batch)
        for items in wakeups.unmatched:
            self.room.rematch(*items)
        for deliveries in wakeups.deliveries:
            self.room.deliver(*deliveries)

    def _next_due(self) -> datetime:
        polled = select(func.min(feeds.c.next_poll_at)).where(feeds.c.removed_at.is_(None), feeds.c.state != "disabled")
        with self.room.store._transaction("read") as connection:
            return connection.execute(polled).scalar_one()

    def visits(self, name: str) -> list[datetime]:
        return [visit.at for visit, _ in self.press.visits(self._places[name])]

    def statuses(self, name: str) -> list[int]:
        return [page.status for _, page in self.press.visits(self._places[name])]

    def in_full(self, name: str) -> list[datetime]:
        """When whole documents were sent."""
        return [visit.at for visit, page in self.press.visits(self._places[name]) if page.status == 200]

    def row(self, name: str):
        return next(row for row in self.room.store.feeds_list() if row.name == name)

    def states(self) -> dict[str, str]:
        return {row.name: row.state for row in self.room.store.feeds_list()}

    def notices(self) -> list[tuple[str, str]]:
        return [(message.type, message.data["feed"]["name"]) for message in self.room.boxes["log"].got if message.data]

    def told_after(self) -> dict[str, int]:
        """After how many failures in a row the owner heard of each broken feed."""
        broken = [message for message in self.room.boxes["log"].got if message.type == "feed.broken"]
        return {message.data["feed"]["name"]: message.data["failures"] for message in broken}

    def weight(self, name: str) -> float:
        """What the failures since the last good poll weigh, as it is kept."""
        with self.room.store._transaction("read") as connection:
            return connection.execute(select(feeds.c.error_weight).where(feeds.c.name == name)).scalar_one()

    def close(self) -> None:
        self.room.web.close()
        self.press.close()


@contextmanager
def stages(folder: Path) -> Iterator[Callable[..., Stage]]:
    """Make stages by their settings; `seed`: jitter is drawn from there, else there is none."""
    made: list[Stage] = []
    with opened(migrated(folder), folder) as store:

        def make(*, seed: int | None = None, **settings: object) -> Stage:
            made.append(Stage(store, Settings(**settings), seed=seed))
            return made[-1]

        try:
            yield make
        finally:
            for one in made:
                one.close()


def new_seed() -> int:
    """A seed of its own for each run, printed so that a run can be played again."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"jitter is drawn from seed {seed}")
    return seed


def gaps(visits: list[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in itertools.pairwise(visits)]
