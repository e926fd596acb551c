from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.watchlists.slow import Slow, shown

from worker.errors import QueryError
from worker.watchlists import CompiledSet, compile_query, parse
from worker.watchlists.features import anchors, required
from worker.watchlists.meaning import condition_of
from worker.watchlists.model import Hit, Matchable, Span, WatchList
from worker.watchlists.query import CompiledQuery
from worker.watchlists.reading import Reading
from worker.watchlists.tree import And, ListRef, Node, Not, Or, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

    from worker.watchlists.tree import Leaf

MANY = (0, 2, 1_000)
"""Phrases from which on they are looked for together."""


def parsed(query: str) -> Node | None:
    try:
        return parse(query)
    except QueryError:
        return None


def references(node: Node) -> Iterator[str]:
    match node:
        case ListRef():
            yield node.name
        case Not():
            yield from references(node.part)
        case And() | Or():
            for part in node.parts:
                yield from references(part)


def whole(query: str, lists: dict[str, str], path: tuple[str, ...]) -> bool:
    """Whether it parses, and so do all the lists it leads to, none of which is one that led there."""
    node = parsed(query)
    return node is not None and all(
        name in lists and name not in path and whole(lists[name], lists, (*path, name)) for name in references(node)
    )


def in_scope(watch_list: WatchList, item: Matchable) -> bool:
    language = Reading(item).language
    tagged = not watch_list.feed_tags or bool(watch_list.feed_tags & item.feed_tags)
    return tagged and (not watch_list.languages or language is None or language.split("-")[0] in watch_list.languages)


def meaning(leaf: Leaf) -> object:
    """Equal for leaves that are met by the same, as far as one can tell by their words."""
    folded = isinstance(leaf, Term) and leaf.way in ("word", "prefix")
    return (leaf.words, leaf.way, leaf.within, leaf.field) if isinstance(leaf, Term) and folded else leaf


def expected(watch_list: WatchList, lists: dict[str, str], item: Matchable) -> Hit | None:
    """What the slow evaluator says of one list that is not broken."""
    slow, node = Slow(item, lists), parse(watch_list.query)
    if not watch_list.asked or not in_scope(watch_list, item) or not slow.met(node):
        return None
    met: dict[object, str] = {}
    for leaf in slow.positive(node):
        if slow.met(leaf):
            met.setdefault(meaning(leaf), shown(leaf))
    return Hit(watch_list.id, tuple(dict.fromkeys(met.values())), tuple(slow.highlighted(node)))


def check(compiled: CompiledSet, watch_lists: Sequence[WatchList], item: Matchable) -> None:
    lists = {each.name: each.query for each in watch_lists}
    good = {each.id for each in watch_lists if whole(each.query, lists, (each.name,))}
    hits = [expected(each, lists, item) for each in sorted(watch_lists, key=lambda each: each.id) if each.id in good]
    assert compiled.broken.keys() == {each.id for each in watch_lists if each.asked} - good
    assert compiled.match(Reading(item)) == [hit for hit in hits if hit]
    assert not compiled.faults


@pytest.mark.unmeasured
@given(data=st.data())
def test_a_set_says_what_the_slow_evaluator_says(
    data: st.DataObject,
    watch_lists: Callable[[int], SearchStrategy[list[WatchList]]],
    items: SearchStrategy[Matchable],
) -> None:
    lists = data.draw(watch_lists(6))
    compiled = CompiledSet(lists, many=data.draw(st.sampled_from(MANY)))
    for item in data.draw(st.lists(items, min_size=1, max_size=3)):
        check(compiled, lists, item)


@pytest.mark.unmeasured
@given(data=st.data())
def test_a_query_alone_says_what_the_slow_evaluator_says(
    data: st.DataObject, queries: SearchStrategy[str], items: SearchStrategy[Matchable]
) -> None:
    query, item = data.draw(queries), data.draw(items)
    if parsed(query):
        assert compile_query(query).hit(item) == expected(WatchList(0, "", query), {}, item)


@pytest.mark.unmeasured
@given(data=st.data())
def test_a_changed_set_says_what_one_made_anew_would(
    data: st.DataObject,
    watch_lists: Callable[[int], SearchStrategy[list[WatchList]]],
    items: SearchStrategy[Matchable],
) -> None:
    item = data.draw(items)
    held = {each.id: each for each in data.draw(watch_lists(5))}
    compiled = CompiledSet(held.values(), many=data.draw(st.sampled_from(MANY)))
    for change in data.draw(st.lists(watch_lists(3), min_size=1, max_size=3)):
        changed = {each.id for each in change}
        gone = [id_ for id_ in held if id_ not in changed and data.draw(st.sampled_from([False, False, True]))]
        compiled.change(change, gone)
        held = {id_: each for id_, each in held.items() if id_ not in gone} | {each.id: each for each in change}
        check(compiled, list(held.values()), item)


@pytest.mark.unmeasured
@settings(max_examples=30)
@given(data=st.data())
def test_lists_may_swap_their_names(
    data: st.DataObject,
    watch_lists: Callable[[int], SearchStrategy[list[WatchList]]],
    items: SearchStrategy[Matchable],
) -> None:
    lists, item = data.draw(watch_lists(4)), data.draw(items)
    names = data.draw(st.permutations([each.name for each in lists]))
    renamed = [replace(each, name=name) for each, name in zip(lists, names, strict=True)]
    compiled = CompiledSet(lists)
    compiled.change([new for old, new in zip(lists, renamed, strict=True) if new != old])
    check(compiled, renamed, item)


def test_a_list_that_changes_leaves_nothing_behind() -> None:
    kept = [WatchList(1, "Kept", "ukraine /kyi[vw]/"), WatchList(2, "Base", "grain OR wheat"), WatchList(3, "A", "war")]
    queries = (
        "kyiv",
        '"black sea"',
        '"black sea" fleet',
        "/od[eé]s+a/",
        "list:Base port*",
        "~troop -peace",
        "country:UA",
        "ports",
    )
    compiled = CompiledSet(kept)
    filing = compiled._filing
    before = (dict(filing._uses), dict(filing._under), dict(filing._patterns), set(filing._others))
    for query in queries:
        compiled.change([WatchList(9, "Changing", query)])
        compiled.match(Reading(Matchable("Odesa port", "Black Sea fleet, troops and grain in ports")))
    compiled.change([], [9])
    assert (filing._uses, filing._under, filing._patterns, filing._others) == before
    assert not filing._single


@given(data=st.data())
def test_every_match_has_an_anchor_and_all_that_is_required(
    data: st.DataObject, queries: SearchStrategy[str], items: SearchStrategy[Matchable]
) -> None:
    node, item = parsed(data.draw(queries)), data.draw(items)
    if node:
        assert anchors(node, len)
        if Slow(item).met(node):
            words = Reading(item).words
            assert words >= {feature for feature in required(node) if feature.isalnum()}


@given(data=st.data())
def test_conditions_mean_what_the_tree_means(
    data: st.DataObject, queries: SearchStrategy[str], items: SearchStrategy[Matchable]
) -> None:
    node, item = parsed(data.draw(queries)), data.draw(items)
    if node:
        met = Slow(item).met(node)
        assert condition_of(node).met(Reading(item)) == met
        assert condition_of(Not(node)).met(Reading(item)) != met


def test_hits_come_by_list_id_and_scope_is_by_tag() -> None:
    item = Matchable("Ukraine and Kyiv", "", feed_tags=frozenset({"world"}))
    lists = [
        WatchList(9, "both", "ukraine kyiv"),
        WatchList(2, "scoped", "ukraine", frozenset({"world", "x"})),
        WatchList(5, "elsewhere", "ukraine", frozenset({"ours"})),
        WatchList(3, "same again", "ukraine kyiv"),
    ]
    compiled = CompiledSet(lists)
    assert [hit.watch_list for hit in compiled.match(Reading(item))] == [2, 3, 9]
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable("Ukraine, Kyiv", "")))] == [3, 9]


@pytest.mark.parametrize(
    ("language", "found"),
    [(None, [1, 2, 3]), ("en", [1, 3]), ("pt", [1, 2]), ("pt-br", [1, 2, 3]), ("fr", [1]), ("est", [1])],
)
def test_scope_is_by_language_and_hides_nothing_that_nobody_can_judge(language: str | None, found: list[int]) -> None:
    lists = [
        WatchList(1, "all", "kyiv"),
        WatchList(2, "portuguese", "kyiv", languages=frozenset({"pt"})),
        WatchList(3, "two", "kyiv", languages=frozenset({"pt-br", "en", "es"})),
    ]
    hits = CompiledSet(lists).match(Reading(Matchable("Kyiv", "", language=language)))
    assert [hit.watch_list for hit in hits] == found


def test_a_broken_list_costs_only_itself() -> None:
    compiled = CompiledSet([WatchList(1, "x", "(a"), WatchList(2, "y", "a"), WatchList(3, "z", "-a")])
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable("a", "")))] == [2]
    assert [(number, error.offset) for number, error in compiled.broken.items()] == [(1, 0), (3, 0)]


def test_who_refers_to_a_broken_list_is_broken_until_that_is_mended() -> None:
    compiled = CompiledSet([WatchList(1, "x", "(a"), WatchList(2, "y", "b list:x"), WatchList(3, "z", "list:y OR c")])
    assert {number: (error.offset, error.length) for number, error in compiled.broken.items()} == {
        1: (0, 1), 2: (2, 6), 3: (0, 6)
    }  # fmt: skip
    compiled.change([WatchList(1, "x", "a")])
    assert not compiled.broken
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable("b a", "")))] == [1, 2, 3]
    compiled.change([], gone=[1])
    assert set(compiled.broken) == {2, 3}


def test_who_refers_to_a_list_says_what_that_one_says_now() -> None:
    compiled = CompiledSet([WatchList(1, "x", "a", asked=False), WatchList(2, "y", "list:x b")])
    assert compiled.match(Reading(Matchable("a b", "")))
    compiled.change([WatchList(1, "x", "c", asked=False)])
    assert not compiled.match(Reading(Matchable("a b", "")))
    assert [hit.terms for hit in compiled.match(Reading(Matchable("c b", "")))] == [("c", "b")]


def test_a_list_that_takes_too_long_is_asked_no_more_until_it_is_edited() -> None:
    ticks = count()
    lists = [WatchList(1, "slow", "a"), WatchList(2, "slow too", "title:a")]
    compiled = CompiledSet(lists, budget=0.5, passed=ticks.__next__, spent=ticks.__next__)
    item = Matchable("a", "")
    assert [hit.watch_list for hit in compiled.match(Reading(item))] == [1, 2]
    assert compiled.faults.keys() == {1, 2}
    assert compiled.match(Reading(item)) == []
    compiled.change([WatchList(1, "slow", "a OR b")])
    assert compiled.faults.keys() == {2}
    assert [hit.watch_list for hit in compiled.match(Reading(item))] == [1]


def test_what_other_processes_take_costs_no_list() -> None:
    compiled = CompiledSet([WatchList(1, "x", "a")], budget=0.5, passed=count().__next__, spent=lambda: 7.0)
    for _ in range(2):
        assert len(compiled.match(Reading(Matchable("a", "")))) == 1
    assert not compiled.faults


def test_at_most_fifty_spans_the_first() -> None:
    hit = compile_query("a").hit(Matchable("b a", "a " * 60, ("a",)))
    assert hit
    assert len(hit.spans) == 50
    assert hit.spans[0] == Span("title", 2, 3)
    assert hit.spans[-1] == Span("text", 96, 97)


def test_no_lists_no_words() -> None:
    assert CompiledSet([]).match(Reading(Matchable("a", "b"))) == []
    assert compile_query("a").hit(Matchable("", "")) is None


def test_a_rare_feature_is_the_anchor() -> None:
    uses = {"president": 40, "zelensky": 1, "macron": 2, ("president", "zelensky"): 1}
    weight = uses.__getitem__
    assert anchors(parse('"president zelensky"'), weight) == {("president", "zelensky")}
    assert anchors(parse('"president zelensky"~5'), weight) == {"zelensky"}
    assert anchors(parse("president (zelensky OR macron)"), weight) == {"zelensky", "macron"}
    assert anchors(parse("president -zelensky"), weight) == {"president"}


def test_a_query_for_search_names_no_list() -> None:
    assert compile_query("b OR a").hit(Matchable("A", "")) == Hit(0, ("a",), (Span("title", 0, 1),))


def test_each_clause_can_be_asked_by_itself() -> None:
    node = compile_query('ukraine (title:war OR "x y") -sport').node
    assert isinstance(node, And)
    item = Matchable("War", "in Ukraine, a sport")
    assert [bool(CompiledQuery(part).hit(item)) for part in node.parts] == [True, True, False]


def test_an_id_may_be_named_twice() -> None:
    compiled = CompiledSet([WatchList(1, "x", "a"), WatchList(2, "y", "b")])
    compiled.change([WatchList(2, "y", "c")], [1, 1, 2])
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable("a b c", "")))] == [2]


def test_a_list_that_failed_is_asked_again_when_what_it_refers_to_changes() -> None:
    ticks = count()
    compiled = CompiledSet(
        [WatchList(1, "x", "a", asked=False), WatchList(2, "y", "list:x")],
        budget=0.5, passed=ticks.__next__, spent=ticks.__next__,
    )  # fmt: skip
    item = Reading(Matchable("a b", ""))
    assert [hit.watch_list for hit in compiled.match(item)] == [2]
    assert compiled.match(item) == []
    compiled.change([WatchList(1, "x", "b", asked=False)])
    assert not compiled.faults
    assert [hit.watch_list for hit in compiled.match(item)] == [2]


def test_lists_that_refer_to_each_other_go_together() -> None:
    compiled = CompiledSet([WatchList(1, "x", "a"), WatchList(2, "y", "list:x"), WatchList(3, "z", "b")])
    compiled.change([], [1, 2])
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable("a b", "")))] == [3]
    assert len(compiled) == 1
