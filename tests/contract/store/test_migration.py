"""A database as the version before left it, filled, is brought up to date with everything in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from worker.feeds.model import ItemData
from worker.records import KeyOwner, Manners
from worker.store import migrating, open_store, schema
from worker.stories.identity import identify
from worker.stories.story import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
POLITE = Manners(2, timedelta(seconds=5))
URLS = ("https://news.example/rss", "http://127.0.0.1:8801/rss", "http://wiki.lan/rss", "https://news.example/sport")


@pytest.fixture
def old(empty_url: str) -> Iterator[Store]:
    """A store of version 0002 with four feeds, an item each and a begun lease."""
    store = open_store(empty_url)
    with store._migration() as connection:
        migrating.migrate(connection, "0002")
    moment = NOW if store.dialect == "postgresql" else "2022-02-12T17:00:00.000000Z"
    with store._transaction("write") as connection:
        for number, url in enumerate(URLS, 1):
            connection.execute(
                text(
                    "INSERT INTO feeds (id, url, polled_url, host, tags, managed_by, created_at, state, failures, "
                    "next_poll_at, lease_owner, leased_until) VALUES (:id, :url, :url, :host, '[\"t\"]', 'command', :at, "
                    "'ok', 3, :at, :owner, :until)"
                ),
                {
                    "id": number,
                    "url": url,
                    "host": url.split("/")[2],
                    "at": moment,
                    "owner": "h:1:1" if number == 4 else None,
                    "until": moment if number == 4 else None,
                },
            )
            connection.execute(
                text(
                    "INSERT INTO items (feed_id, identity, content, title, text, authors, categories, first_seen, "
                    "last_seen, news, unmatched_since) "
                    "VALUES (:id, :key, :key, 'Title', 'Text', '[]', '[]', :at, :at, :news, :at)"
                ),
                {"id": number, "key": url.encode()[:16], "at": moment, "news": True},
            )
    told = {"at": moment, "bad": False}
    with store._transaction("write") as connection:
        connection.execute(
            text("INSERT INTO stories (id, title, first_seen, last_seen, reports) VALUES (7, 'T', :at, :at, 2)"), told
        )
        connection.execute(text("UPDATE items SET story_id = 7 WHERE feed_id IN (2, 3)"))
        for key, story in ((2**63 - 1, 7), (-5, 7), (6, 99)):
            values = told | {"key": key, "story": story}
            connection.execute(
                text("INSERT INTO copy_keys (key, story_id, seen, bad) VALUES (:key, :story, :at, :bad)"), values
            )
    yield store
    store.close()


def test_stories_keep_their_reports_and_keys_lead_to_the_first(old: Store) -> None:
    old.upgrade()
    row, (first, second) = old.story(7) or pytest.fail("the story is gone")
    assert (row.head_item, row.reports, row.independent_reports) == (first.id, 2, 1)
    assert (first.folded, first.text_of, second.folded, second.text_of) == (None, None, "text", first.id)
    with old.matching() as transaction:
        owners = transaction.claim_keys(dict.fromkeys((2**63 - 1, -5, 6), 50), now=NOW, window=timedelta(days=5))
        assert owners == {2**63 - 1: KeyOwner(first.id, 0), -5: KeyOwner(first.id, 0)}
        ((told,),) = transaction.said([first.id], since=NOW).values()
        assert (told.story, told.text_of) == (7, first.id)
        (reports,) = transaction.reports([7]).values()
    summary = summarise(reports)
    assert (summary.head.item, summary.independent) == (first.id, 1), "what was never counted is no bare headline"


def test_what_there_was_is_there_and_works_on(old: Store) -> None:
    assert not old.schema_is_current()
    old.upgrade()
    old.require_schema()
    rows: Any = sorted(old.feeds_list(), key=lambda row: row.id)
    assert [(row.url, row.tags, row.items, row.failures) for row in rows] == [(url, ("t",), 1, 3) for url in URLS]
    assert {(row.paused, row.merged_into, row.opml, row.told_at, row.gap_from) for row in rows} == {
        (False, None, None, None, None)
    }
    assert old.memory(1) is None
    assert old.unindexed() == len(URLS)
    (item,) = identify([ItemData(id=None, link="https://wherever.example/", title="Title", text=" text")])
    assert [old.known_items(feed, [], [item.content])[1][0].id for feed in range(1, 5)] == [1, 2, 3, 4], "by its words"
    assert old.opml_due(now=NOW) == []
    with old.matching() as transaction:
        assert [(item.text, item.full_text) for item in transaction.unmatched([1])] == [("Text", "")]
    old.release_owners(lambda _: True, now=NOW, counted=False)
    due = old.claim_due_feeds(now=NOW, lease=timedelta(seconds=9), limit=9, manners=POLITE)
    assert [(feed.id, feed.shared) for feed in due] == [(1, True), (2, False), (3, False)], "hosts were looked at"
    leased = old.begin_polls(range(1, 5), owner="h:1:1", now=NOW, lease=timedelta(seconds=9), manners=POLITE)
    assert [(feed.id, feed.condition.failures, feed.listed) for feed in leased] == [(1, 3, 0), (2, 3, 0), (3, 3, 0)]


def test_lists_hold_for_all_languages_and_are_read_anew(empty_url: str) -> None:
    store = open_store(empty_url)
    with store._migration() as connection:
        migrating.migrate(connection, "0005")
    with store._transaction("write") as connection:
        connection.execute(
            text(
                "INSERT INTO watch_lists (id, name, keywords, exclude, full_query, feed_tags, managed_by, state, "
                "created_at) VALUES (3, 'Ukraine', '[\"Ukraine\"]', '[]', 'Ukraine', '[]', 'file', 'active', :at)"
            ),
            {"at": NOW if store.dialect == "postgresql" else "2022-02-12T17:00:00.000000Z"},
        )
    store.upgrade()
    (row,) = store.watch_lists_list(NOW)
    assert (row.id, row.languages, row.state, row.broken_why) == (3, (), "active", None)
    with store.matching() as transaction:
        (found,) = transaction.watch_lists()
    assert (found.id, found.query, found.languages) == (3, "Ukraine", frozenset())
    (volume,) = store.volumes(now=NOW)
    assert volume.asked_since == NOW, "nobody knows of a change since it was made"
    store.close()


def test_the_newest_migration_is_the_one_that_is_asked_for() -> None:
    assert ScriptDirectory.from_config(migrating.configuration()).get_heads() == [schema.HEAD]
