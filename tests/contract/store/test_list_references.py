"""What becomes of lists that refer to others when those change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from config.values import NotifyLine, WatchListLine
from worker.errors import ConfigurationError
from worker.watchlists.canonical import query_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.store import Store

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
NOTIFY = (NotifyLine("desk"),)
LARGE = " OR ".join(f"/k{number}/" for number in range(45))


@pytest.fixture
def store(world: Any) -> Store:
    world.apply()
    for name, query in {
        "Grain": "grain",
        "Bread": "list:Grain OR /a/ OR /b/ OR /c/",
        "Food": "list:Bread OR /d/",
    }.items():
        world.store.add_watch_list(WatchListLine(name, query=query, notify=NOTIFY), query, now=NOW)
    found: Store = world.store
    return found


def asking(query: str) -> Callable[[WatchListLine], tuple[WatchListLine, str]]:
    return lambda line: (replace(line, query=query), query)


def test_a_list_may_not_grow_too_large_for_those_that_refer_to_it(store: Store) -> None:
    with pytest.raises(ConfigurationError, match=r"'Bread', which refers to what is changed, .* more than 50 regular"):
        store.edit_watch_list("Grain", asking(f"{LARGE} OR /l/ OR /m/ OR /n/"), now=NOW)
    assert store.list_queries()["Grain"] == "grain"
    with pytest.raises(ConfigurationError, match=r"'Food', which refers to what is changed, .* more than 50 regular"):
        store.edit_watch_list("Grain", asking(f"{LARGE} OR /l/ OR /m/"), now=NOW)
    store.edit_watch_list("Grain", asking(LARGE), now=NOW)


def test_nor_may_a_list_of_the_files(store: Store, world: Any) -> None:
    store.add_watch_list(
        WatchListLine("War", query="list:Ukraine OR /e/", notify=NOTIFY), "list:Ukraine OR /e/", now=NOW
    )
    before = store.list_queries()["Ukraine"]
    with pytest.raises(
        ConfigurationError, match=r"'War', which refers to what is changed, could not be asked any more"
    ):
        store.apply(world.configuration(), {"Ukraine": f"{LARGE} OR /1/ OR /2/ OR /3/ OR /4/ OR /5/"}, now=NOW)
    assert store.list_queries()["Ukraine"] == before
    store.apply(world.configuration(), {"Ukraine": LARGE}, now=NOW)
    assert store.list_queries()["Ukraine"] == LARGE


def test_a_name_that_no_query_can_say_is_no_name_for_a_list_that_others_refer_to(store: Store) -> None:
    with pytest.raises(
        ConfigurationError, match=r"'Bread' refers to list:Grain, and cannot to 'The  grain'.*single spaces"
    ):
        store.edit_watch_list("Grain", lambda line: (replace(line, name="The  grain"), "grain"), now=NOW)
    assert "Grain" in store.list_queries()


def files(world: Any, **formers: str | None) -> Any:
    """The configuration with these lists (name -> the one it had)."""
    lines = tuple(WatchListLine(name, (name,), notify=NOTIFY, renamed_from=former) for name, former in formers.items())
    return replace(world.configuration(), watch_lists=lines)


WORDS = {f"H{number}": " OR ".join(f"h{number}x{word}" for word in range(450)) for number in range(4)}
LARGER = " OR ".join(f"list:{name}" for name in WORDS)
WIDE = " OR ".join(f"p{word}" for word in range(300))


def refused_for(store: Store, wanted: Any, queries: dict[str, str]) -> str:
    before = store.list_queries()
    with pytest.raises(ConfigurationError) as caught:
        store.apply(wanted, queries, now=NOW)
    assert store.list_queries() == before
    return str(caught.value)


def test_nor_may_one_that_refers_to_a_list_which_is_renamed_with_it(store: Store, world: Any) -> None:
    parts = dict.fromkeys(WORDS)
    store.apply(files(world, Old=None, B=None, **parts), {**WORDS, "Old": "old", "B": "list:Old"}, now=NOW)
    store.add_watch_list(WatchListLine("P", query=f"list:B OR {WIDE}"), f"list:B OR {WIDE}", now=NOW)
    renamed = files(world, New="Old", B=None, **parts)
    said = refused_for(store, renamed, {**WORDS, "New": "old", "B": f"{LARGER} OR list:New"})
    assert said.startswith("'P', which refers to what is changed, could not be asked any more: with the lists")
    assert "more than 2,000 words and phrases" in said
    store.apply(renamed, {**WORDS, "New": "old", "B": "list:H0 OR list:New"}, now=NOW)


def test_nor_where_the_new_name_is_the_old_one_of_another(store: Store, world: Any) -> None:
    parts = dict.fromkeys(WORDS)
    store.apply(files(world, A=None, B=None, **parts), {**WORDS, "A": "list:B", "B": "b"}, now=NOW)
    store.add_watch_list(WatchListLine("P", query=f"list:A OR {WIDE}"), f"list:A OR {WIDE}", now=NOW)
    handed_on = files(world, B="A", C="B", **parts)
    assert refused_for(store, handed_on, {**WORDS, "B": f"{LARGER} OR list:C", "C": "b"}).startswith("'P', which")


def test_nor_where_what_it_referred_to_is_removed(store: Store, world: Any) -> None:
    parts = dict.fromkeys(WORDS)
    store.apply(files(world, Old=None, B=None, **parts), {**WORDS, "Old": "old", "B": "list:Old"}, now=NOW)
    store.add_watch_list(WatchListLine("P", query=f"list:B OR {WIDE}"), f"list:B OR {WIDE}", now=NOW)
    assert refused_for(store, files(world, B=None, **parts), {**WORDS, "B": LARGER}).startswith("'P', which")


def test_a_new_name_is_refused_where_it_makes_a_query_too_long_to_be_edited(store: Store) -> None:
    query = "list:Grain " + "x" * 9_985
    store.add_watch_list(WatchListLine("Long", query=query, notify=NOTIFY), query, now=NOW)
    with pytest.raises(
        ConfigurationError,
        match=r"'Long' refers to list:Grain, and cannot to 'All grain': write at most 10,000 characters: .* has 10,002",
    ):
        store.edit_watch_list("Grain", lambda line: (replace(line, name="All grain"), "grain"), now=NOW)
    assert store.list_queries()["Long"] == query
    store.edit_watch_list("Grain", lambda line: (replace(line, name="Cereal"), "grain"), now=NOW)
    store.edit_watch_list("Long", lambda line: (replace(line, alert="every"), query_of((), (), line.query)), now=NOW)


def test_lint_sees_what_was_configured(store: Store) -> None:
    line = WatchListLine("Ice", exclude=("hockey",), query="ice  melts", languages=("en", "uk"), notify=NOTIFY)
    store.add_watch_list(line, "ice melts -hockey", now=NOW)
    keywords = WatchListLine("Sea", keywords=("sea", "ocean"), notify=NOTIFY)
    store.add_watch_list(keywords, "sea OR ocean", now=NOW)
    found = {volume.name: volume for volume in store.volumes(now=NOW)}
    assert [*found["Ice"].languages] == ["en", "uk"]
    assert [*found["Ice"].exclude] == ["hockey"]
    assert (found["Ice"].written, [*found["Ice"].keywords]) == ("ice  melts", [])
    assert (found["Sea"].written, [*found["Sea"].keywords], [*found["Sea"].languages]) == (None, ["sea", "ocean"], [])
