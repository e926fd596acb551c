"""What a shell completes is what the store lists, of either database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from config.values import FeedLine, NotifyLine, WatchListLine
from worker.glance import addresses, names

if TYPE_CHECKING:
    from worker.store import Store

FEEDS = [
    FeedLine("https://a.example/rss", "BBC World"),
    FeedLine("https://user:secret@b.example/rss?token=x"),
    FeedLine("https://c.example/rss", "Gone"),
]


def test_names_are_those_that_lists_show(world: Any, url: str) -> None:
    line = (NotifyLine("desk"),)
    lists = tuple(WatchListLine(name, ("x",), notify=line) for name in ("Kyiv", "Grain", "Gone"))
    world.apply(feeds=FEEDS, watch_lists=lists)
    world.apply(feeds=FEEDS[:2], watch_lists=lists[:2])
    store: Store = world.store
    assert names(url, "feeds") == [feed.name for feed in store.feeds_list()]
    assert names(url, "feeds") == ["BBC World", "https://b.example/rss?token=***"]
    assert addresses(url) == ["https://a.example/rss", "https://b.example/rss?token=***"]
    assert names(url, "watch_lists") == ["Grain", "Kyiv"]
    assert names(url, "subscribers") == ["desk"]


def test_without_a_schema_it_fails_and_leaves_nothing(empty_url: str) -> None:
    with pytest.raises(Exception, match=r"feeds|unable to open"):
        names(empty_url, "feeds")
