"""What every test may ask for. A server that cannot start fails the run; none is started that no test asks for."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.feeds import FeedServer
    from servers.mail import MailSink
    from servers.postgres_server import PostgresServer
    from servers.receiver import Receiver
    from servers.redis_server import RedisServer

CORPUS = "TOCSIN_CORPUS"

# No deadlines: the machines that run this are noisy. On them the examples are the same in every run.
settings.register_profile("here", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Settings and signals of whoever runs the tests must not reach the code under test."""
    corpus = os.environ.get(CORPUS)
    if corpus and not Path(corpus).is_dir():
        raise pytest.UsageError(f"{CORPUS} names no folder: {corpus}")
    for name in [name for name in os.environ if name.startswith("TOCSIN_") and name != CORPUS]:
        del os.environ[name]
    # A shell starts what runs in the background deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that read the corpus where there is none."""
    if os.environ.get(CORPUS):
        return
    left_out = [item for item in items if item.get_closest_marker("corpus")]
    if left_out:
        items[:] = [item for item in items if not item.get_closest_marker("corpus")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A server for the whole run of this test process; whoever stops it starts it again."""
    from servers.redis_server import redis_server  # noqa: PLC0415 - only when asked for

    with redis_server() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty Redis."""
    redis_server.clear()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for the whole run of this test process; whoever stops it starts it again."""
    from servers.postgres_server import postgres_server  # noqa: PLC0415 - only when asked for

    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of a new, empty database, gone after the test."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    from servers.feeds import FeedServer  # noqa: PLC0415 - only when asked for

    with closing(FeedServer()) as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    from servers.receiver import Receiver  # noqa: PLC0415 - only when asked for

    with closing(Receiver()) as server:
        yield server


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    from servers.mail import MailSink  # noqa: PLC0415 - only when asked for

    with closing(MailSink()) as server:
        yield server
