"""What every test may ask for. A server that cannot start fails the run; none is started that no test asks for."""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import sys
import threading
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from servers.commands import share_built
from servers.statements import share_compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.feeds import FeedServer
    from servers.mail import MailSink
    from servers.postgres_server import PostgresServer
    from servers.receiver import Receiver
    from servers.redis_server import RedisServer

CORPUS = "TOCSIN_CORPUS"
OURS = (CORPUS, "TOCSIN_TEST_SEED", "TOCSIN_TEST_LONG")
"""What tests read; none of it is a setting."""
NOBODY = Path(__file__).parent / "servers" / "nobody.pem"
"""An authority that has signed nothing: to read all those of the system takes a process longer than much of its work."""
COMPUTED = ("unit", "golden", "corpus")
"""Folders whose tests neither serve anybody nor wait for long: it does not matter how long they take."""
GIVES_WAY, GIVES_WAY_A_LITTLE = 10, 3
"""How nice a worker is that begins with such tests, and has others beside it for the rest; and one that serves itself."""
MEANWHILE = 500
"""So many short tests last about as long as those that must be alone."""
BEGUN = pytest.StashKey[bool]()

# No deadlines: the machines that run this are noisy. On them the examples are the same in every run.
settings.register_profile("here", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Settings and signals of whoever runs the tests must not reach the code under test."""
    corpus = os.environ.get(CORPUS)
    if corpus and not Path(corpus).is_dir():
        raise pytest.UsageError(f"{CORPUS} names no folder: {corpus}")
    for name in [name for name in os.environ if name.startswith("TOCSIN_") and name not in OURS]:
        del os.environ[name]
    os.environ.pop("SSL_CERT_DIR", None)
    os.environ["SSL_CERT_FILE"] = str(NOBODY)
    # Hundreds of processes are started, and each would compile every module anew; so would each test process the tests.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    share_compiled()
    share_built()
    # A shell starts what runs in the background deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the garbage collector away from the tests themselves: they live to the end, and are many."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that read the corpus where there is none; begin the long ones early."""
    if not os.environ.get(CORPUS):
        left_out = [item for item in items if item.get_closest_marker("corpus")]
        if left_out:
            items[:] = [item for item in items if not item.get_closest_marker("corpus")]
            config.hook.pytest_deselected(items=left_out)
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = dealt(items, workers)


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in the order in which as many workers, who begin with a share each (xdist's worksteal), should have them.

    Two share the long ones, which wait most of the time: one begins with those that must be alone, the other meanwhile
    with short ones that wait at times. A third begins with the corpus, which is computed. The rest, which is computed
    too, ends their shares: what is stolen in the end is short.
    """
    alone = [item for item in items if item.get_closest_marker("alone")]
    long = [item for item in items if item.get_closest_marker("long") and not item.get_closest_marker("alone")]
    corpus = [item for item in items if item.get_closest_marker("corpus") and not item.get_closest_marker("long")]
    short = [item for item in items if not is_computed(item) and not item.get_closest_marker("long")]
    first = [[*alone, *long[::2]], [*short[:MEANWHILE], *long[1::2]], corpus] if workers > 2 else [alone + long, corpus]
    first += [[] for _ in range(workers - len(first))]
    room = len(items) // workers
    first = [share[:room] for share in first]
    early = {item for share in first for item in share}
    rest = iter([item for item in items if item not in early])
    shares = [[*share, *islice(rest, room - len(share))] for share in first]
    return [item for share in shares for item in share] + [*rest]


def is_computed(item: pytest.Item) -> bool:
    return item.path.relative_to(Path(__file__).parent).parts[0] in COMPUTED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let no other long test run, in whichever worker, while one measures what must happen within seconds."""
    if not item.get_closest_marker("long"):
        return (yield)
    with Path(__file__).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a worker that begins with computing give way to the services of the others: their bounds are in seconds."""
    stash = item.config.stash
    if BEGUN not in stash:
        stash[BEGUN] = True
        if hasattr(item.config, "workerinput") and not item.get_closest_marker("long"):
            only_computes = is_computed(item) and item.config.workerinput["workercount"] > 2
            os.nice(GIVES_WAY if only_computes else GIVES_WAY_A_LITTLE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Go without coverage where a test is long, for it doubles the time: others reach every line that such a test does.

    Nor is anything measured that reads the corpus, or what Hypothesis thinks of: coverage must be full without a corpus,
    and without luck.
    """
    is_drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if not is_drawn and not any(map(item.get_closest_marker, ("unmeasured", "corpus"))):
        return (yield)
    ours, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type] # that is how it is without a tracer
    try:
        return (yield)
    finally:
        threading.settrace(of_threads)  # type: ignore[arg-type]
        sys.settrace(ours)


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
