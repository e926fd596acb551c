"""The archive over both databases: feeds, whole items, where a window lies, what is asked of stories and lists."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from contract.store.conftest import NOW, item
from sqlalchemy import text

from config.values import NotifyLine, WatchListLine
from worker.records.archive import ArchiveFeed, ListScope, Window
from worker.stories.model import NewItem
from worker.watchlists.model import Matchable
from worker.watchlists.needs import ANYTHING

if TYPE_CHECKING:
    from contract.store.conftest import World

    from worker.store import Store

HOUR = timedelta(hours=1)
WHOLE = {
    "title": "Kyiv",
    "text": "Talks.",
    "categories": ("World", "War"),
    "authors": ("Jane Doe",),
    "source": "Agency",
    "language": "uk",
    "published": NOW - HOUR,
}


@pytest.fixture
def archive(two: World) -> tuple[Store, list[int]]:
    """An item with all that one can have, and three that came hour by hour after it."""
    first, second = (feed.id for feed in two.store.feeds_list())
    (leased,) = two.begin(first, force=True)
    added = (NewItem(item("a", **WHOLE), news=True, fold=True),)
    ids = [*two.written(two.record(leased, added=added))[first].unmatched]
    for number in (1, 2, 3):
        ids += two.polled(second, f"n{number}", at=NOW + number * HOUR)
    return two.store, ids


def test_feeds_are_told_with_what_queries_see_of_them(archive: tuple[Store, list[int]]) -> None:
    store, _ = archive
    with store._transaction("write") as connection:
        connection.execute(text("UPDATE feeds SET merged_into = 1, removed_at = NULL WHERE id = 2"))
        connection.execute(text("UPDATE feeds SET name = NULL, title = 'Told by itself' WHERE id = 1"))
        connection.execute(text("UPDATE feeds SET name = NULL, url = 'https://u:secret@b.example/rss' WHERE id = 2"))
    assert store.archive_feeds() == {
        1: ArchiveFeed(1, "Told by itself", "https://a.example/rss", frozenset({"world"})),
        2: ArchiveFeed(2, "https://b.example/rss", "https://b.example/rss", frozenset()),
    }


def test_items_come_whole_with_what_queries_see_of_them(archive: tuple[Store, list[int]]) -> None:
    store, ids = archive
    store.add_full_texts({ids[0]: "The whole story."})
    feeds = store.archive_feeds()
    (found,) = store.archived_items([ids[0], 99], feeds)
    assert found.matchable == Matchable(
        title="Kyiv",
        text="Talks.\n\nThe whole story.",
        categories=("World", "War"),
        feed_tags=frozenset({"world"}),
        language="uk",
        authors=("Jane Doe",),
        source="Agency",
        link="https://a.example/a",
        feed_name="A",
        feed_url="https://a.example/rss",
    )
    assert (found.id, found.title, found.link, found.feed) == (ids[0], "Kyiv", "https://a.example/a", "A")
    assert (found.story, found.language, found.published, found.first_seen) == (None, "uk", NOW - HOUR, NOW)
    assert {one.id for one in store.archived_items(ids, {1: feeds[1]})} == {ids[0]}, "a feed that came since is unknown"
    assert [one.title for one in store.items_since(NOW + HOUR)] == ["n3", "n2", "n1"]


def test_a_window_is_found_by_the_time_of_its_items(archive: tuple[Store, list[int]]) -> None:
    store, ids = archive
    assert store.archive_ids(NOW) == (ids[0], ids[3])
    assert store.archive_ids(NOW + 2 * HOUR) == (ids[2], ids[3])
    assert store.archive_ids(NOW + 9 * HOUR) == (1, 0)
    assert store.archive_begins() == NOW


def test_an_empty_archive_begins_nowhere(store: Store) -> None:
    assert (store.archive_begins(), store.archive_ids(NOW), store.archive_feeds()) == (None, (1, 0), {})
    assert store.candidates(ANYTHING, store.narrowed(Window(NOW)), limit=9) == []


def test_the_index_knows_where_a_window_begins(archive: tuple[Store, list[int]]) -> None:
    store, ids = archive
    with store._transaction("write") as connection:
        connection.execute(text("UPDATE items SET unmatched_since = NULL"))
    store.index_items(limit=9)
    sqlite = store.dialect == "sqlite"
    for hours, lowest in ((0, 1), (2, 3), (9, 5)):
        window = store.narrowed(Window(NOW + hours * HOUR))
        assert window.lowest == (lowest if sqlite else 0)
        found = sorted(one.item for one in store.candidates(ANYTHING, window, limit=9))
        assert found == ids[lowest - 1 :]


def test_a_story_has_grown_by_reports_and_corrections(archive: tuple[Store, list[int]]) -> None:
    store, _ = archive
    told = (
        "INSERT INTO stories (id, title, first_seen, last_seen, reports, independent_reports, corrected_at) "
        "VALUES (:id, 'T', :at, :at, 5, :independent, :corrected)"
    )
    at = NOW if store.dialect == "postgresql" else "2022-02-12T17:00:00.000000Z"
    with store._transaction("write") as connection:
        for id_, independent, corrected in ((1, None, None), (2, 3, None), (3, 3, at)):
            values = {"id": id_, "independent": independent, "corrected": corrected, "at": at}
            connection.execute(text(told), values)
    assert store.story_growth([1, 2, 3, 99]) == {1: 1, 2: 3, 3: 4}
    assert store.story_growth([]) == {}


def test_a_list_is_asked_for_by_its_name(two: World) -> None:
    line = WatchListLine(
        "Grain", query="grain", feed_tags=("world",), languages=("uk",), alert="every", notify=(NotifyLine("desk"),)
    )
    two.store.add_watch_list(line, "grain", now=NOW)
    assert two.store.list_scope("Grain") == ListScope("grain", frozenset({"world"}), frozenset({"uk"}), "every")
    assert two.store.list_scope("grain") is None
    two.store.remove_watch_list("Grain", now=NOW)
    assert two.store.list_scope("Grain") is None
