"""The programs of the polling bench, each in a process of its own: `python contestants.py NAME URL FEEDS FIRST LAST FOLDER`.

Each line on its standard input is one poll of the feeds from FIRST up to LAST, answered with the number of items that were new.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.prose import Prose

WATCH_LISTS = 10_000
BATCH = 100


def reader(urls: list[str], mine: slice, folder: Path) -> Callable[[], int]:
    """lemon24/reader, as its documentation has it."""
    import feedparser_sgmllib

    # The feedparser that it brings along asks for a module that has since been renamed, and is not named among its needs.
    sys.modules.setdefault("sgmllib", feedparser_sgmllib)
    from reader import make_reader

    shelf = make_reader(str(folder / "reader.db"))
    for url in urls[mine]:
        shelf.add_feed(url)

    def poll() -> int:
        return sum(result.value.new for result in shelf.update_feeds_iter(scheduled=False) if result.value)

    return poll


def by_hand(urls: list[str], mine: slice, folder: Path) -> Callable[[], int]:
    """requests, feedparser and sqlite3, as anyone would write it."""
    import sqlite3

    import feedparser
    import requests

    database = sqlite3.connect(folder / "hand.db")
    database.executescript(
        "CREATE TABLE feeds (url PRIMARY KEY, etag);"
        "CREATE TABLE items (feed, id, title, link, text, published, PRIMARY KEY (feed, id))"
    )
    database.executemany("INSERT INTO feeds VALUES (?, NULL)", [(url,) for url in urls[mine]])
    session = requests.Session()

    def poll() -> int:
        before = database.total_changes
        touched = 0
        for url, etag in database.execute("SELECT url, etag FROM feeds").fetchall():
            answer = session.get(url, headers={"If-None-Match": etag} if etag else {}, timeout=20)
            if answer.status_code != 200:
                continue
            rows = [
                (url, one.get("id"), one.get("title"), one.get("link"), one.get("summary"), one.get("published"))
                for one in feedparser.parse(answer.content).entries
            ]
            database.executemany("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?, ?)", rows)
            database.execute("UPDATE feeds SET etag = ? WHERE url = ?", (answer.headers.get("ETag"), url))
            touched += 1
            database.commit()
        return database.total_changes - before - touched

    return poll


def tocsin(urls: list[str], mine: slice, folder: Path) -> Callable[[], int]:
    """Tocsin's own engine with 10,000 watch lists, a batch a call, as its tasks call it."""
    from urllib.parse import urlsplit

    from bench.prose import Prose

    from config.values import (
        ChannelLine,
        Configuration,
        FeedLine,
        NotifyLine,
        Settings,
        SubscriberLine,
        WatchListLine,
    )
    from worker.wiring import open_engine

    prose = Prose(seed=2)
    engine = open_engine(Settings(data_dir=folder, fetch_allow=(urlsplit(urls[0]).netloc,)))
    engine.files.ready_schema(migrate=True)
    engine.files.apply(
        Configuration(
            feeds=tuple(FeedLine(url) for url in urls),
            watch_lists=tuple(
                WatchListLine(f"list {number}", query=_query(prose), notify=(NotifyLine("desk", None),))
                for number in range(WATCH_LISTS)
            ),
            subscribers=(SubscriberLine("desk", channels=(ChannelLine("log"),)),),
        )
    )
    ids = {feed.url: feed.id for feed in engine.store.feeds_list()}
    feeds = [ids[url] for url in urls[mine]]
    engine.match([])  # compiles the lists
    engine.poll([])  # loads what polling needs; the others have that by now

    def poll() -> int:
        batches = [feeds[start : start + BATCH] for start in range(0, len(feeds), BATCH)]
        return sum(result.new_items for batch in batches for result in engine.poll(batch, force=True))

    poll.engine = engine
    return poll


def _query(prose: Prose) -> str:
    """Of ten lists nine ask for a name or for things together; every item that is news still meets one of the rest."""
    return prose.query() if prose.chance() < 0.1 else f'"{prose.name()}" OR ({prose.name()})'


PROGRAMS = {"reader": reader, "by hand": by_hand, "Tocsin": tocsin}

if __name__ == "__main__":
    name, base, feeds, first, last, folder = sys.argv[1:]
    urls = [f"{base}/{number}" for number in range(int(feeds))]
    poll = PROGRAMS[name](urls, slice(int(first), int(last)), Path(folder))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(poll(), flush=True)
    if name == "Tocsin":
        poll.engine.close()
