from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from golden.newsroom import Newsroom, migrated, opened

from config.values import ChannelLine, Configuration, FeedLine, NotifyLine, SubscriberLine, WatchListLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from worker.store import Store

LOG = (ChannelLine("log"),)
QUARTER = timedelta(minutes=15)


def url_of(feed: str) -> str:
    return f"https://{feed}.example/feed"


def configured(*feeds: str, channels=LOG, **lists: object) -> Configuration:
    """Feeds by name, and watch lists: a keyword, or (keyword, at_most)."""
    watch_lists = []
    for name, wanted in (lists or {"Ukraine": "Ukraine"}).items():
        keyword, at_most = wanted if isinstance(wanted, tuple) else (wanted, None)
        watch_lists.append(WatchListLine(name, keywords=(keyword,), notify=(NotifyLine("desk", at_most),)))
    return Configuration(
        feeds=tuple(FeedLine(url_of(feed), feed, every=QUARTER) for feed in feeds),
        watch_lists=tuple(watch_lists),
        subscribers=(SubscriberLine("desk", channels=channels),),
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("template"))


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Iterator[Store]:
    with opened(template, tmp_path) as fresh:
        yield fresh


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    return Newsroom(store)


@pytest.fixture
def open_newsroom(newsroom: Newsroom) -> Callable[..., Newsroom]:
    """A newsroom with these feeds and lists, see `configured`."""

    def opened_with(*feeds: str, **lists: object) -> Newsroom:
        newsroom.apply(configured(*feeds, **lists))
        return newsroom

    return opened_with
