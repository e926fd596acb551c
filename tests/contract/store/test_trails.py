"""What is kept of an item's way, and how it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from contract.store.conftest import item
from contract.store.desk import LATER, NOW, SLOT, Desk, desk
from sqlalchemy import func, select, text

from config.values import FeedLine, NotifyLine, SubscriberLine, WatchListLine
from worker.feeds.health import Condition
from worker.pipeline.regroup import merge, split
from worker.records import BrokenList
from worker.records.trail import TrailDelivery, TrailUpdate
from worker.store import migrating, open_store, tables
from worker.store.trail_alerts import MOST_ALERTS
from worker.store.trails import MOST_MATCHES
from worker.stories.identity import identity_of_id
from worker.stories.model import NewItem

if TYPE_CHECKING:
    from datetime import datetime

    from worker.records.trail import AskedList, Trail, TrailItem
    from worker.store import Store

__all__ = ["desk"]

DAY = timedelta(days=1)


def linked(name: str, link: str | None) -> NewItem:
    identified = item(name)
    return NewItem(replace(identified, item=replace(identified.item, link=link)), news=True, fold=True)


def publish(world: Any, feed: int, *new: NewItem, **more: Any) -> None:
    (leased,) = world.begin(feed, force=True)
    world.written(world.record(leased, added=new, **more))


def the(found: list[TrailItem]) -> TrailItem:
    (one,) = found
    return one


def trail_of(store: Store, number: int) -> Trail:
    return store.trail(the(store.item_by_id(number)))


def test_items_are_found_by_any_spelling_of_their_link(world: Any) -> None:
    first, second = world.feeds(2)
    publish(world, second, linked("b", "http://WWW.a.example:80/x?utm_source=rss"))
    publish(
        world, first, linked("a", "https://www.a.example/x#top"), linked("c", None), linked("d", "https://a.example/y")
    )
    for link in ("https://www.a.example/x", "http://www.a.example/x?fbclid=1"):
        assert [(one.id, one.feed_name) for one in world.store.items_at(link)] == [(1, "F0001"), (2, "F0000")]
    assert world.store.items_at("https://www.a.example/X") == []
    assert the(world.store.item_by_id(3)).link is None
    assert world.store.item_by_id(99) == []


def test_an_item_is_what_watch_lists_see_of_it(world: Any) -> None:
    world.apply(feeds=[FeedLine("https://u:p@f.example/rss?token=x", tags=("world",))])
    said = item("a", authors=("Ann",), categories=("War",), source="Agency", language="uk", published=NOW)
    publish(world, 1, NewItem(said, news=False, fold=True), title="The feed")
    world.store.add_full_texts({1: "The page."})
    found = the(world.store.item_by_id(1))
    seen = found.matchable
    assert (seen.title, seen.text, seen.categories) == ("a", "Some text.\n\nThe page.", ("War",))
    assert (seen.authors, seen.source, seen.link, seen.language) == (("Ann",), "Agency", "https://a.example/a", "uk")
    assert (seen.feed_tags, seen.feed_name) == (frozenset({"world"}), "The feed")
    assert seen.feed_url == "https://f.example/rss?token=***"
    assert (found.news, found.published, found.first_seen, found.waits_since) == (False, NOW, NOW, NOW)


def test_items_are_found_by_what_their_publishers_call_them(world: Any) -> None:
    feeds = world.feeds(3)
    publish(world, feeds[0], linked("urn:a", None))
    # What tests call an identity is none that the ladder makes, so it is set as that would.
    with world.store._transaction("write") as connection:
        connection.execute(tables.items.update().values(identity=identity_of_id("urn:a")))
    assert the(world.store.items_called(" urn:a ")).id == 1
    assert world.store.items_called("urn:b") == []


def test_the_trail_of_a_told_item_holds_everything(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    second = desk.join(story, "y", wire="Reuters")
    desk.happens(story, ("independent", second))
    (begun, *_) = desk.begin()
    desk.end(begun, "failed", error="HTTP 500")
    desk.correct("x", "x corrected", at=LATER)

    first = trail_of(desk.store, 1)
    assert [(run.run, run.outcome, run.new_items, run.good) for run in first.runs] == [
        (0, "new", 1, True),
        (1, "not_modified", 0, True),
    ]
    assert first.revised == (LATER,)
    assert first.item.revisions == 1
    assert first.item.waits_since == LATER
    assert first.story is not None
    assert (first.story.reports, first.story.first and first.story.first.id, first.story.text_of) == (2, 1, None)
    assert [(met.name, met.terms, met.at) for met in first.matches] == [
        ("Kyiv", ("Ukraine",), NOW),
        ("Ukraine", ("Ukraine",), NOW),
    ]
    assert [(one.name, one.subscriber, one.item, one.state, one.lead, one.mode) for one in first.alerts] == [
        ("Kyiv", "desk", 1, "told", 1, "every"),
        ("Ukraine", "desk", 1, "told", 1, "updates"),
    ]
    assert [one.ended for one in first.alerts] == [None, None]
    assert first.updates == ()
    assert {(one.kind, one.subject, one.sequence, one.state) for one in first.deliveries} == {("alert", 1, 0, "sent")}
    assert [one.channel for one in first.deliveries] == ["webhook https://d.example/...", "log"]

    later = trail_of(desk.store, second)
    assert (later.item.folded, later.item.text_of) == ("text", 1)
    assert later.story is not None
    assert (later.story.text_of, later.feed.name) == (later.story.first, "B")
    assert [(one.item, one.name) for one in later.alerts] == [(1, "Kyiv"), (1, "Ukraine")]
    assert later.updates == (
        TrailUpdate(1, 1, 1, "independent", LATER, lead=1),
        TrailUpdate(2, 2, 1, "independent", LATER, lead=1),
    )
    told = {(one.sequence, one.state, one.attempts, one.last_error) for one in later.deliveries}
    assert told == {(0, "sent", 1, None), (1, "failed", 1, "HTTP 500"), (1, "sending", 1, None)}
    assert all(isinstance(one, TrailDelivery) and one.created_at in (NOW, LATER) for one in later.deliveries)


def test_what_was_thinned_is_there_with_its_digest(desk: Desk) -> None:
    desk.watch(Ukraine="first", at_most=1)
    desk.tell("x", state="held", slot=SLOT)
    found = trail_of(desk.store, 1)
    assert [(one.state, one.lead, one.digest, one.at_most) for one in found.alerts] == [("held", None, 1, 1)]
    assert [(one.id, one.kind, one.due_at, one.closed_at) for one in found.digests] == [(1, "spill", SLOT, None)]
    assert {(one.kind, one.subject, one.state, one.due_at) for one in found.deliveries} == {
        ("digest", 1, "pending", SLOT)
    }
    desk.send(now=SLOT)
    sent = trail_of(desk.store, 1)
    assert [one.state for one in sent.alerts] == ["told"]
    assert {one.state for one in sent.deliveries} == {"sent"}


def test_alerts_follow_stories_that_are_joined_and_reports_that_are_taken_out(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv")
    second = desk.join(story, "y")
    other = desk.tell("z", "Kyiv", now=LATER)
    desk.store.retrying(lambda: merge(desk.store, other, [story], now=LATER))
    assert [one.story for one in trail_of(desk.store, 1).alerts] == [story, other]
    desk.store.retrying(lambda: split(desk.store, other, [1], now=LATER))
    alone = trail_of(desk.store, 1)
    assert [(one.story, one.item) for one in alone.alerts] == [(story, 1)], "it stays with the report that it told"
    assert alone.story is not None
    assert (alone.story.split_from, alone.story.split_at) == (other, LATER)
    assert {one.item for one in trail_of(desk.store, second).alerts} == {1, 3}


@pytest.mark.parametrize("gone", ["list", "state", "broken", "subscriber", "line"])
def test_why_nobody_hears_any_more_is_told_and_since_when(desk: Desk, gone: str) -> None:
    desk.tell("x")
    changed = {
        "list": (tables.watch_lists, {"removed_at": LATER}, ("the watch list was removed", LATER)),
        "state": (tables.watch_lists, {"state": "paused"}, ("the watch list is paused", None)),
        "broken": (tables.watch_lists, {"state": "broken"}, (None, None)),
        "subscriber": (tables.subscribers, {"removed_at": LATER}, ("desk was removed", LATER)),
        "line": (tables.subscriptions, {"removed_at": LATER}, ("the list does not tell them any more", LATER)),
    }
    table, values, said = changed[gone]
    with desk.store._transaction("write") as connection:
        connection.execute(table.update().values(**values))
    assert {(one.ended, one.ended_at) for one in trail_of(desk.store, 1).alerts} == {said}


def test_what_came_first_ended_an_alert(desk: Desk) -> None:
    desk.tell("x")
    with desk.store._transaction("write") as connection:
        connection.execute(tables.subscriptions.update().values(removed_at=NOW))
        connection.execute(tables.watch_lists.update().values(removed_at=LATER, state="paused"))
    (found,) = trail_of(desk.store, 1).alerts
    assert (found.ended, found.ended_at) == ("the list does not tell them any more", NOW)


def test_of_a_message_whose_channel_is_gone_that_is_told(desk: Desk) -> None:
    desk.tell("x")
    assert {one.channel_removed_at for one in trail_of(desk.store, 1).deliveries} == {None}
    with desk.store._transaction("write") as connection:
        connection.execute(tables.channels.update().values(removed_at=LATER))
    assert {one.channel_removed_at for one in trail_of(desk.store, 1).deliveries} == {LATER}


def test_the_trail_of_one_list_has_no_match_and_no_alert_of_another(desk: Desk) -> None:
    story = desk.tell("x", "Kyiv", "Ukraine")
    desk.send()
    desk.happens(story, ("independent", desk.join(story, "y")))
    whole = trail_of(desk.store, 2)
    assert len(whole.updates) == 2
    ids = {one.name: one.watch_list for one in whole.alerts}
    (item_,) = desk.store.item_by_id(1)
    ukraine = desk.store.trail(item_, watch_list=ids["Ukraine"])
    assert [one.name for one in ukraine.matches] == ["Ukraine"]
    assert [(one.name, one.lead) for one in ukraine.alerts] == [("Ukraine", 1)]
    assert {(one.subject, one.sequence) for one in ukraine.deliveries} == {(1, 0)}, "the message that it shares"
    assert (ukraine.met, ukraine.more_alerts) == ({ids["Ukraine"]}, 0)
    (second,) = desk.store.item_by_id(2)
    updated = desk.store.trail(second, watch_list=ids["Ukraine"])
    assert [one.alert for one in updated.updates] == [ukraine.alerts[0].id]
    assert desk.store.trail(item_, watch_list=99).alerts == ()


def test_of_very_many_lists_all_are_known_and_the_surest_alerts_are_loaded(world: Any) -> None:
    count = max(MOST_MATCHES, MOST_ALERTS) + 5
    names = tuple(f"L{number:04}" for number in range(count))
    world.apply(feeds=[FeedLine("https://a.example/rss", "A")], lists=[(name, None) for name in names])
    found, other = world.polled(1, "x", "y")
    world.told([found], lists=names)
    a, w = tables.alerts, tables.watch_lists
    with world.store._transaction("write") as connection:
        last = connection.scalar(select(w.c.id).where(w.c.name == names[-1]))
        sent = connection.scalar(select(func.max(a.c.id)))
        connection.execute(a.update().values(state="cancelled"))
        connection.execute(a.update().where(a.c.id == sent).values(state="told"))
    trail = trail_of(world.store, found)
    assert [one.name for one in trail.matches] == list(names[:MOST_MATCHES])
    assert len(trail.also_met) == count - MOST_MATCHES
    assert len(trail.met) == count
    assert last in trail.also_met
    assert (len(trail.alerts), trail.more_alerts) == (MOST_ALERTS, count - MOST_ALERTS)
    assert [one.id for one in trail.alerts] == sorted(one.id for one in trail.alerts)
    assert trail.alerts[-1].state == "told", "what was told stands before all that was cancelled"
    only = world.store.trail(trail.item, watch_list=last)
    assert [one.name for one in only.matches] == [names[-1]]
    assert (only.also_met, len(only.alerts), only.more_alerts) == (frozenset(), 1, 0)
    # Were they alerts of another report, those of lists that met this one too would stand first.
    with world.store._transaction("write") as connection:
        connection.execute(tables.matches.delete().where(tables.matches.c.watch_list_id != last))
        connection.execute(a.update().where(a.c.watch_list_id != last).values(state="told", item_id=other))
        connection.execute(a.update().where(a.c.watch_list_id == last).values(state="cancelled", item_id=other))
    copied = trail_of(world.store, found)
    assert [one.state for one in copied.alerts if one.watch_list in copied.met] == ["cancelled"]


def test_an_item_in_no_story_has_a_short_trail(world: Any) -> None:
    (feed,) = world.feeds(1)
    publish(world, feed, NewItem(item("old"), news=False, fold=False))
    found = trail_of(world.store, 1)
    assert (found.story, found.matches, found.alerts, found.deliveries) == (None, (), (), ())
    assert (found.item.news, found.item.waits_since, found.item.gave_up) == (False, None, False)


def test_feeds_are_found_by_their_host_or_what_they_have_to_do_with_a_domain(world: Any) -> None:
    world.apply(
        feeds=[
            FeedLine("https://feeds.a.example/world", "World"),
            FeedLine("https://feeds.a.example/sport", "Sport"),
            FeedLine("https://b.example/rss", "B"),
        ]
    )
    publish(world, 3, linked("x", None), link="https://www.site.example/")
    (leased,) = world.begin(1, force=True)
    failed = {"outcome": "error", "status": 500, "condition": Condition("broken", 9, 9.0, NOW), "error": "HTTP 500"}
    world.written(world.record(leased, **failed))
    world.apply(feeds=[FeedLine("https://feeds.a.example/sport", "Sport"), FeedLine("https://b.example/rss", "B")])

    def names(host: str, domain: str) -> list[str]:
        return [feed.name for feed in world.store.feeds_around(host, domain)]

    assert names("feeds.a.example", "a.example") == ["Sport", "World"], "removed ones last"
    assert names("www.a.example", "a.example") == ["Sport", "World"]
    assert names("www.site.example", "site.example") == ["B"]
    assert names("nowhere.example", "nowhere.example") == []
    assert names("x", "a%example") == [], "a domain is no pattern"
    broken = world.store.feeds_around("feeds.a.example", "a.example")[1]
    assert (broken.state, broken.failures, broken.told_at, broken.last_error) == ("broken", 9, NOW, "HTTP 500")
    assert (broken.removed_at, broken.last_good_at, broken.hosts) == (NOW, None, ("feeds.a.example",))
    assert trail_of(world.store, 1).feed.hosts == ("b.example", "www.site.example")
    with world.store._transaction("write") as connection:
        connection.execute(tables.feeds.update().values(link="http://[b.example/"))
    assert trail_of(world.store, 1).feed.hosts == ("b.example",), "a document may call anything its link"


def test_the_newest_items_of_feeds_have_links(world: Any) -> None:
    first, second, third = world.feeds(3)
    publish(world, first, linked("a", "https://a.example/1"), linked("b", None))
    publish(world, second, linked("c", "https://a.example/2"))
    publish(world, third, linked("d", "https://a.example/3"))
    assert [(one.link, one.feed) for one in world.store.newest_items([first, second])] == [
        ("https://a.example/2", "F0001"),
        ("https://a.example/1", "F0000"),
    ]


def test_watch_lists_are_asked_as_they_would_be_compiled(world: Any) -> None:
    line = (NotifyLine("desk"),)
    lists = (
        WatchListLine("B", ("x",), feed_tags=("world",), languages=("uk",), notify=line),
        WatchListLine("A", ("y",), notify=line),
        WatchListLine("C", ("z",)),
    )
    world.apply(watch_lists=lists)
    store: Store = world.store
    assert [one.definition.name for one in store.lists_to_ask(limit=2)] == ["A", "B"]
    b = store.list_called("B")
    assert b is not None
    assert (b.definition.query, b.definition.feed_tags, b.definition.languages) == ('"B"', {"world"}, {"uk"})
    assert (b.state, b.created_at, b.removed_at, b.told) == ("active", NOW, None, True)
    c = store.list_called("C")
    assert c is not None
    assert not c.told
    assert store.list_called("D") is None
    assert store.list_queries() == {"A": '"A"', "B": '"B"', "C": '"C"'}
    world.apply(watch_lists=lists[:2], now=LATER, subscribers=(SubscriberLine("desk"),))
    gone = store.list_called("C")
    assert gone is not None
    assert gone.removed_at == LATER
    assert store.list_queries().keys() == {"A", "B"}
    assert [one.definition.name for one in store.lists_to_ask(limit=9)] == ["A", "B"]


def test_since_when_a_list_is_broken_is_known_from_what_the_owner_was_told(world: Any) -> None:
    lists = tuple(WatchListLine(name, (name,), notify=(NotifyLine("desk"),)) for name in ("A", "B"))
    world.apply(watch_lists=lists)
    store: Store = world.store

    def asked(name: str) -> AskedList:
        found = store.list_called(name)
        assert found is not None
        return found

    def breaks(name: str, *, now: datetime) -> None:
        with store.matching() as transaction:
            version = transaction.watch_lists_version()
        store.break_lists([BrokenList(asked(name).definition.id, version, "it failed")], owner="desk", now=now)

    breaks("A", now=LATER)
    assert (asked("A").state, asked("A").broken_why, asked("A").broken_since) == ("broken", "it failed", LATER)
    assert asked("B").broken_since is None
    assert [one.broken_since for one in store.lists_to_ask(limit=9)] == [LATER, None]
    store.edit_watch_list("A", paused=False, now=SLOT)
    assert asked("A").broken_since is None, "it was taken up again"
    breaks("A", now=SLOT + DAY)
    assert asked("A").broken_since == SLOT + DAY, "the latest"
    with store._transaction("write") as connection:
        connection.execute(tables.watch_lists.update().values(asked_since=SLOT + 2 * DAY))
    assert asked("A").broken_since is None, "what was told of it was told of something else that it asked"
    with store._transaction("write") as connection:
        connection.execute(tables.watch_lists.update().values(asked_since=None))
    assert asked("A").broken_since == SLOT + DAY
    with store._transaction("write") as connection:
        connection.execute(tables.watch_lists.update().where(tables.watch_lists.c.name == "B").values(state="broken"))
        connection.execute(tables.watch_lists.update().where(tables.watch_lists.c.name == "A").values(full_query="x"))
    assert (asked("B").broken_since, asked("A").broken_since) == (None, None)


def test_links_are_found_by_an_index(world: Any) -> None:
    world.feeds(1)
    with world.store._transaction("read") as connection:
        if world.store.is_embedded:
            plan = connection.execute(text("EXPLAIN QUERY PLAN SELECT id FROM items WHERE link_hash = x'00'")).all()
            assert "ix_items_link_hash" in str(plan)
        else:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = connection.execute(text("EXPLAIN SELECT id FROM items WHERE link_hash = '\\x00'::bytea")).all()
            assert "ix_items_link_hash" in str(plan)


def test_items_of_the_version_before_are_found_by_their_links(empty_url: str) -> None:
    store = open_store(empty_url)
    with store._migration() as connection:
        migrating.migrate(connection, "0004")
    moment = NOW if store.dialect == "postgresql" else "2022-02-12T17:00:00.000000Z"
    with store._transaction("write") as connection:
        connection.execute(
            text(
                "INSERT INTO feeds (id, url, polled_url, host, tags, managed_by, created_at, state, next_poll_at) "
                "VALUES (1, 'https://f.example/', 'https://f.example/', 'f.example', '[]', 'command', :at, 'ok', :at)"
            ),
            {"at": moment},
        )
        insert = text(
            "INSERT INTO items (feed_id, identity, content, link_hash, link, title, text, authors, categories, "
            "first_seen, last_seen, news) VALUES (1, :key, :key, :key, :link, 'T', 'x', '[]', '[]', :at, :at, :news)"
        )
        for number, link in enumerate(("http://a.example/1?utm_medium=rss", None)):
            key = f"key {number}".encode()
            connection.execute(insert, {"key": key, "link": link, "at": moment, "news": True})
    store.upgrade()
    assert the(store.items_at("https://a.example/1")).title == "T"
    store.close()
