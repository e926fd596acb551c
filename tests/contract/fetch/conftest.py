"""Fixtures for fetching over real sockets."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from contract.fetch.raw_server import RawServer

from worker.fetch.egress import Egress
from worker.fetch.feed_fetcher import FeedFetcher
from worker.fetch.loop_thread import LoopThread
from worker.fetch.model import FetchLimits, OpeningLimits, PostLimits, WireLimits
from worker.fetch.policy import Policy
from worker.fetch.poster import GuardedPoster
from worker.fetch.transport import GuardedTransport
from worker.records import FetchRequest, FetchResponse, Purpose, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Self-signed for 127.0.0.1 and feeds.example, key included, of use to nobody else.
CERTIFICATE = Path(__file__).with_name("tls") / "loopback.pem"
OPENING = OpeningLimits(seconds=0.5)
NOW = datetime(2022, 2, 12, 17, 2, 11, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Client:
    """A fetcher and a poster that may reach the given places; made on first use, closed by the fixture."""

    allow: tuple[str, ...]
    thread: LoopThread = field(default_factory=LoopThread)
    limits: FetchLimits = field(default_factory=lambda: FetchLimits(total_seconds=10, opening=OPENING))
    wire: WireLimits = field(default_factory=WireLimits)
    post_limits: PostLimits = field(default_factory=lambda: PostLimits(total_seconds=10, opening=OPENING))
    grace: float = 10.0
    look_up: Any = None
    tls: Any = None
    _closing: list[Callable[[], None]] = field(default_factory=list)
    _fetcher: FeedFetcher | None = None
    _poster: GuardedPoster | None = None

    @property
    def fetcher(self) -> FeedFetcher:
        if self._fetcher is None:
            egress = self.egress("Tocsin/0 (+https://example.org/)")
            self._fetcher = FeedFetcher(egress, limits=self.limits, grace=self.grace)
            self._closing.append(self._fetcher.close)
        return self._fetcher

    @property
    def poster(self) -> GuardedPoster:
        if self._poster is None:
            self._poster = GuardedPoster(self.egress("Tocsin/0"), limits=self.post_limits)
            self._closing.append(self._poster.close)
        return self._poster

    def outcome(
        self, url: str, validators: Validators | None = None, purpose: Purpose = "feed"
    ) -> FetchResponse | Exception:
        request = FetchRequest(7, url, validators, purpose)
        (fetched,) = self.fetcher.fetch([request], in_flight=1, stop=lambda: False)
        assert fetched.key == 7
        return fetched.result

    def get(self, url: str, validators: Validators | None = None, purpose: Purpose = "feed") -> FetchResponse:
        result = self.outcome(url, validators, purpose)
        assert isinstance(result, FetchResponse), result
        return result

    def error(self, url: str, validators: Validators | None = None, purpose: Purpose = "feed") -> Exception:
        result = self.outcome(url, validators, purpose)
        assert isinstance(result, Exception), result
        return result

    def close(self) -> None:
        for close in self._closing:
            close()

    def egress(self, user_agent: str) -> Egress:
        transport = GuardedTransport(Policy(self.allow), look_up=self.look_up, tls=self.tls, limits=self.wire)
        return Egress(self.thread, transport, user_agent, FixedClock())


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture
def canary() -> Iterator[RawServer]:
    """A server that no policy allows: whatever reaches it is a hole."""
    with RawServer() as server:
        yield server
        assert server.connections == 0


@pytest.fixture
def make_client(server: RawServer) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(*allow: str, **options: Any) -> Client:
        made.append(Client(allow or (server.place,), **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


@pytest.fixture(scope="session")
def trusting() -> ssl.SSLContext:
    """A client's context that trusts the certificate of `tls_server` and no other."""
    return ssl.create_default_context(cafile=CERTIFICATE)


@pytest.fixture
def tls_server() -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with RawServer(context) as server:
        yield server
