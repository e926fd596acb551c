from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import QueryError
from worker.watchlists import CompiledSet, canonical, compile_query, parse, query_of
from worker.watchlists.canonical import term_of_keyword
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.model import WatchList
from worker.watchlists.tree import And, Not

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("ukraine AND kyiv", "ukraine kyiv"),
        ("NOT sport war", "-sport war"),
        ("((a OR b)) AND (c d)", "(a OR b) c d"),
        ("a OR (b OR c) OR d e", "a OR b OR c OR d e"),
        ("a -(b OR c) -(d e) -(-f)", "a -(b OR c) -(d e) -(-f)"),
        ("“Military  buildup”", '"Military buildup"'),
        ('"kyiv"', "kyiv"),
        ('"AND" x', '"AND" x'),
        ("#Ukraine, snake_case Ukraine-based O'Brien's", 'Ukraine "snake_case" Ukraine-based O\'Brien'),
        ("यूक्रेन", '"यूक्रेन"'),
        ("＝NATO", "=NATO"),
        ('="New  York"', '="New York"'),
        ('~"invade"', "~invade"),
        ("ukrain＊ pro-russ*", "ukrain* pro-russ*"),
        ('"a  ＊ b"', '"a * b"'),
        ('="a * b"', '="a * b"'),
        ('"russia ukraine"～5', '"russia ukraine"~5'),
        ('~"a b"~007', '~"a b"~7'),
        ("TITLE:a", "title:a"),
        ("title：(a OR b)", "title:(a OR b)"),
        ("title:a OR title:b", "title:(a OR b)"),
        ("title:a AND title:(b OR -c) ", "title:(a (b OR -c))"),
        ("(title:a OR author:b) c", "(title:a OR author:b) c"),
        ("country:ua OR title:country:ru", "country:UA OR title:country:RU"),
        ('lang:"UK" lang:(pt-BR OR ru)', "lang:uk (lang:pt-br OR lang:ru)"),
        ('tag:World tag:"front  page"', 'tag:World tag:"front page"'),
        (r"/a\/b/ =/C d/ -link:/e/", r"/a\/b/ =/C d/ -link:/e/"),
        ('list:Wars OR list:"My wars" OR list:"AND"', 'list:Wars OR list:"My wars" OR list:"AND"'),
        ('"title:war" "=a" "~b"', '"title:war" a b'),
    ],
)
def test_written_back(query: str, written: str) -> None:
    assert canonical(parse(query)) == written
    assert parse(written) == parse(query)


@given(data=st.data())
def test_round_trip(data: st.DataObject, queries: SearchStrategy[str]) -> None:
    query = data.draw(queries)
    with suppress(QueryError):
        node = parse(query)
        assert parse(canonical(node)) == node
        assert canonical(parse(canonical(node))) == canonical(node)


@given(st.text(max_size=40))
def test_round_trip_of_anything(query: str) -> None:
    with suppress(QueryError):
        node = parse(query)
        assert parse(canonical(node)) == node


@pytest.mark.parametrize(
    ("keywords", "exclude", "query", "whole"),
    [
        (["Ukraine"], [], None, "Ukraine"),
        (["Ukraine", "Kyiv", "Russian military buildup"], [], None, 'Ukraine OR Kyiv OR "Russian military buildup"'),
        (["Ukraine", "Kyiv"], ["football", "ice hockey"], None, '(Ukraine OR Kyiv) -football -"ice hockey"'),
        (["Ukraine"], ["football"], None, "Ukraine -football"),
        ([], ["football"], "a OR b c", "(a OR b c) -football"),
        ([], ["football"], "a b", "a b -football"),
        ([], [], " ( a AND b ) ", "a b"),
        (["Breaking: war", 'the "wall"', "km/h", "or", "AT&T", "(NATO)"], [], None,
         '"Breaking: war" OR "the wall" OR "km/h" OR or OR "AT&T" OR NATO'),
        (["ukrain*", "=NATO", "~invade", "country:ua", "/colou?r/"], ["title:sport", '"a b"'], None,
         '(ukrain* OR =NATO OR ~invade OR country:UA OR /colou?r/) -title:sport -"a b"'),
        (["=New York", "~military exercise"], ["=/A B/"], None, '(="New York" OR ~"military exercise") -=/A B/'),
        ([], ["=US"], "list:Wars OR lang:uk", "(list:Wars OR lang:uk) -=US"),
    ],
)  # fmt: skip
def test_sugar(keywords: list[str], exclude: list[str], query: str | None, whole: str) -> None:
    assert query_of(keywords, exclude, query) == whole


@pytest.mark.parametrize("keyword", ["kyiv", " Kyiv war ", "=New York", " ~invade", "country:UA", "/a/"])
def test_a_keyword_stands_where_it_is_written(keyword: str) -> None:
    node = term_of_keyword(keyword)
    assert (node.offset, node.length) == (0, len(keyword))


@pytest.mark.parametrize(
    ("keywords", "exclude", "query", "reason", "carets"),
    [
        ([], [], None, "write keywords or a query", "  \n  ^"),
        (["a"], [], "b c", "write either keywords or a query", "  b c\n  ^^^"),
        (["a", "!!!"], [], None, "write letters or digits", "  !!!\n  ^^^"),
        (["a", "u*"], [], None, "at least 2 letters", "  u*\n  ^^"),
        (["a", "ukrain* war"], [], None, r"leave \* out", "  ukrain* war\n        ^"),
        (["a", "war in ukrain*"], [], None, r"leave \* out", "  war in ukrain*\n               ^"),
        (["a"], ["-football"], None, "leave - out", "  -football\n  ^"),
        (["="], [], None, "right behind =", "  =\n  ^"),
        (["country:Ukraine"], [], None, "ISO 3166", "  country:Ukraine\n          ^^^^^^^"),
        (["/colou(r/"], [], None, "missing", "  /colou(r/\n   ^^^^^^^"),
        (["the country:UA"], [], None, "leave country: out", "  the country:UA\n      ^^^^^^^^"),
        (["Kyiv OR Lviv"], [], None, "leave OR out .small", "  Kyiv OR Lviv\n       ^^"),
        ([], ["a"], "b OR -c", "NOT alone", "  b OR -c\n       ^^"),
        ([], [], "", "write at least one word", "  \n  ^"),
    ],
)
def test_sugar_refused(keywords: list[str], exclude: list[str], query: str | None, reason: str, carets: str) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        query_of(keywords, exclude, query)
    assert caught.value.picture() == carets


def test_how_long_a_query_is_counts_as_it_was_written() -> None:
    long = "lang:(" + " ".join(["uk"] * 400) + ") " + "x" * 8_500
    whole = query_of([], [], long)
    assert len(long) <= 10_000 < len(whole)
    assert parse_canonical(whole) == parse(long)
    compiled = CompiledSet([WatchList(1, "Long", whole), WatchList(2, "Other", "list:Long OR kyiv")])
    assert compiled.broken == {}
    assert compile_query("list:Long", {"Long": whole})
    keywords = query_of(["k" * 20 + str(number) for number in range(410)], [], None)
    assert len(keywords) > 10_000
    with pytest.raises(
        QueryError, match="at most 10,000 characters: this has 10,001 with all that is excluded"
    ) as caught:
        query_of([], ["x"], "y" * 10_000)
    assert caught.value.picture() == f"  {'y' * 120}\n  {'^' * 120}"
    with pytest.raises(QueryError, match="at most 20,000 characters"):
        parse_canonical("y" * 20_001)


def test_how_deep_a_query_is_counts_as_it_was_written() -> None:
    deep = "NOT " * 50 + "war"
    whole = query_of([], ["football"], deep)
    assert parse_canonical(whole) == And((parse(deep), Not(parse("football"))))
    with pytest.raises(QueryError, match="at most 102 parentheses"):
        parse_canonical("(" * 103 + "a" + ")" * 103)


def test_limits_hold_for_the_whole() -> None:
    with pytest.raises(QueryError, match="at most 500"):
        query_of([f"k{n}" for n in range(501)], [], None)
