"""Folding on a database full of stories: what a decision costs with its commit, and what keys cost on disk."""

from __future__ import annotations

import os
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from bench.prose import Prose
from golden.newsroom import BEGIN, migrated
from sqlalchemy import insert, text

from config.values import Configuration, FeedLine
from worker.pipeline.match import CompiledLists, match
from worker.store import open_store, tables

if TYPE_CHECKING:
    from pathlib import Path

    from worker.store import Store

STORIES = int(os.environ.get("BENCH_STORIES", "100000"))
BATCH = 200
LAST = min(5_000, STORIES // 20)
FEEDS = 50


def unmatched(store: Store, prose: Prose, feeds: list[int], first: int, number: int) -> list[int]:
    """Put so many items of 128 words into the database, as a poll leaves them; one in twenty copies an earlier one."""
    rows = []
    for item in range(first, first + number):
        said = (prose.text(9).capitalize(), prose.text(128))
        if item % 20 == 19:
            said = prose.text(9).capitalize(), rows[-1]["text"]
        rows.append(
            {
                "feed_id": feeds[item % len(feeds)],
                "identity": item.to_bytes(16),
                "content": item.to_bytes(16),
                "title": said[0],
                "text": said[1],
                "link": f"https://f{item % len(feeds)}.example/{item}",
                "authors": [],
                "categories": [],
                "first_seen": BEGIN,
                "last_seen": BEGIN,
                "news": True,
                "unmatched_since": BEGIN,
            }
        )
    with store._transaction("write") as connection:
        return sorted(connection.scalars(insert(tables.items).returning(tables.items.c.id), rows))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_folding(database, show, tmp_path: Path, request):
    url = f"sqlite:///{migrated(tmp_path)}" if database == "sqlite" else request.getfixturevalue("postgres_url")
    prose, rows = Prose(), []
    with closing(open_store(url)) as store:
        store.upgrade()
        store.apply(Configuration(feeds=tuple(FeedLine(f"https://f{n}.example/") for n in range(FEEDS))), {}, now=BEGIN)
        feeds = [feed.id for feed in store.feeds_list()]
        lists, done = CompiledLists(), 0
        for upto in (STORIES // 10, STORIES):
            before = upto - LAST
            while done < before:
                _fold(store, lists, unmatched(store, prose, feeds, done, min(1_000, before - done)))
                done += min(1_000, before - done)
            waiting = unmatched(store, prose, feeds, done, LAST)
            cpu, wall = time.process_time(), time.perf_counter()
            _fold(store, lists, waiting)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            done = upto
            keys, size = _keys(store, url)
            rows.append(
                (
                    *(f"{done:,}", f"{wall / LAST * 1e3:.2f}", f"{cpu / LAST * 1e6:,.0f}"),
                    *(f"{keys / done:.1f}", f"{size / done:,.0f}" if size else "-"),
                )
            )
    columns = ("items", "ms a decision, with commit", "us of CPU", "keys an item", "bytes of keys an item")
    show(f"Fold and match in batches of {BATCH}, {database}", columns, rows)


def _fold(store: Store, lists: CompiledLists, items: list[int]) -> None:
    for start in range(0, len(items), BATCH):
        match(store, lists, items[start : start + BATCH], now=BEGIN, story_window=timedelta(days=5))


def _keys(store: Store, url: str) -> tuple[int, int]:
    with store._transaction("read") as connection:
        keys = connection.scalar(text("SELECT count(*) FROM copy_keys")) or 0
        if url.startswith("sqlite"):
            return keys, connection.scalar(text("SELECT sum(pgsize) FROM dbstat WHERE name = 'copy_keys'")) or 0
        return keys, connection.scalar(text("SELECT pg_total_relation_size('copy_keys')")) or 0
