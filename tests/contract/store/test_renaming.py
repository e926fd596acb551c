"""Watch lists that the files have under another name: which become which, and what they keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from config.values import FeedLine, NotifyLine, WatchListLine
from worker.errors import ConfigurationError
from worker.store.renaming import moved, moves

if TYPE_CHECKING:
    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FEED = FeedLine("https://a.example/rss", "A", ("world",))


@dataclass(frozen=True)
class Kept:
    was: str
    removed: bool = False


def named(**formers: str | None) -> dict[str, WatchListLine]:
    return {name: WatchListLine(name, renamed_from=former) for name, former in formers.items()}


@pytest.mark.parametrize(
    ("there", "gone", "wanted", "expected"),
    [
        ("A", "", {"B": "A"}, {"B": "A"}),
        ("", "A", {"B": "A"}, {"B": "A"}),
        ("", "", {"B": "A"}, {}),
        ("B", "", {"B": "A"}, {}),
        ("AB", "", {"B": "A"}, {}),
        ("B", "A", {"B": "A"}, {}),
        ("A", "B", {"B": "A"}, {"B": "A"}),
        ("A", "", {"B": "A", "A": None}, {}),
        ("AB", "", {"C": "B", "B": "A"}, {"C": "B", "B": "A"}),
        ("AB", "", {"B": "A", "C": "B"}, {"C": "B", "B": "A"}),
        ("B", "", {"C": "B", "B": "A"}, {"C": "B"}),
        ("BC", "", {"C": "B", "B": "A"}, {}),
        ("ABC", "", {"D": "C", "C": "B", "B": "A"}, {"D": "C", "C": "B", "B": "A"}),
        ("AB", "", {"A": "B", "B": "A"}, {}),
        ("A", "", {"B": "A", "C": "A"}, {"C": "A"}),
        ("A", "B", {"C": "B", "B": "A"}, {"C": "B", "B": "A"}),
    ],
)
def test_a_list_is_renamed_where_its_new_name_is_free(
    there: str, gone: str, wanted: dict[str, str], expected: dict[str, str]
) -> None:
    stored = {name: Kept(name) for name in there} | {name: Kept(name, removed=True) for name in gone}
    found = moves(stored, named(**wanted))
    assert found == expected
    free = {name for name in wanted if name not in there}
    for new, old in found.items():
        assert new in free, "nobody has the name any more when it is given"
        free.add(old)
    kept = moved(stored, found)
    assert {new: kept[new].was for new in found} == found
    assert {name for name, one in kept.items() if name not in found and one.was != name} == set()
    again = moves({name: Kept(name) for name in {*wanted, *kept}}, named(**wanted))
    assert again == {}, "once it is done nothing is left to do"


def told(changes: Any) -> list[tuple[str, str, str]]:
    return [(change.action, change.name, change.detail) for change in changes]


def wanted(world: Any, **lists: str | None) -> Any:
    """The configuration with these lists (name -> the one it had)."""
    lines = tuple(
        WatchListLine(name, ("Ukraine",), notify=(NotifyLine("desk", 30),), renamed_from=former)
        for name, former in lists.items()
    )
    return replace(world.configuration(feeds=[FEED]), watch_lists=lines)


def apply(world: Any, configuration: Any, *, now: datetime = LATER) -> list[tuple[str, str, str]]:
    queries = {line.name: "Ukraine" for line in configuration.watch_lists}
    planned = told(world.store.plan(configuration))
    done = told(world.store.apply(configuration, queries, now=now))
    assert done == planned
    assert told(world.store.plan(configuration)) == [], "the line may stay"
    return done


def ids(store: Store) -> dict[str, int]:
    return {row.name: row.id for row in store.watch_lists_list(NOW)}


def test_a_renamed_list_keeps_its_alerts_its_matches_and_what_is_pending(world: Any) -> None:
    apply(world, wanted(world, Ukraine=None), now=NOW)
    before = ids(world.store)
    pending = world.told(world.polled(world.store.feeds_list()[0].id, "x"))
    assert apply(world, wanted(world, War="Ukraine")) == [("change", "War", "renamed from Ukraine")]
    assert ids(world.store) == {"War": before["Ukraine"]}
    assert [(row.watch_list, row.state) for row in world.store.alerts_list()] == [("War", "new")]
    assert {row.state for row in world.store.deliveries_list()} == {"pending"}
    assert world.store.watch_lists_list(NOW)[0].matches_7d == 1
    (outgoing, *_) = world.store.begin_deliveries(pending, owner="h:1:1", now=LATER, lease=timedelta(seconds=9))
    assert world.store.alerts_of(outgoing, now=LATER)[0].watch_lists == ("War",)


def test_other_changes_come_with_the_name(world: Any) -> None:
    apply(world, wanted(world, Ukraine=None))
    files = wanted(world, War="Ukraine")
    (line,) = files.watch_lists
    assert apply(world, replace(files, watch_lists=(replace(line, languages=("uk",), alert="every"),))) == [
        ("change", "War", "renamed from Ukraine, languages, alert")
    ]


def test_names_are_handed_on(world: Any) -> None:
    apply(world, wanted(world, A=None, B=None))
    before = ids(world.store)
    assert apply(world, wanted(world, C="B", B="A")) == [
        ("change", "C", "renamed from B"),
        ("change", "B", "renamed from A"),
    ]
    assert ids(world.store) == {"C": before["B"], "B": before["A"]}


def test_a_removed_list_comes_back_under_another_name(world: Any) -> None:
    apply(world, wanted(world, Ukraine=None))
    before = ids(world.store)
    assert apply(world, wanted(world)) == [("remove", "Ukraine", "")]
    assert apply(world, wanted(world, War="Ukraine")) == [("add", "War", "renamed from Ukraine, comes back")]
    assert ids(world.store) == {"War": before["Ukraine"]}


def test_a_removed_list_makes_way_and_keeps_its_history(world: Any) -> None:
    apply(world, wanted(world, War=None), now=NOW)
    world.told(world.polled(world.store.feeds_list()[0].id, "x"), lists=("War",))
    for _ in range(2):
        apply(world, wanted(world, Ukraine=None))
        assert apply(world, wanted(world, War="Ukraine"))[0] == ("change", "War", "renamed from Ukraine")
        apply(world, wanted(world))
    apply(world, wanted(world, Ukraine=None))
    apply(world, wanted(world, War="Ukraine"))
    assert world.store.alerts_list()[0].watch_list == "War (removed 2022-02-12)"
    assert {"War", "War (removed 2022-02-12)", "War (removed 2022-02-12) 2"} <= set(world.store.watch_list_names())


def test_what_cannot_be_renamed_is_said(world: Any) -> None:
    assert apply(world, wanted(world, War="Ukrain"))[1] == ("add", "War", "there is no Ukrain to rename")
    apply(world, wanted(world, War=None, Ukraine=None))
    assert apply(world, wanted(world, War="Ukraine")) == [
        ("remove", "Ukraine", "not renamed, for War is there already")
    ]


def test_a_list_made_by_command_is_taken_over_by_its_name_of_before(world: Any) -> None:
    apply(world, wanted(world))
    mine = world.store.add_watch_list(WatchListLine("Mine", query="x", notify=(NotifyLine("desk"),)), "x", now=NOW)
    other = WatchListLine("Follows", query='y list:"Mine"', notify=(NotifyLine("desk"),))
    world.store.add_watch_list(other, "y list:Mine", now=NOW)
    assert apply(world, wanted(world, War="Mine")) == [
        ("change", "War", "renamed from Mine, keywords, query, managed by file from now on")
    ]
    assert ids(world.store)["War"] == mine
    rows = {row.name: row.query for row in world.store.watch_lists_list(NOW)}
    assert rows["Follows"] == "y list:War", "what refers to it follows"


def test_what_a_list_made_by_command_refers_to_stays_in_the_files(world: Any) -> None:
    apply(world, wanted(world, Ukraine=None))
    other = WatchListLine("Needs", query="storm list:Ukraine", notify=(NotifyLine("desk"),))
    world.store.add_watch_list(other, "storm list:Ukraine", now=NOW)
    with pytest.raises(ConfigurationError, match=r"'Ukraine' is part of what 'Needs' looks for \(list:Ukraine\)"):
        apply(world, wanted(world))
    assert {"Ukraine", "Needs"} <= set(world.store.watch_list_names()), "nothing of it was applied"
    world.store.remove_watch_list("Needs", now=NOW)
    assert apply(world, wanted(world)) == [("remove", "Ukraine", "")]


def test_what_refers_to_a_renamed_list_in_the_files_says_so_there(world: Any) -> None:
    both = wanted(world, Ukraine=None, Front=None)
    world.store.apply(both, {"Ukraine": "Ukraine", "Front": "front list:Ukraine"}, now=NOW)
    world.store.apply(wanted(world, War="Ukraine", Front=None), {"War": "Ukraine", "Front": "front list:War"}, now=NOW)
    with world.store.matching() as transaction:
        assert {one.name: one.query for one in transaction.watch_lists()} == {
            "Front": "front list:War",
            "War": "Ukraine",
        }


def test_what_would_be_renamed_can_be_asked_and_is_not_done(world: Any) -> None:
    apply(world, wanted(world, Ukraine=None, Front=None))
    moving = wanted(world, Front="Ukraine", Past="Front")
    assert world.store.renames(moving) == {"Front": "Ukraine", "Past": "Front"}
    assert {row.name for row in world.store.watch_lists_list(NOW)} == {"Front", "Ukraine"}
    apply(world, moving)
    assert world.store.renames(moving) == {}
