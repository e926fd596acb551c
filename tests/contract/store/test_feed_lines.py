from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.values import FeedLine
from worker.errors import ConfigurationError
from worker.feeds.health import Condition
from worker.feeds.model import Hints
from worker.store.rows import Imported

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
URL = "https://a.example/rss"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def lines(count: int) -> list[FeedLine]:
    return [FeedLine(f"https://f{n}.example/rss", f"F{n:05}", ("t",)) for n in range(count)]


def only(world: Any) -> Any:
    (row,) = world.store.feeds_list()
    return row


def waiting(world: Any, line: FeedLine, wait: timedelta = HOUR, **more: Any) -> int:
    """A feed whose next poll is due so long after its last, at NOW."""
    feed: int = world.store.add_feed(line, now=NOW)
    (leased,) = world.begin(feed)
    world.written(world.record(leased, next_poll_at=NOW + wait, **more))
    return feed


@pytest.mark.parametrize(
    "other", ["https://old.example/rss", "HTTPS://OLD.example:443/rss#x", "https://NEW.example/rss"]
)
def test_a_feed_is_added_once_by_whichever_of_its_addresses(world: Any, other: str) -> None:
    moved = world.store.add_feed(FeedLine("https://old.example/rss", "Moved"), now=NOW)
    (leased,) = world.begin(moved)
    world.written(world.record(leased, moved_to="https://new.example/rss"))
    with pytest.raises(ConfigurationError, match="is there already \\(managed by command\\)"):
        world.store.add_feed(FeedLine(other), now=NOW)
    world.store.remove_feed(moved, now=NOW)
    assert world.store.add_feed(FeedLine("https://old.example/rss"), now=NOW) == moved


def test_a_feed_bears_the_title_that_was_found_until_its_first_poll_says_it(world: Any) -> None:
    feed = world.store.add_feed(FeedLine(URL), now=NOW, title="Found")
    assert only(world).name == "Found"
    (leased,) = world.begin(feed)
    world.written(world.record(leased, title="Said"))
    assert only(world).name == "Said"
    world.store.remove_feed(feed, now=NOW)
    world.store.add_feed(FeedLine(URL), now=NOW, title="Found again")
    assert only(world).name == "Said"


def test_an_import_adds_what_is_not_there_and_counts_the_rest(world: Any) -> None:
    world.store.add_feed(FeedLine("https://Known.example/rss", "Kept"), now=NOW)
    moved = world.store.add_feed(FeedLine("https://old.example/rss", "Moved"), now=NOW)
    (leased,) = world.begin(moved)
    world.written(world.record(leased, moved_to="https://new.example/rss"))
    gone = world.store.add_feed(FeedLine("https://gone.example/rss", "Gone"), now=NOW)
    world.store.remove_feed(gone, now=NOW)
    given = [
        FeedLine("https://known.example:443/rss", "Other name", ("other",)),
        FeedLine("https://new.example/rss"),
        FeedLine("https://gone.example/rss", "Back", ("t",)),
        FeedLine("https://fresh.example/rss", "Fresh", ("t", "u")),
        FeedLine("https://FRESH.example/rss"),
    ]
    assert world.store.import_feeds(given, now=LATER) == Imported(added=2, known=3)
    assert {(row.name, row.tags, row.managed_by) for row in world.store.feeds_list()} == {
        ("Kept", (), "command"),
        ("Moved", (), "command"),
        ("Back", ("t",), "command"),
        ("Fresh", ("t", "u"), "command"),
    }
    assert world.store.import_feeds(given, now=LATER) == Imported(added=0, known=5)
    assert world.store.import_feeds([], now=LATER) == Imported(added=0, known=0)


@pytest.mark.unmeasured
def test_ten_thousand_feeds_are_imported_together_and_asked_little_by_little(world: Any) -> None:
    assert world.store.import_feeds(lines(10_000), now=NOW) == Imported(added=10_000, known=0)
    due = [row.next_poll_at for row in world.store.feeds_list()]
    assert due[:100] == [NOW] * 100
    assert due[100:102] == [NOW + timedelta(milliseconds=10), NOW + timedelta(milliseconds=20)]
    assert due[-1] == NOW + timedelta(seconds=99)
    assert world.store.import_feeds(lines(10_000), now=NOW).known == 10_000


def test_feeds_of_files_are_spread_too_when_they_are_new_or_back(world: Any) -> None:
    for now in (NOW, LATER):
        world.apply(feeds=lines(102), now=now)
        assert [row.next_poll_at - now for row in world.store.feeds_list()][99:] == [
            timedelta(milliseconds=wait) for wait in (0, 10, 20)
        ]
        world.apply(feeds=[], now=now)


def test_what_a_line_says_reaches_the_poll(world: Any) -> None:
    plain = FeedLine(URL, "A")
    world.apply(feeds=[plain])
    whole = FeedLine(URL, "A", full_text=True, ignore_hints=True)
    (change, *_) = world.store.plan(world.configuration(feeds=[whole]))
    assert change.detail == "full_text, ignore_hints"
    (leased,) = world.begin(only(world).id)
    assert (leased.full_text, leased.ignore_hints) == (False, False)
    world.written(world.record(leased))
    world.apply(feeds=[whole])
    (leased,) = world.begin(only(world).id, force=True)
    assert (leased.full_text, leased.ignore_hints) == (True, True)
    assert (only(world).full_text, only(world).ignore_hints) == (True, True)
    assert world.store.plan(world.configuration(feeds=[whole])) == []


@pytest.mark.parametrize(
    "minutes",
    [
        (None, 5, None, None, False, 5),
        (30, 5, None, None, False, 5),
        (50, None, None, None, False, 15),
        (50, None, 40, None, False, 40),
        (5, None, 90, None, False, 60),
        (5, 50, None, None, False, 50),
        (50, 50, 3, None, False, 60),
        (None, 5, None, 20, False, 20),
        (None, 5, None, 20, True, 5),
    ],
)
def test_another_interval_shortens_the_wait_under_way(world: Any, minutes: Any) -> None:
    """The wait under way is an hour; `every` before and after, the learned interval, the hint and whether it holds."""
    every, then, learned, hints, ignore, wait = minutes
    span = {None: None} | {n: timedelta(minutes=n) for n in range(1, 100)}
    feed = waiting(world, FeedLine(URL, every=span[every]), hints=Hints(at_least=span[hints]))
    if learned is not None:
        (leased,) = world.begin(feed, force=True)
        pace = type(leased.pace)(interval=span[learned])
        world.written(world.record(leased, pace=pace, hints=leased.hints, next_poll_at=NOW + HOUR))
    world.apply(feeds=[FeedLine(URL, every=span[then], ignore_hints=ignore)], now=NOW + timedelta(minutes=1))
    assert only(world).next_poll_at == NOW + timedelta(minutes=wait)


@pytest.mark.parametrize("ignore", [False, True])
@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ({"fresh_for": 30 * MINUTE}, 30),
        ({"fresh_for": 30 * MINUTE, "hints": Hints(40 * MINUTE)}, 40),
        ({"fresh_for": timedelta(days=1)}, 60),
        ({"hints": Hints(skip_hours=frozenset({NOW.hour}))}, 60),
        ({"hints": Hints(skip_days=frozenset({NOW.weekday()}))}, 60),
    ],
)
def test_another_interval_shortens_no_wait_that_the_publisher_wishes(
    world: Any, told: Any, wait: int, ignore: bool
) -> None:
    waiting(world, FeedLine(URL, every=HOUR, ignore_hints=ignore), **told)
    world.apply(feeds=[FeedLine(URL, every=5 * MINUTE, ignore_hints=ignore)], now=NOW + MINUTE)
    assert only(world).next_poll_at == NOW + (5 if ignore else wait) * MINUTE


def test_a_dropped_interval_ends_no_backing_off(world: Any) -> None:
    waiting(world, FeedLine(URL, every=HOUR), condition=Condition("backing_off", 1), error="HTTP 500")
    world.apply(feeds=[FeedLine(URL)])
    assert only(world).next_poll_at == NOW + HOUR


def test_a_paused_feed_is_polled_by_nobody_until_it_is_resumed(world: Any) -> None:
    feed = world.store.add_feed(FeedLine(URL), now=NOW)
    (leased,) = world.begin(feed)
    world.store.pause_feed(feed)
    world.written(world.record(leased))
    assert (only(world).state, only(world).paused, only(world).last_outcome) == ("disabled", True, "not_modified")
    assert world.due(now=LATER) == []
    assert world.begin(feed, now=LATER, force=True) == []
    world.apply(feeds=[FeedLine(URL, "A", ("t",))])
    assert (only(world).state, only(world).paused, only(world).name) == ("disabled", True, "A")
    world.store.resume_feed(feed)
    world.store.resume_feed(feed)
    assert (only(world).state, only(world).paused) == ("ok", False)
    assert [due.id for due in world.due(now=LATER)] == [feed]


def test_a_feed_that_was_paused_in_hand_and_then_lost_is_not_polled_on_demand(world: Any) -> None:
    feed = world.store.add_feed(FeedLine(URL), now=NOW)
    for hours in range(4):
        assert len(world.begin(feed, now=NOW + hours * HOUR)) == 1
        if hours == 3:
            world.store.pause_feed(feed)
        world.store.release_lost(now=NOW + (hours + 1) * HOUR)
    assert only(world).paused
    assert world.begin(feed, now=NOW + 5 * HOUR, force=True) == []


@pytest.mark.parametrize(
    ("condition", "state"),
    [(Condition("backing_off", 2, 1.0), "backing_off"), (Condition("gone", 4, 8.0), "broken")],
)
def test_a_resumed_feed_is_doing_as_it_did(world: Any, condition: Condition, state: str) -> None:
    feed = waiting(world, FeedLine(URL), condition=condition, error="HTTP 410", outcome="gone")
    world.store.pause_feed(feed)
    world.store.resume_feed(feed)
    assert (only(world).state, only(world).failures, only(world).next_poll_at) == (
        state,
        condition.failures,
        NOW + HOUR,
    )


def test_a_feed_never_polled_is_new_again_and_one_that_comes_back_is_paused_no_more(world: Any) -> None:
    feed = world.store.add_feed(FeedLine(URL), now=NOW)
    world.store.pause_feed(feed)
    world.store.resume_feed(feed)
    assert only(world).state == "new"
    world.store.pause_feed(feed)
    world.store.remove_feed(feed, now=NOW)
    world.store.add_feed(FeedLine(URL), now=LATER)
    assert (only(world).state, only(world).paused, only(world).next_poll_at) == ("new", False, LATER)
