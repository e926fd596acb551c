from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.values import FeedLine, OpmlLine
from worker.errors import ConfigurationError
from worker.records import Validators
from worker.store.rows import Synced

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
OURS = OpmlLine("https://desk:pw@lists.example/ours.opml", ("ours",))
HERE = OpmlLine("/srv/feeds.opml")
A = FeedLine("https://a.example/rss", "A", ("world",))
B = FeedLine("https://b.example/rss", "B")


@dataclass(frozen=True)
class Reading:
    opml: int
    at: datetime
    next_read_at: datetime
    keep_validators: bool = True
    validators: Validators | None = None
    error: str | None = None
    doubted_at: datetime | None = None


def apply(world: Any, *opml: OpmlLine, feeds: Any = (), now: datetime = NOW) -> Any:
    wanted = world.configuration(feeds=feeds, lists=(), opml=opml)
    return [(c.kind, c.action, c.name, c.detail) for c in world.store.apply(wanted, {}, now=now) if c.kind == "feed"]


@pytest.fixture
def ours(world: Any) -> int:
    apply(world, OURS)
    (found,) = world.store.opml_due(now=NOW)
    id_: int = found.id
    return id_


def rows(world: Any) -> Any:
    return {row.name: row for row in world.store.feeds_list()}


def test_lists_of_the_files_are_planned_added_changed_and_removed(world: Any) -> None:
    shown = "https://lists.example/ours.opml"
    wanted = world.configuration(lists=(), opml=(OURS, HERE))
    assert [change.name for change in world.store.plan(wanted)] == [shown, HERE.source, "desk"]
    assert apply(world, OURS, HERE) == [
        ("feed", "add", shown, "OPML list"),
        ("feed", "add", HERE.source, "OPML list"),
    ]
    assert world.store.plan(wanted) == []
    assert apply(world, OpmlLine(OURS.source, ("desk",)), HERE) == [("feed", "change", shown, "OPML list; tags")]
    assert apply(world, HERE) == [("feed", "remove", shown, "OPML list")]
    assert [row.source for row in world.store.opml_lists_list()] == [HERE.source]
    assert apply(world, OURS, HERE) == [("feed", "add", shown, "OPML list; comes back")]


def test_a_list_is_due_when_it_is_new_and_when_its_last_reading_says(world: Any, ours: int) -> None:
    given = Validators(OURS.source, etag=b'"\xff"', last_modified=b"Sat")
    world.store.record_opml(Reading(ours, NOW, LATER, keep_validators=False, validators=given))
    assert world.store.opml_due(now=NOW) == []
    (row,) = world.store.opml_due(now=LATER)
    assert (row.source, row.tags, row.validators, row.last_read_at, row.last_error) == (
        *(OURS.source, ("ours",), given),
        *(NOW, None),
    )
    world.store.record_opml(Reading(ours, LATER, LATER, error="HTTP 500"))
    (row,) = world.store.opml_due(now=LATER)
    assert (row.validators, row.last_error, row.managed_by) == (given, "HTTP 500", "file")
    world.store.record_opml(Reading(ours, LATER, LATER, keep_validators=False))
    assert world.store.opml_due(now=LATER)[0].validators is None


def test_a_list_that_is_being_read_is_nobody_elses_until_it_takes_too_long(world: Any, ours: int) -> None:
    soon = NOW + timedelta(minutes=2)
    assert world.store.begin_opml([ours, ours + 1], now=NOW, until=soon) == [ours]
    assert world.store.begin_opml([ours], now=NOW, until=soon) == []
    assert world.store.opml_due(now=NOW) == []
    assert world.store.begin_opml([ours], now=soon, until=LATER) == [ours]
    apply(world)
    assert world.store.begin_opml([ours], now=LATER, until=LATER + timedelta(minutes=2)) == []


def test_its_feeds_are_kept_in_step(world: Any, ours: int) -> None:
    assert world.store.sync_opml(ours, [A, B], now=NOW) == Synced(added=2, changed=0, removed=0, known=0)
    assert {(row.name, row.tags, row.managed_by, row.opml) for row in rows(world).values()} == {
        ("A", ("ours", "world"), "opml", OURS.source),
        ("B", ("ours",), "opml", OURS.source),
    }
    assert world.store.opml_lists_list()[0].feeds == 2
    before = rows(world)["A"].id
    world.polled(before, "x")
    assert world.store.sync_opml(ours, [A, B], now=NOW) == Synced(0, 0, 0, 0)
    other = FeedLine("https://A.example/rss#top", "A2", ("sport",))
    assert world.store.sync_opml(ours, [other], now=NOW) == Synced(added=0, changed=1, removed=1, known=0)
    assert [(row.name, row.id, row.tags) for row in rows(world).values()] == [("A2", before, ("ours", "sport"))]
    world.store.sync_opml(ours, [], now=NOW)
    assert world.store.sync_opml(ours, [A], now=LATER) == Synced(1, 0, 0, 0)
    back = rows(world)["A"]
    assert (back.id, back.items, back.state, back.next_poll_at) == (before, 1, "ok", LATER)


def test_watch_lists_learn_of_changed_tags(world: Any, ours: int) -> None:
    def version() -> Any:
        with world.store.matching() as transaction:
            return transaction.watch_lists_version()

    before = version()
    world.store.sync_opml(ours, [A], now=NOW)
    assert version() == before + 1
    world.store.sync_opml(ours, [A], now=NOW)
    assert version() == before + 1


def test_what_stands_elsewhere_is_left_to_that(world: Any, ours: int) -> None:
    world.store.add_feed(FeedLine("https://b.example:443/rss", "Mine"), now=NOW)
    apply(world, OURS, HERE, feeds=[A])
    (here,) = (row.id for row in world.store.opml_lists_list() if row.source == HERE.source)
    c = FeedLine("https://c.example/rss", "C")
    assert world.store.sync_opml(here, [c], now=NOW).added == 1
    assert world.store.sync_opml(ours, [A, B, c], now=NOW) == Synced(added=0, changed=0, removed=0, known=3)
    assert {name: row.managed_by for name, row in rows(world).items()} == {"A": "file", "Mine": "command", "C": "opml"}


def test_a_feed_that_falls_out_of_one_place_is_looked_for_in_the_lists(world: Any, ours: int) -> None:
    def read(opml: int) -> None:
        given = Validators("u", etag=b"e")
        world.store.record_opml(Reading(opml, NOW, LATER, keep_validators=False, validators=given))

    apply(world, OURS, HERE, feeds=[A])
    (here,) = (row.id for row in world.store.opml_lists_list() if row.source == HERE.source)
    mine = world.store.add_feed(B, now=NOW)
    world.store.sync_opml(here, [FeedLine("https://c.example/rss")], now=NOW)
    for removal in (
        lambda: world.store.sync_opml(here, [], now=NOW),
        lambda: world.store.remove_feed(mine, now=NOW),
        lambda: apply(world, OURS, HERE),
        lambda: (world.store.sync_opml(here, [C], now=NOW), apply(world, OURS)),
    ):
        read(ours)
        assert ours not in {row.id for row in world.store.opml_due(now=NOW)}
        removal()
        assert (ours, None) in {(row.id, row.validators) for row in world.store.opml_due(now=NOW)}
        read(here)
    assert world.store.sync_opml(ours, [A, B], now=NOW).added == 2


C = FeedLine("https://c.example/rss", "C")
GIVEN = Validators("u", etag=b"e")


def standing(world: Any, opml: int, **more: Any) -> None:
    """A list that was read, and is not due before LATER."""
    world.store.record_opml(Reading(opml, NOW, LATER, keep_validators=False, validators=GIVEN, **more))


def state(world: Any, opml: int) -> Any:
    """When a list is read next, and whether it is asked with validators."""
    (row,) = (row for row in world.store.opml_lists_list() if row.id == opml)
    return row.next_read_at, row.validators


def both(world: Any) -> Any:
    """Two lists: ours names A, which stands there, and B, which was added by hand; here names C."""
    apply(world, OURS, HERE)
    ours, here = (row.id for row in sorted(world.store.opml_lists_list(), key=lambda row: row.source != OURS.source))
    mine = world.store.add_feed(B, now=NOW)
    world.store.sync_opml(ours, [A, B], now=NOW)
    world.store.sync_opml(here, [C], now=NOW)
    standing(world, ours)
    standing(world, here)
    return ours, here, mine


def test_a_feed_that_is_removed_concerns_those_lists_only_that_name_it(world: Any) -> None:
    ours, here, mine = both(world)
    other = world.store.add_feed(FeedLine("https://d.example/rss"), now=NOW)
    world.store.remove_feed(other, now=NOW)
    assert state(world, ours) == state(world, here) == (LATER, GIVEN)
    world.store.remove_feed(mine, now=NOW)
    assert state(world, ours) == (NOW, None)
    assert state(world, here) == (LATER, GIVEN)


def test_a_feed_that_a_file_took_over_and_gave_up_is_looked_for_in_the_list_it_came_from(world: Any) -> None:
    ours, here, _ = both(world)
    apply(world, OURS, HERE, feeds=[A])
    assert state(world, ours) == (LATER, GIVEN)
    apply(world, OURS, HERE)
    assert state(world, ours) == (NOW, None)
    assert state(world, here) == (LATER, GIVEN)


def test_a_feed_is_named_by_the_address_that_it_has_moved_to_as_well(world: Any, ours: int) -> None:
    mine = world.store.add_feed(FeedLine("https://old.example/rss"), now=NOW)
    (leased,) = world.begin(mine)
    world.written(world.record(leased, moved_to=B.url))
    world.store.sync_opml(ours, [A, B], now=NOW)
    standing(world, ours)
    world.store.remove_feed(mine, now=NOW)
    assert state(world, ours) == (NOW, None)


def test_a_list_in_doubt_is_left_to_its_time_whatever_is_removed(world: Any) -> None:
    ours, _, mine = both(world)
    standing(world, ours, error="it names 1 feeds where it named 5", doubted_at=NOW)
    world.store.remove_feed(mine, now=NOW)
    assert state(world, ours) == (LATER, GIVEN)
    (row,) = (row for row in world.store.opml_lists_list() if row.id == ours)
    assert row.doubted_at == NOW


def test_a_list_that_cannot_be_read_keeps_its_time_and_is_read_whole_then(world: Any) -> None:
    ours, _, mine = both(world)
    standing(world, ours, error="HTTP 404")
    world.store.remove_feed(mine, now=NOW)
    assert state(world, ours) == (LATER, None)


def test_feeds_say_that_their_list_cannot_be_followed(world: Any) -> None:
    ours, *_ = both(world)
    standing(world, ours, error="HTTP 404")
    assert {name: row.opml_error for name, row in rows(world).items()} == {"A": "HTTP 404", "B": None, "C": None}


def test_a_list_that_comes_back_begins_anew(world: Any) -> None:
    ours, *_ = both(world)
    standing(world, ours, error="it names 1 feeds where it named 5", doubted_at=NOW)
    apply(world)
    apply(world, OURS)
    (row,) = world.store.opml_lists_list()
    assert (row.id, row.last_read_at, row.last_error, row.doubted_at) == (ours, None, None, None)


def test_a_file_takes_a_feed_over_and_a_removed_list_takes_its_feeds_along(world: Any, ours: int) -> None:
    world.store.sync_opml(ours, [A, B], now=NOW)
    with pytest.raises(ConfigurationError, match="OPML list"):
        world.store.remove_feed(rows(world)["B"].id, now=NOW)
    assert apply(world, OURS, feeds=[A]) == [("feed", "change", "A", "tags, managed by file from now on")]
    assert (rows(world)["A"].managed_by, rows(world)["A"].opml) == ("file", None)
    apply(world, feeds=[A])
    assert list(rows(world)) == ["A"]
    assert world.store.sync_opml(ours, [B], now=NOW) == Synced(0, 0, 0, 0), "the list is not there"
    assert world.store.opml_due(now=LATER) == []


def test_new_tags_of_a_list_hold_at_once_and_paused_feeds_stay_paused(world: Any, ours: int) -> None:
    world.store.sync_opml(ours, [A, B], now=NOW)
    world.store.pause_feed(rows(world)["B"].id)
    world.store.record_opml(Reading(ours, NOW, LATER))
    apply(world, OpmlLine(OURS.source, ("desk", "all")))
    assert {row.name: row.tags for row in rows(world).values()} == {"A": ("desk", "all", "world"), "B": ("desk", "all")}
    assert [row.id for row in world.store.opml_due(now=NOW)] == [ours]
    world.store.sync_opml(ours, [A, FeedLine(B.url, "B", ("new",))], now=NOW)
    assert (rows(world)["B"].tags, rows(world)["B"].state) == (("desk", "all", "new"), "disabled")
