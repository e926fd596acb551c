from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import QueryError
from worker.text.tokens import tokenize
from worker.watchlists import CompiledSet, compile_query, parse
from worker.watchlists.grammar import And, Node, Not, Or, Term
from worker.watchlists.meaning import anchors, condition_of, required
from worker.watchlists.model import Hit, Matchable, Span, WatchList
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def fields(item: Matchable) -> list[tuple[str, ...]]:
    return [tokenize(text).words for text in (item.title, item.text, *item.categories)]


def slowly(node: Node, item: Matchable) -> bool:
    """What a query means, word by word."""
    match node:
        case Term():
            size = len(node.words)
            return any(f[i : i + size] == node.words for f in fields(item) for i in range(len(f)))
        case Not():
            return not slowly(node.part, item)
        case And():
            return all(slowly(part, item) for part in node.parts)
        case Or():
            return any(slowly(part, item) for part in node.parts)


def positive(node: Node, *, negated: bool = False) -> list[Term]:
    match node:
        case Term():
            return [] if negated else [node]
        case Not():
            return positive(node.part, negated=not negated)
        case _:
            return [term for part in node.parts for term in positive(part, negated=negated)]


def parsed(query: str) -> Node | None:
    try:
        return parse(query)
    except QueryError:
        return None


@pytest.mark.unmeasured
@given(data=st.data())
def test_agrees_with_a_slow_evaluator(
    data: st.DataObject, queries: SearchStrategy[str], items: SearchStrategy[Matchable]
) -> None:
    item = data.draw(items)
    tags = st.frozensets(st.sampled_from(["world", "ours"]))
    lists = [
        WatchList(number, str(number), query, scope)
        for number, (query, scope) in enumerate(data.draw(st.lists(st.tuples(queries, tags), max_size=8)))
    ]
    nodes = {each.id: parsed(each.query) for each in lists}
    compiled = CompiledSet(lists)

    hits = compiled.match(Reading(item))

    assert [number for number, _ in compiled.broken] == [number for number, node in nodes.items() if node is None]
    assert [hit.watch_list for hit in hits] == [
        each.id
        for each in lists
        if (node := nodes[each.id]) and (not each.feed_tags or each.feed_tags & item.feed_tags) and slowly(node, item)
    ]
    for hit in hits:
        node = nodes[hit.watch_list]
        assert node
        met = {term.words: term.text for term in reversed(positive(node)) if slowly(term, item)}
        assert set(hit.terms) == set(met.values())
        assert hit.spans
        for span in hit.spans:
            text = {"title": item.title, "text": item.text, "category": "\n".join(item.categories)}[span.field]
            assert any(words[0] == tokenize(text[span.start : span.end]).words[0] for words in met)
        assert all(a.field != b.field or a.end <= b.start for a, b in zip(hit.spans, hit.spans[1:], strict=False))


@given(data=st.data())
def test_every_match_holds_an_anchor_and_all_that_is_required(
    data: st.DataObject, queries: SearchStrategy[str], items: SearchStrategy[Matchable]
) -> None:
    node, item = parsed(data.draw(queries)), data.draw(items)
    words = {word for field in fields(item) for word in field}
    if node:
        assert anchors(node, len)
        if slowly(node, item):
            assert anchors(node, len) & words
            assert words.issuperset(required(node))


@given(data=st.data())
def test_conditions_mean_what_the_tree_means(
    data: st.DataObject, queries: SearchStrategy[str], items: SearchStrategy[Matchable]
) -> None:
    node, item = parsed(data.draw(queries)), data.draw(items)
    if node:
        assert condition_of(node).met(Reading(item)) == slowly(node, item)
        assert condition_of(Not(node)).met(Reading(item)) != slowly(node, item)


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


def test_a_broken_list_costs_only_itself() -> None:
    compiled = CompiledSet([WatchList(1, "x", "(a"), WatchList(2, "y", "a"), WatchList(3, "z", "-a")])
    assert [hit.watch_list for hit in compiled.match(Reading(Matchable("a", "")))] == [2]
    assert [(number, error.offset) for number, error in compiled.broken] == [(1, 0), (3, 0)]


def test_at_most_fifty_spans_the_first() -> None:
    hit = compile_query("a").hit(Matchable("b a", "a " * 60, ("a",)))
    assert hit
    assert len(hit.spans) == 50
    assert hit.spans[0] == Span("title", 2, 3)
    assert hit.spans[-1] == Span("text", 96, 97)


def test_no_lists_no_words() -> None:
    assert CompiledSet([]).match(Reading(Matchable("a", "b"))) == []
    assert compile_query("a").hit(Matchable("", "")) is None


def test_a_rare_word_is_the_anchor() -> None:
    uses = {"president": 40, "zelensky": 1, "macron": 2}
    weight = uses.__getitem__
    assert anchors(parse('"president zelensky"'), weight) == {"zelensky"}
    assert anchors(parse("president (zelensky OR macron)"), weight) == {"zelensky", "macron"}
    assert anchors(parse("president -zelensky"), weight) == {"president"}


def test_a_query_for_search_names_no_list() -> None:
    assert compile_query("b OR a").hit(Matchable("A", "")) == Hit(0, ("a",), (Span("title", 0, 1),))
