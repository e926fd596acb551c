"""Broker and database are emptied, hang, are cut off, locked or full: nothing is lost, and nobody has to see to it."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import psycopg
import pytest
from servers.chance import is_long
from servers.newsroom import Newsroom

pytestmark = [pytest.mark.long, pytest.mark.unmeasured]

RECOVERED_WITHIN = 60.0
PAUSED_S = 60.0 if is_long() else 12.0
LOCKED_S = 30.0 if is_long() else 8.0
FULL_S = 150.0 if is_long() else 12.0
A_PAGE = 4096


@pytest.fixture
def on_servers(tmp_path, feed_server, receiver, redis_url, postgres_url):
    """Beat and worker on Redis and PostgreSQL."""
    settings = {"broker_url": redis_url, "database_url": postgres_url, "retry_schedule": ["0s", *["1s"] * 9]}
    with closing(Newsroom(tmp_path, feed_server, receiver, **settings)) as newsroom:
        newsroom.home.run("apply")
        newsroom.start("beat")
        newsroom.start("worker", "--concurrency", "2")
        newsroom.publish_and_wait("Ukraine begins", RECOVERED_WITHIN)
        yield newsroom


@pytest.fixture
def on_one_file(tmp_path, feed_server, receiver):
    """One process tree on the embedded broker and SQLite."""
    with closing(Newsroom(tmp_path, feed_server, receiver, retry_schedule=["0s", *["1s"] * 9])) as newsroom:
        newsroom.start("up")
        newsroom.publish_and_wait("Ukraine begins", RECOVERED_WITHIN)
        yield newsroom


def survive(newsroom, name, outage, *, took):
    """News just before, in the midst of and just after an outage are told soon after it."""
    newsroom.publish(f"Ukraine before {name}")
    with outage:
        newsroom.publish(f"Ukraine during {name}")
    newsroom.publish(f"Ukraine after {name}")
    began = time.monotonic()
    for when in ("before", "during", "after"):
        newsroom.wait_until_told(f"Ukraine {when} {name}", RECOVERED_WITHIN)
    took[name] = round(time.monotonic() - began, 1)


def assert_each_is_told_under_one_key(newsroom):
    doubled = {title for title, found in newsroom.told().items() if len({one.key for one in found}) != 1}
    assert not doubled
    assert not any("Traceback" in line for lines in newsroom.said() for line in lines)


# --- servers ---------------------------------------------------------------------------------------------------------


@contextmanager
def flushed(redis):
    for _ in range(5):
        redis.clear()
        time.sleep(0.3)
    yield
    redis.clear()


@contextmanager
def restarted_empty(redis):
    redis.stop()
    for path in (redis._folder / "appendonlydir").iterdir():
        path.unlink()
    try:
        yield
    finally:
        redis.start()


@contextmanager
def paused(redis):
    redis.pause()
    try:
        yield
        time.sleep(PAUSED_S)
    finally:
        redis.resume()


@contextmanager
def crashed(postgres):
    postgres.kill()
    try:
        yield
        time.sleep(1)
    finally:
        postgres.start()


@contextmanager
def cut_off(url):
    for _ in range(3):
        cut_all(url)
        time.sleep(0.5)
    yield
    for _ in range(3):
        cut_all(url)
        time.sleep(0.5)


@pytest.mark.timeout(300 if not is_long() else 900)
def test_redis_and_postgresql_come_back_and_so_does_the_service(on_servers, redis_server, postgres, postgres_url):
    took = {}
    survive(on_servers, "Redis was flushed", flushed(redis_server), took=took)
    survive(on_servers, "Redis was restarted empty", restarted_empty(redis_server), took=took)
    survive(on_servers, "Redis hung", paused(redis_server), took=took)
    survive(on_servers, "PostgreSQL crashed", crashed(postgres), took=took)
    survive(on_servers, "PostgreSQL cut everybody off", cut_off(postgres_url), took=took)
    print("seconds to recover:", took)
    assert_each_is_told_under_one_key(on_servers)


def cut_all(url):
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(f"SELECT pg_terminate_backend(pid) {others}")


# --- a file ----------------------------------------------------------------------------------------------------------


@contextmanager
def locked(database):
    """By another process that writes and does not end."""
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "locked\n"
        yield
        time.sleep(LOCKED_S)
        other.stdin.close()


@contextmanager
def full(up):
    """No file may grow: what the service's processes get to hear is that of a disk without room.

    The broker lives on: it would die of the signal that comes with this, as it does not of a full disk.
    """
    pids = [up.pid, *(pid for pid, line in up.descendants().items() if "broker.sock" not in line)]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (A_PAGE, hard))
    try:
        yield
        time.sleep(FULL_S)
    finally:
        for pid in (up.pid, *up.descendants()):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before.get(pid, before[up.pid]))


@pytest.mark.timeout(300 if not is_long() else 900)
def test_sqlite_is_locked_and_its_disk_is_full_and_then_is_not(on_one_file):
    (up,) = on_one_file.started
    took = {}
    survive(on_one_file, "it was locked", locked(on_one_file.home.folder / "var" / "tocsin.db"), took=took)
    said, most = len(up.complaints), len(up.descendants())
    survive(on_one_file, "it was full", full(up), took=took)
    print("seconds to recover:", took)
    assert_each_is_told_under_one_key(on_one_file)
    away = [line for line in up.complaints[said:] if "the database is away" in line]
    assert away
    assert all("disk" in line for line in away), away
    assert len(away) <= most, away  # each process says it once
