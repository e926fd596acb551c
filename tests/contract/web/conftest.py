"""The web role as it is: uvicorn on a loopback socket, over a database with a subscriber and two lists."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from contract.store.conftest import World
from golden.newsroom import migrated

from config.values import FeedLine, Settings
from worker.alerts.links import Link, Signer, second_of
from worker.service.listening import listen, port_of
from worker.web.serving import server_of
from worker.wiring import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worker.wiring import Engine

SPARE_S = 20.0


@dataclass(frozen=True)
class Answer:
    """What the web role answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Site:
    """A web role that serves; ask it."""

    def __init__(self, engine: Engine, **more: Any) -> None:
        self.engine = engine
        self._listener = listen("127.0.0.1", 0)
        self.port = port_of(self._listener)
        self._server = server_of(engine, self._listener, **more)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + SPARE_S
        while not self._server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send one request; header names with _ for -."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SPARE_S)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form."""
        body = urlencode({name.rstrip("_"): value for name, value in fields.items()}).encode()
        return self.ask(path, "POST", body, Content_Type="application/x-www-form-urlencoded")

    def link(self, purpose: Any, *subjects: int, subscriber: int = 1, version: int = 0) -> str:
        """Return the path of a link of this moment."""
        signer = Signer("", self.engine.store.link_key())
        return urlsplit(signer.url(Link(purpose, subscriber, version, subjects, second_of(now())))).path

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(SPARE_S)
        assert not self._thread.is_alive()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("web"))


@pytest.fixture
def engine(template: Path, tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "tocsin.db").write_bytes(template.read_bytes())
    with closing(open_engine(Settings(data_dir=tmp_path))) as opened:
        yield opened


@pytest.fixture
def world(engine: Engine) -> World:
    """Two lists, Kyiv and Ukraine, of which the desk hears."""
    made = World(engine.store)
    made.apply(feeds=[FeedLine("https://a.example/rss", "A")], lists=[("Kyiv", 30), ("Ukraine", 30)], now=now())
    return made


@pytest.fixture
def site(engine: Engine, world: World) -> Iterator[Site]:
    with closing(Site(engine)) as serving:
        yield serving


def now() -> datetime:
    return datetime.now(UTC)


def tell(world: World, *names: str, lists: tuple[str, ...] = ("Ukraine",), **more: Any) -> list[int]:
    """Tell of new items; return their alerts, the oldest first."""
    before = world.store.last_alert()
    feed = world.store.feeds_list()[0].id
    world.told(world.polled(feed, *names, at=now()), lists=lists, now=now(), **more)
    return [line.id for line in world.store.alerts_after(before)]
