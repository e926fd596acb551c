"""Watch lists that are added, changed and removed by command."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from config.values import ChannelLine, FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.errors import ConfigurationError, QueryError
from worker.store import tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FEED = FeedLine("https://a.example/rss", "A", ("world",))
NIGHT = SubscriberLine("night", "UTC", (ChannelLine("log"),))
GRAIN = WatchListLine("Grain", query="grain", notify=(NotifyLine("desk", 5),))


@pytest.fixture
def store(world: Any) -> Store:
    world.apply(feeds=[FEED])
    world.store.add_subscriber(NIGHT, now=NOW)
    world.store.add_watch_list(GRAIN, "grain", now=NOW)
    found: Store = world.store
    return found


def version(store: Store) -> int:
    with store.matching() as transaction:
        return transaction.watch_lists_version()


def rows(store: Store) -> dict[str, Any]:
    w = tables.watch_lists
    with store._transaction("read") as connection:
        return {row.name: row for row in connection.execute(select(w))}


def changing(query: str | None = None, **more: Any) -> Callable[[WatchListLine], tuple[WatchListLine, str]]:
    """An edit: these attributes, and the query as it is compiled."""

    def edit(line: WatchListLine) -> tuple[WatchListLine, str]:
        changed = replace(line, **({} if query is None else {"query": query}), **more)
        return changed, changed.query or ""

    return edit


def test_an_edit_changes_what_it_says_and_nothing_else(store: Store) -> None:
    before = version(store)
    line, full = store.edit_watch_list(
        "Grain", changing("wheat", languages=("uk",), notify=(NotifyLine("night", None),)), now=LATER
    )
    assert (line.query, line.feed_tags, full) == ("wheat", (), "wheat")
    row = next(row for row in store.watch_lists_list(NOW) if row.name == "Grain")
    assert (row.query, row.languages, row.subscribers, row.state) == ("wheat", ("uk",), ("night",), "active")
    assert rows(store)["Grain"].changed_in == version(store) == before + 1
    with store.matching() as transaction:
        (found,) = [one for one in transaction.watch_lists() if one.name == "Grain"]
    assert (found.query, found.languages) == ("wheat", {"uk"})


def test_every_write_marks_its_list_with_the_version_that_it_makes(store: Store, world: Any) -> None:
    marks = [version(store)]
    store.edit_watch_list("Grain", paused=True, now=NOW)
    store.edit_watch_list("Grain", changing(name="Wheat"), now=NOW)
    store.remove_watch_list("Wheat", now=NOW)
    assert rows(store)["Wheat"].changed_in == version(store) == marks[0] + 3
    before = rows(store)["Ukraine"].changed_in
    wanted = world.configuration(feeds=[FEED], lists=[("Ukraine", 7)])
    store.apply(wanted, {"Ukraine": "Ukraine"}, now=NOW)
    assert rows(store)["Ukraine"].changed_in == version(store) > before
    store.apply(world.configuration(lists=[("Ukraine", 7)]), {"Ukraine": "Ukraine"}, now=NOW)
    assert rows(store)["Ukraine"].changed_in < version(store), "the feeds alone changed"
    store.apply(world.configuration(lists=[]), {}, now=NOW)
    assert rows(store)["Ukraine"].changed_in == version(store)


def test_an_edit_cancels_what_nobody_is_to_hear_of_any_more(store: Store, world: Any) -> None:
    feed = store.feeds_list()[0].id
    world.told(world.polled(feed, "x"), lists=("Grain",))
    store.edit_watch_list("Grain", changing("wheat"), now=LATER)
    assert {row.state for row in store.deliveries_list()} == {"pending"}, "it was found before"
    store.edit_watch_list("Grain", changing(notify=(NotifyLine("night"),)), now=LATER)
    assert {row.state for row in store.deliveries_list()} == {"cancelled"}


def test_pausing_cancels_and_resuming_looks_on(store: Store, world: Any) -> None:
    feed = store.feeds_list()[0].id
    world.told(world.polled(feed, "x"), lists=("Grain",))
    world.told(world.polled(feed, "y"), lists=("Ukraine",))
    store.edit_watch_list("Grain", paused=True, now=LATER)
    assert {(row.title, row.state) for row in store.alerts_list()} == {("x", "cancelled"), ("y", "new")}
    assert {row.name: row.state for row in store.watch_lists_list(NOW)} == {"Grain": "paused", "Ukraine": "active"}
    store.edit_watch_list("Grain", changing("wheat"), now=LATER)
    assert rows(store)["Grain"].state == "paused", "another query does not resume it"
    store.edit_watch_list("Grain", paused=False, now=LATER)
    assert rows(store)["Grain"].state == "active"
    assert {(row.title, row.state) for row in store.alerts_list()} == {("x", "cancelled"), ("y", "new")}


def test_what_is_managed_by_file_is_paused_but_not_changed_and_stays_paused(store: Store, world: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"managed by file: change it in watchlists\.yaml"):
        store.edit_watch_list("Ukraine", changing("x"), now=NOW)
    store.edit_watch_list("Ukraine", paused=True, now=NOW)
    world.apply(feeds=[FEED], lists=[("Ukraine", 9)])
    assert rows(store)["Ukraine"].state == "paused"


def test_what_a_list_found_before_it_broke_is_told(store: Store, world: Any) -> None:
    due = world.told(world.polled(store.feeds_list()[0].id, "x"), lists=("Grain",))
    w = tables.watch_lists
    with store._transaction("write") as connection:
        connection.execute(w.update().where(w.c.name == "Grain").values(state="broken", broken_why="too slow"))
    store.edit_watch_list("Ukraine", paused=True, now=LATER)
    assert {row.state for row in store.deliveries_list()} == {"pending"}
    assert len(store.begin_deliveries(due, owner="h:1:1", now=LATER, lease=timedelta(seconds=9))) == len(due)


@pytest.mark.parametrize("taken_up", [True, False])
def test_a_broken_list_is_tried_again_with_another_query(store: Store, *, taken_up: bool) -> None:
    w = tables.watch_lists
    with store._transaction("write") as connection:
        connection.execute(w.update().where(w.c.name == "Grain").values(state="broken", broken_why="too slow"))
    store.edit_watch_list("Grain", changing(alert="every"), now=NOW)
    row = next(row for row in store.watch_lists_list(NOW) if row.name == "Grain")
    assert (row.state, row.broken_why) == ("broken", "too slow"), "it looks for the same"
    if taken_up:
        store.edit_watch_list("Grain", paused=False, now=NOW)
    else:
        store.edit_watch_list("Grain", changing("wheat"), now=NOW)
    row = next(row for row in store.watch_lists_list(NOW) if row.name == "Grain")
    assert (row.state, row.broken_why) == ("active", None)


def test_a_broken_list_of_a_file_is_tried_again_with_another_query(store: Store, world: Any) -> None:
    w = tables.watch_lists
    with store._transaction("write") as connection:
        connection.execute(w.update().where(w.c.name == "Ukraine").values(state="broken", broken_why="too slow"))
    world.apply(feeds=[FEED], lists=[("Ukraine", 9)])
    assert rows(store)["Ukraine"].state == "broken"
    store.apply(world.configuration(feeds=[FEED], lists=[("Ukraine", 9)]), {"Ukraine": "ukrain*"}, now=NOW)
    assert (rows(store)["Ukraine"].state, rows(store)["Ukraine"].broken_why) == ("active", None)


def test_another_name_keeps_the_alerts_and_must_be_free(store: Store, world: Any) -> None:
    world.told(world.polled(store.feeds_list()[0].id, "x"), lists=("Grain",))
    with pytest.raises(ConfigurationError, match="'Ukraine' is there already"):
        store.edit_watch_list("Grain", changing(name="Ukraine"), now=NOW)
    store.add_watch_list(replace(GRAIN, name="Wheat"), "x", now=NOW)
    store.remove_watch_list("Wheat", now=NOW)
    store.edit_watch_list("Grain", changing(name="Wheat"), now=NOW)
    assert [(row.watch_list, row.state) for row in store.alerts_list()] == [("Wheat", "new")]
    assert "Wheat (removed 2022-02-12)" in store.watch_list_names()
    for name in ("Grain", "Nothing"):
        with pytest.raises(ConfigurationError, match="there is no watch list"):
            store.edit_watch_list(name, changing("x"), now=NOW)
    with pytest.raises(ConfigurationError, match="who is no subscriber"):
        store.edit_watch_list("Wheat", changing(notify=(NotifyLine("nobody"),)), now=NOW)
    assert next(row for row in store.watch_lists_list(NOW) if row.name == "Wheat").subscribers == ("desk",)


def test_a_list_that_others_refer_to_is_there_for_them(store: Store) -> None:
    bread = WatchListLine("Bread", query='bread  "list:Grain" list:Grain', exclude=("list:Grain",), notify=GRAIN.notify)
    store.add_watch_list(bread, "bread list:Grain -list:Grain", now=NOW)
    with pytest.raises(ConfigurationError, match=r"'Grain' is part of what 'Bread' looks for \(list:Grain\)"):
        store.remove_watch_list("Grain", now=NOW)
    with pytest.raises(ConfigurationError, match=r"refers to list:Grain, and cannot to 'say \"grain\"'"):
        store.edit_watch_list("Grain", changing(name='say "grain"'), now=NOW)
    before = version(store)
    store.edit_watch_list("Grain", changing(name="The grain deal"), now=NOW)
    row = rows(store)["Bread"]
    assert row.query == 'bread  "list:Grain" list:"The grain deal"', "all else stays as it was written"
    assert row.exclude == ['list:"The grain deal"']
    assert row.full_query == 'bread list:"The grain deal" -list:"The grain deal"'
    assert row.changed_in == before + 1
    store.remove_watch_list("Bread", now=NOW)
    store.remove_watch_list("The grain deal", now=NOW)


def test_a_list_refers_only_to_what_is_there_and_not_in_a_circle(store: Store) -> None:
    with pytest.raises(QueryError, match="there is no watch list 'Wheat'"):
        store.add_watch_list(WatchListLine("Bread", query="list:Wheat", notify=GRAIN.notify), "list:Wheat", now=NOW)
    assert "Bread" not in rows(store)
    store.add_watch_list(WatchListLine("Bread", query="list:Grain", notify=GRAIN.notify), "list:Grain", now=NOW)
    with pytest.raises(QueryError, match="leads back to itself"):
        store.edit_watch_list("Grain", changing("list:Bread"), now=NOW)
    assert rows(store)["Grain"].full_query == "grain"


def test_lists_are_added_with_their_feeds_or_neither_are(store: Store) -> None:
    feeds = [FeedLine("https://alerts.example/1", None, ("alerts",)), FeedLine(FEED.url, None, ("alerts",))]
    bread = WatchListLine("Bread", query="bread", feed_tags=("alerts",), notify=GRAIN.notify)
    nobody = replace(bread, name="Nobody", notify=(NotifyLine("nobody"),))
    before = [row.url for row in store.feeds_list()]
    with pytest.raises(ConfigurationError, match="nobody"):
        store.import_watch_lists([(bread, "bread"), (nobody, "bread")], feeds=feeds, now=NOW)
    assert [row.url for row in store.feeds_list()] == before
    assert store.import_watch_lists([(bread, "bread")], feeds=feeds, now=NOW) == []
    assert {row.url: row.tags for row in store.feeds_list()} == {
        FEED.url: FEED.tags,
        "https://alerts.example/1": ("alerts",),
    }


def test_a_list_of_a_file_that_refers_to_one_keeps_it_from_being_renamed(store: Store, world: Any) -> None:
    wanted = world.configuration(feeds=[FEED])
    store.apply(wanted, {"Ukraine": "ukraine list:Grain"}, now=NOW)
    with pytest.raises(ConfigurationError, match="'Ukraine', which is managed by file, refers to list:Grain"):
        store.edit_watch_list("Grain", changing(name="Wheat"), now=NOW)


def test_many_lists_are_added_at_once_whatever_refers_to_what(store: Store) -> None:
    lists = [
        (WatchListLine("Bread", query="list:Flour", notify=GRAIN.notify), "list:Flour"),
        (WatchListLine("Flour", query="flour", notify=GRAIN.notify), "flour"),
        (replace(GRAIN, query="other"), "other"),
    ]
    assert store.import_watch_lists(lists, now=NOW) == ["Grain"]
    assert {row.name: row.full_query for row in rows(store).values() if row.managed_by == "command"} == {
        "Bread": "list:Flour",
        "Flour": "flour",
        "Grain": "grain",
    }
    store.remove_watch_list("Bread", now=NOW)
    with pytest.raises(ConfigurationError, match="nobody"):
        store.import_watch_lists([*lists, (replace(GRAIN, name="X", notify=(NotifyLine("nobody"),)), "x")], now=NOW)
    assert rows(store)["Bread"].removed_at is not None, "all or none"
    assert store.import_watch_lists(lists, now=NOW) == ["Flour", "Grain"]
    assert rows(store)["Bread"].removed_at is None
