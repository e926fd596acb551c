from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import QueryError
from worker.watchlists import compile_query
from worker.watchlists.grammar import MAX_DEPTH, MAX_TERMS, parse
from worker.watchlists.tree import And, Country, Label, ListRef, Not, Or, Pattern, Term

ERRORS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("errors.yaml").read_text(encoding="utf-8"))
PIECES = st.sampled_from(
    [*'()"-“ ', "AND", "OR", "NOT", "a", "Київ", "乌克", "it's", "*", ":", "/", "~", "'", "|", "（", "=", "title:", "lang:",
     "list:", "country:", "tag:", "UA", "uk", "/a/", '"a b"', "~5", "ab*", "\\", "[", "Text：", "＊", "\n", "\u0301"]
)  # fmt: skip


def term(text: str) -> Term:
    return Term(text, tuple(text.lower().split()))


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["query"])
def test_refused_with_carets_under_the_mistake(case: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as caught:
        compile_query(case["query"], case.get("lists", {}))
    assert case["reason"] in caught.value.reason
    assert caught.value.picture() == f"  {case['query']}\n  {case['carets']}"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("a", term("a")),
        (" a ", term("a")),
        ("a b AND c", And((term("a"), term("b"), term("c")))),
        ("a (b c)", And((term("a"), term("b"), term("c")))),
        ("a OR b c OR d", Or((term("a"), And((term("b"), term("c"))), term("d")))),
        ("(a OR (b OR c)) d", And((Or((term("a"), term("b"), term("c"))), term("d")))),
        ("a NOT b", And((term("a"), Not(term("b"))))),
        ("a AND NOT -b", And((term("a"), Not(Not(term("b")))))),
        ('a -"b c"', And((term("a"), Not(term("b c"))))),
        ("a-(b OR c)", And((Term("a", ("a",)), Or((term("b"), term("c")))))),
        ('"OR"', term("OR")),
        ('"a  b "', term("a b")),
        ("what?", term("what")),
        ("'tis", term("tis")),
        ("=NATO", Term("NATO", ("nato",), "exact")),
        ('="New York"', Term("New York", ("new", "york"), "exact")),
        ("~invade", Term("invade", ("invade",), "stem")),
        ("ukrain*", Term("ukrain", ("ukrain",), "prefix")),
        ("pro-russ*", Term("pro-russ", ("pro", "russ"), "prefix")),
        ('"a  * b"', Term("a * b", ("a", "*", "b"))),
        ('="a * b"', Term("a * b", ("a", "*", "b"), "exact")),
        ('"a b"~5', Term("a b", ("a", "b"), within=5)),
        ('~"a b"~12', Term("a b", ("a", "b"), "stem", within=12)),
        ('"a b"～5', Term("a b", ("a", "b"), within=5)),
        ("title:a", Term("a", ("a",), field="title")),
        ("TITLE:=a", Term("a", ("a",), "exact", field="title")),
        ('author:"a b"', Term("a b", ("a", "b"), field="author")),
        ("title:(a -b)", And((Term("a", ("a",), field="title"), Not(Term("b", ("b",), field="title"))))),
        ("feed:a b", And((Term("a", ("a",), field="feed"), term("b")))),
        ("title:(a) b", And((Term("a", ("a",), field="title"), term("b")))),
        (r"/a\/b (c)/", Pattern(r"a\/b (c)")),
        ("=/a/", Pattern("a", exact=True)),
        ("link:/a/", Pattern("a", field="link")),
        ("country:ua", Country("UA")),
        ("title:country:UA", Country("UA", "title")),
        ("title:(country:UA OR a)", Or((Country("UA", "title"), Term("a", ("a",), field="title")))),
        ("lang:UK", Label("lang", "uk")),
        ("lang:pt-BR", Label("lang", "pt-br")),
        ("lang:(uk OR ru)", Or((Label("lang", "uk"), Label("lang", "ru")))),
        ('tag:"Front page"', Label("tag", "Front page")),
        ("list:Wars", ListRef("Wars")),
        ('list:"My wars"', ListRef("My wars")),
    ],
)
def test_tree(query: str, tree: object) -> None:
    assert parse(query) == tree


def test_places_are_those_in_the_query() -> None:
    node = parse(' kyiv OR (b "c d")')
    assert isinstance(node, Or)
    assert (node.offset, node.length) == (1, 16)
    assert [(part.offset, part.length) for part in node.parts] == [(1, 4), (10, 7)]
    for written in ("=a", '~"b c"', "ab*", '"a b"~5', "title:a", "/a b/", "=/a/", "link:/x/", "country:UA", "lang:uk",
                    "title:country:UA", 'tag:"a b"', "list:A"):  # fmt: skip
        node = parse(f"x ({written}) y")
        assert isinstance(node, And)
        assert (node.parts[1].offset, node.parts[1].length) == (3, len(written)), written
    node = parse("x -title:(a OR /b/)")
    assert isinstance(node, And)
    assert (node.parts[1].offset, node.parts[1].length) == (2, 17)


def test_limits() -> None:
    assert isinstance(parse(" ".join(["ab"] * MAX_TERMS)), And)
    with pytest.raises(QueryError, match="at most 500 words") as caught:
        parse(" ".join(["ab"] * (MAX_TERMS + 1)))
    assert caught.value.offset == 3 * MAX_TERMS
    assert isinstance(parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH), Term)
    for sign in ("(", "-(", "NOT "):
        with pytest.raises(QueryError, match="at most 50 parentheses"):
            parse(sign * (MAX_DEPTH + 1))
    assert isinstance(parse("a" * 10_000), Term)
    with pytest.raises(QueryError, match="at most 10,000 characters: this has 10,001") as caught:
        parse("a" * 10_001)
    assert caught.value.offset == 10_000


def refused(query: str) -> QueryError | None:
    try:
        parse(query)
    except QueryError as error:
        return error
    return None


@given(st.text(max_size=60) | st.lists(PIECES, max_size=30).map("".join) | st.lists(PIECES, max_size=30).map(" ".join))
def test_anything_parses_or_is_refused_at_a_place(query: str) -> None:
    if error := refused(query):
        assert 0 <= error.offset <= len(query)
        assert error.offset + error.length <= max(len(query), error.offset + 1)


@given(st.from_regex(r'[A-Za-z0-9]{1,4}|"[A-Za-z0-9]{1,4}( [A-Za-z0-9]{1,4})*"', fullmatch=True))
def test_the_short_cut_for_plain_queries_changes_nothing(query: str) -> None:
    plain = refused(query) or parse(query)
    descended = refused(f"({query})") or parse(f"({query})")
    assert type(plain) is type(descended)
    assert isinstance(plain, QueryError) or plain == descended


@pytest.mark.timeout(20)
@pytest.mark.parametrize("query", ["-" * 10_000, "(" * 10_000, '"' * 10_000, "a-" * 5_000, "/" * 10_000, "'a " * 3_333,
                                   "NOT " * 2_500, "a'" * 5_000, "a:" * 5_000, "\\/" * 5_000, "'" * 10_000])  # fmt: skip
def test_evil_queries_end(query: str) -> None:
    assert refused(query) or parse(query)
