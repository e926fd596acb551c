"""Preview and search over an archive of 90 days, on SQLite and PostgreSQL: what its index costs, what it answers and when.

`BENCH_ARCHIVE_ITEMS` says how many items.
"""

from __future__ import annotations

import os
import statistics
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bench.archive import build

from worker.pipeline.indexing import AT_ONCE
from worker.pipeline.preview import preview
from worker.pipeline.search import search
from worker.store import open_store

ITEMS = int(os.environ.get("BENCH_ARCHIVE_ITEMS", "100000"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 90
BACK = timedelta(days=30)
TOLD = (
    "zaporizhzhia",
    "kyiv",
    "ukraine",
    "ukraine troops -kyiv",
    '"military buildup"',
    '"united states"',
    "ukrain*",
    "ukraine OR kyiv OR nato OR troops OR grain OR zaporizhzhia",
    "lang:en ukraine",
    "tag:world kyiv",
    "the",
    '"of the"',
    "co*",
)
READ = (
    "country:UA",
    "=Nato",
    '"ukraine troops"~9',
    "~troop",
    "ukraine /zapor[io]+/",
    "/zapor[io]+/",
    "lang:en /zapor[io]+/",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tocsin.db'}"
    return request.getfixturevalue("postgres_url")


def size_of(store):
    """Bytes of the database."""
    if store.dialect == "sqlite":
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(store._engine.url.database).stat().st_size
    with store._transaction("read") as connection:
        return connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()


def indexed(store):
    """Index everything; return the seconds of CPU of this process and by the clock, and how long others had to wait."""
    cpu, wall, waits = time.process_time(), time.perf_counter(), []
    opened = store._transaction

    @contextmanager
    def watched(purpose):
        began = time.perf_counter()
        with opened(purpose) as connection:
            yield connection
        if purpose == "write":
            waits.append(time.perf_counter() - began)

    store._transaction = watched
    while store.index_items(limit=AT_ONCE):
        while store.tidy_index():
            pass
    store._transaction = opened
    return time.process_time() - cpu, time.perf_counter() - wall, sorted(waits)


def settled(store):
    """What a server does by itself in quiet hours."""
    if store.dialect == "postgresql":
        with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")


def timed(ask):
    """The answer, and the median of three times in milliseconds."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - began) * 1e3)
    return answer, statistics.median(times)


def test_archive(url, show):
    store = open_store(url)
    store.upgrade()
    build(store, ITEMS, days=DAYS, now=NOW)
    before = size_of(store)
    cpu, wall, waits = indexed(store)
    after = size_of(store)
    settled(store)
    values = (before / ITEMS, (after - before) / ITEMS, cpu / ITEMS * 1e6, wall / ITEMS * 1e6)
    ends = (waits[len(waits) // 2], waits[len(waits) * 99 // 100], waits[-1])
    columns = ("items", "bytes an item", "of its index", "us of CPU here", "us in all", "ms to write", "p99", "longest")
    row = (f"{ITEMS:,}", *(f"{value:,.0f}" for value in values), *(f"{1e3 * end:,.0f}" for end in ends))
    show(f"Index, {store.dialect}", columns, [row])
    rows = []
    for query in (*TOLD, *READ):
        found, ms = timed(lambda query=query: preview(store, query, back=BACK, now=NOW))
        about = "~" if found.estimated else ""
        near = " ".join(f"{miss.items:,}" for miss in found.near_misses)
        values = (f"{about}{found.items:,}", f"{about}{found.stories:,}", f"{found.read:,}", near, f"{ms:,.0f}")
        rows.append((query if len(query) < 40 else f"{query[:36]} ...", *values))
    show(f"Preview of 30 days of 90, {store.dialect}", ("query", "items", "stories", "read", "near misses", "ms"), rows)
    rows = []
    for query in ("zaporizhzhia", "ukraine", "the", "~troop", "/zapor[io]+/", "nothingatall"):
        answers = [
            timed(lambda by=by, query=query: search(store, query, back=timedelta(days=DAYS), now=NOW, by=by))
            for by in ("newest", "relevance")
        ]
        rows.append((query, *(f"{len(page.found)} in {ms:,.0f}" for page, ms in answers)))
    show(f"The first page of a search of 90 days, {store.dialect}", ("query", "newest, ms", "relevance, ms"), rows)
    store.close()
