from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from config.values import FeedLine
from worker.feeds.health import Condition
from worker.records import Manners, Validators

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
A = FeedLine("http://a.example/rss", "A", ("world",))
B = FeedLine("https://b.example/rss", "B", ("sport",))
C = FeedLine("https://c.example/rss", "C", ("tech",))


@pytest.fixture
def three(world: Any) -> Any:
    """Feeds A, B and C, by command."""
    return [world.store.add_feed(line, now=NOW) for line in (A, B, C)]


def rows(world: Any) -> Any:
    return {row.name: row for row in world.store.feeds_list()}


def moves(world: Any, feed: int, url: str, *names: str, at: datetime = NOW, added: Any = (), **more: Any) -> Any:
    (leased,) = world.begin(feed, now=at, force=True)
    return world.written(world.record(leased, moved_to=url, outcome="moved", added=added, at=at, **more))


def polled_url(world: Any, feed: int) -> str:
    (row,) = (row for row in world.store.feeds_list() if row.id == feed)
    return str(row.polled_url)


def titles(world: Any) -> Any:
    return sorted((item.feed, item.title) for item in world.store.items_since(NOW))


def test_a_feed_that_moves_is_polled_there_from_then_on(world: Any, three: Any) -> None:
    given = Validators("http://a.example/rss", etag=b"x")
    (leased,) = world.begin(three[0])
    world.written(world.record(leased, keep_validators=False, validators=given))
    moves(world, three[0], "https://new.example/rss")
    row = rows(world)["A"]
    assert (row.url, row.polled_url, row.state, row.merged_into) == (A.url, "https://new.example/rss", "ok", None)
    (leased,) = world.begin(three[0], force=True)
    assert (leased.polled_url, leased.validators) == ("https://new.example/rss", given), "they belong to their URL"
    world.apply(feeds=[FeedLine(A.url, "A", ("other",))])
    assert polled_url(world, three[0]) == "https://new.example/rss", "apply resets no address"


@pytest.mark.parametrize("new", ["https://b.example/rss", "https://B.example:443/rss#top"])
def test_a_feed_that_moves_to_where_another_is_becomes_part_of_it(world: Any, three: Any, make: Any, new: str) -> None:
    a, b, _ = three
    mine = world.polled(a, "x", "both")
    world.polled(b, "both", "y")
    found = moves(world, a, new, added=make("fresh"), next_poll_at=NOW + timedelta(minutes=3))[a]
    assert len(found.unmatched) == 1, "what is new waits for matching all the same"
    row = rows(world)["A"]
    assert (row.state, row.merged_into, row.items, row.polled_url) == ("disabled", "B", 1, "https://b.example/rss")
    assert rows(world)["B"].items == 4
    assert titles(world) == [("A", "both"), ("B", "both"), ("B", "fresh"), ("B", "x"), ("B", "y")]
    assert world.store.known_items(b, [make("x")[0].item.identity], [])[0][0].id == mine[0], "ids are kept"
    assert rows(world)["B"].next_poll_at == NOW + timedelta(minutes=3)
    assert world.store.feed_history(a)[0].note == "merged into B"
    assert world.begin(a, force=True, now=LATER) == []
    assert a not in [feed.id for feed in world.due(now=LATER)]


def test_a_feed_merges_into_one_that_has_moved_there_before_and_into_one_that_has_moved_on(
    world: Any, three: Any
) -> None:
    a, b, c = three
    moves(world, b, "https://new.example/rss")
    moves(world, a, "https://new.example/rss")
    moves(world, c, "https://b.example/rss")
    assert [rows(world)[name].merged_into for name in "ABC"] == ["B", None, "B"]
    assert rows(world)["C"].polled_url == "https://new.example/rss"


def test_what_was_merged_goes_along_when_its_feed_is_merged(world: Any, three: Any) -> None:
    a, b, c = three
    world.polled(a, "x")
    moves(world, a, B.url)
    moves(world, b, C.url)
    assert [rows(world)[name].merged_into for name in "ABC"] == ["C", "C", None]
    assert titles(world) == [("C", "x")]
    moves(world, c, A.url)
    assert [rows(world)[name].merged_into for name in "ABC"] == ["C", "C", None], "its own old address is no other feed"


def test_feeds_that_move_to_one_address_together_are_one(world: Any, three: Any) -> None:
    leased = world.begin(*three)
    world.written(*(world.record(feed, moved_to="https://new.example/rss", outcome="moved") for feed in leased))
    assert [(row.merged_into, row.state) for row in rows(world).values()] == [
        (None, "ok"),
        ("A", "disabled"),
        ("A", "disabled"),
    ]


def test_two_that_move_to_each_other_are_one(world: Any, three: Any) -> None:
    a, b = world.begin(*three[:2])
    world.written(world.record(a, moved_to=B.url), world.record(b, moved_to=A.url))
    assert (rows(world)["A"].merged_into, rows(world)["B"].merged_into) == ("B", None)
    assert rows(world)["B"].state == "ok"


def test_racing_moves_to_one_address_leave_one_feed_there(world: Any) -> None:
    feeds = world.feeds(6)
    leased = world.begin(*feeds)
    gate = Barrier(6)

    def work(feed: Any) -> None:
        gate.wait()
        world.written(world.record(feed, moved_to="https://new.example/rss"))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, leased))
    assert sorted(row.state for row in world.store.feeds_list()) == ["disabled"] * 5 + ["ok"]
    assert len({row.merged_into for row in world.store.feeds_list()} - {None}) == 1


@pytest.mark.parametrize("kept", ["paused", "quarantined", "removed"])
def test_nobody_is_merged_into_a_feed_that_is_not_polled(world: Any, three: Any, kept: str) -> None:
    a, b, _ = three
    if kept == "paused":
        world.store.pause_feed(b)
    elif kept == "removed":
        world.store.remove_feed(b, now=NOW)
    else:
        (leased,) = world.begin(b)
        world.written(world.record(leased, condition=Condition("quarantined")))
    moves(world, a, B.url)
    assert (rows(world)["A"].merged_into, rows(world)["A"].polled_url) == (None, B.url)


def test_the_tags_of_merged_feeds_count_until_the_files_say_otherwise(world: Any) -> None:
    world.apply(feeds=[A, B], lists=())
    a, b = (row.id for row in world.store.feeds_list())
    (item,) = world.polled(b, "x")
    moves(world, a, B.url)

    def tags() -> Any:
        with world.store.matching() as transaction:
            (found,) = transaction.unmatched([item])
        (archived,) = world.store.items_since(NOW)
        assert archived.matchable.feed_tags == found.matchable.feed_tags
        return set(found.matchable.feed_tags)

    assert tags() == {"world", "sport"}
    world.apply(feeds=[FeedLine(A.url, "A", ("planet",)), B], lists=())
    assert tags() == {"planet", "sport"}
    assert rows(world)["A"].merged_into == "B", "apply does not touch merging"
    world.apply(feeds=[B], lists=())
    assert tags() == {"sport"}


def test_when_the_kept_feed_is_removed_another_takes_its_place_with_all_items(
    world: Any, three: Any, make: Any
) -> None:
    a, b, c = three
    world.polled(a, "x")
    moves(world, a, B.url)
    moves(world, c, B.url)
    world.polled(b, "y", at=LATER)
    (leased,) = world.begin(b, now=LATER, force=True)
    world.written(world.record(leased, at=LATER, frame=b"f", keep_memory=False, moved_to="https://new.example/b"))
    due = rows(world)["B"].next_poll_at
    world.store.remove_feed(b, now=LATER)
    assert [rows(world)[name].merged_into for name in "AC"] == [None, "A"]
    assert (rows(world)["A"].state, rows(world)["A"].next_poll_at) == ("ok", due), "its publisher is the same one"
    (leased,) = world.begin(a, now=due)
    assert (leased.polled_url, leased.last_good_at) == ("https://new.example/b", LATER), "no first poll once more"
    assert (leased.validators, leased.body_hash, world.store.memory(a)) == (None, None, None)
    known, _ = world.store.known_items(a, [known.item.identity for known in make("x", "y")], [])
    assert len(known) == 2
    world.written(world.record(leased, at=LATER))
    assert world.store.add_feed(B, now=LATER) == b
    assert (rows(world)["B"].merged_into, rows(world)["B"].state) == ("A", "disabled"), "it comes back to its family"
    world.store.remove_feed(a, now=LATER)
    assert [rows(world)[name].merged_into for name in "BC"] == [None, "B"]
    assert rows(world)["B"].items == 2


@pytest.mark.parametrize(
    ("how", "due"),
    [({}, NOW), ({"condition": Condition("backing_off", 1), "error": "HTTP 410 Gone"}, LATER)],
)
def test_who_is_merged_after_a_good_poll_alone_brings_the_next_one_forward(
    world: Any, three: Any, how: Any, due: Any
) -> None:
    a, b, _ = three
    (leased,) = world.begin(b)
    world.written(world.record(leased, next_poll_at=LATER))
    moves(world, a, B.url, next_poll_at=NOW, **how)
    assert (rows(world)["A"].merged_into, rows(world)["B"].next_poll_at) == ("B", due)


def test_a_whole_family_that_was_removed_comes_back_with_its_memory(world: Any, three: Any) -> None:
    a, b, _ = three
    world.polled(b, "y")
    moves(world, a, B.url)
    world.store.remove_feed(a, now=NOW)
    world.store.remove_feed(b, now=NOW)
    assert world.store.add_feed(A, now=LATER) == a
    row = rows(world)["A"]
    assert (row.state, row.merged_into, row.items, row.polled_url) == ("ok", None, 1, B.url)
    world.store.add_feed(B, now=LATER)
    assert rows(world)["B"].merged_into == "A"


def test_an_heir_that_was_never_good_is_new_and_a_paused_one_stays_paused(world: Any, three: Any) -> None:
    a, b, c = three
    moves(world, a, B.url, condition=Condition("backing_off", 1), error="HTTP 500")
    moves(world, c, B.url)
    world.store.pause_feed(c)
    world.store.remove_feed(b, now=NOW)
    assert (rows(world)["A"].state, rows(world)["C"].merged_into) == ("new", "A")
    world.store.remove_feed(a, now=NOW)
    assert (rows(world)["C"].state, rows(world)["C"].merged_into, rows(world)["C"].paused) == ("disabled", None, True)
    world.store.resume_feed(c)
    assert rows(world)["C"].state == "new"


def test_a_merged_feed_that_is_resumed_stays_merged(world: Any, three: Any) -> None:
    a, *_ = three
    moves(world, a, B.url)
    world.store.pause_feed(a)
    world.store.resume_feed(a)
    assert (rows(world)["A"].state, rows(world)["A"].paused, rows(world)["A"].merged_into) == ("disabled", False, "B")


def test_a_move_opens_no_way_around_the_gap_of_the_old_host(world: Any) -> None:
    lines = [FeedLine(f"http://one.example/{n}") for n in range(2)]
    first, second = (world.store.add_feed(line, now=NOW) for line in lines)
    polite = Manners(2, timedelta(seconds=5))
    (leased,) = world.begin(first, manners=polite)
    world.written(world.record(leased, moved_to="https://two.example/0"))
    assert world.begin(second, manners=polite, now=NOW + timedelta(seconds=4)) == []
    assert len(world.begin(second, manners=polite, now=NOW + timedelta(seconds=5))) == 1


def test_items_read_back_for_a_merged_feed_are_its_familys(world: Any, three: Any, identified: Any) -> None:
    a, *_ = three
    moves(world, a, B.url)
    assert world.store.archive_items(a, [identified("old")], now=NOW) == 1
    assert titles(world) == [("B", "old")]
