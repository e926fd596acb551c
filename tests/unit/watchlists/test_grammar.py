from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import QueryError
from worker.watchlists.grammar import MAX_DEPTH, MAX_TERMS, And, Not, Or, Term, parse

ERRORS: list[dict[str, str]] = yaml.safe_load(Path(__file__).with_name("errors.yaml").read_text(encoding="utf-8"))
PIECES = st.sampled_from(
    [*'()"-“ ', "AND", "OR", "NOT", "a", "Київ", "乌克", "it's", "*", ":", "/", "~", "'", "|", "（"]
)


def term(text: str) -> Term:
    return Term(text, tuple(text.lower().split()))


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["query"])
def test_refused_with_carets_under_the_mistake(case: dict[str, str]) -> None:
    with pytest.raises(QueryError) as caught:
        parse(case["query"])
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
    ],
)
def test_tree(query: str, tree: object) -> None:
    assert parse(query) == tree


def test_places_are_those_in_the_query() -> None:
    node = parse(' kyiv OR (b "c d")')
    assert isinstance(node, Or)
    assert (node.offset, node.length) == (1, 16)
    assert [(part.offset, part.length) for part in node.parts] == [(1, 4), (10, 7)]


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
