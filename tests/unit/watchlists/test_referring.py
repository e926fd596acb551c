from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import QueryError
from worker.watchlists import parse
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.referring import leading_to, refers, spoilt, with_new_name, with_new_names
from worker.watchlists.tree import And, ListRef, Not, Or, Term


@pytest.mark.parametrize(
    ("query", "does"),
    [
        ("list:Grain", True),
        ('bread -(wheat OR list:"Grain")', True),
        ("list:Grains bread", False),
        ('"list:Grain"', False),
        ("grain", False),
        ("list:Grain (", False),
        ("LIST:Grain", True),
        ("war -list：Grain", True),
        ("list:grain", False),
    ],
)
def test_a_query_refers_to_a_list_by_its_name(query: str, *, does: bool) -> None:
    assert refers(query, "Grain") == does


def test_a_new_name_stands_where_the_old_one_stood_and_all_else_stays() -> None:
    query = 'bread   OR list:Grain -( list:"Grain" list:Other )'
    assert with_new_name(query, "Grain", "Wheat") == "bread   OR list:Wheat -( list:Wheat list:Other )"
    assert with_new_name("list:Grain x", "Grain", "Grain deal") == 'list:"Grain deal" x'
    assert with_new_name("LIST:Grain OR list：Grain", "Grain", "Wheat") == "list:Wheat OR list:Wheat"
    with pytest.raises(QueryError):
        with_new_name("list:Grain x", "Grain", 'say "grain"')


@pytest.mark.parametrize(
    "name",
    ["Grain deal", "AND", "not", "O'Brien", "зерно", "粮食", "a-b", "ukrain*", "=x", "~x", "/x/", "a:b", "(x)", "x)", "$", "-", "|",
     'צה"ל', "list:A", "#1", "a~5", "\u200b", "e\u0301", "été", "!", "'x'", "a\\b"],
)  # fmt: skip
def test_references_to_a_strange_name_read_back(name: str) -> None:
    query = with_new_name("(list:Grain OR x) -(list:Grain y) LIST:Other", "Grain", name)
    assert parse(query) == And(
        (Or((ListRef(name), Term("x", ("x",)))), Not(And((ListRef(name), Term("y", ("y",))))), ListRef("Other"))
    )
    assert refers(query, name)


@pytest.mark.parametrize(
    "name", ['say "grain"', "a  b", 'a" OR "b', "«a»", "a\tb", "”", "a\n", " a", 'x" y -list:"z', ""]
)
def test_a_name_that_no_query_can_say_is_refused(name: str) -> None:
    with pytest.raises(QueryError, match=r"no query can refer to a list called .*: leave quotes out"):
        with_new_name("list:Grain x", "Grain", name)


@given(st.text(max_size=12))
def test_a_new_name_is_what_is_referred_to_or_it_is_refused(name: str) -> None:
    with suppress(QueryError):
        assert parse(with_new_name('x OR (list:"Grain" y)', "Grain", name)) == Or(
            (Term("x", ("x",)), And((ListRef(name), Term("y", ("y",)))))
        )


def test_a_full_query_may_be_longer_than_what_somebody_writes() -> None:
    full = "list:A OR " + " OR ".join(f"{number:030}" for number in range(400))
    assert len(full) > 10_000
    assert parse_canonical(with_new_name(full, "A", "A" * 5_000))
    with pytest.raises(QueryError, match="write at most 20,000 characters: with list:AAA") as caught:
        with_new_name(full, "A", "A" * 8_000)
    assert caught.value.picture().startswith("  list:AAA")


def test_new_names_handed_on() -> None:
    query = 'list:A OR list:B OR list:C OR "list:A"'
    renames = {"C": "B", "B": "A", "Z": "Y"}
    assert with_new_names("list:A OR list:B x", renames) == "list:B OR list:C x"
    assert with_new_names(query, {'"': "A", "D": "C"}) == 'list:A OR list:B OR list:D OR "list:A"'
    assert with_new_names("list:A (", renames) == "list:A ("


LISTS = {"A": "a", "B": "list:A b", "C": "c OR list:B", "D": "list:Gone", "E": "e"}


def test_who_is_led_to_a_list() -> None:
    assert leading_to({"A"}, LISTS) == ["B", "C"]
    assert leading_to({"C", "E"}, LISTS) == []
    assert leading_to({"Gone", "B"}, LISTS) == ["C", "D"]


def test_a_list_is_spoilt_by_what_another_becomes() -> None:
    large = {name: " OR ".join(f"{name}{number}" for number in range(400)) for name in ("V", "W", "X", "Y", "Z")}
    before = {**LISTS, **large, "All": "list:V OR list:W OR list:X OR list:Y OR list:A"}
    after = {**before, "A": "list:Z OR a"}
    error = spoilt("All", after, before)
    assert error is not None
    assert error.reason == "with the lists it refers to this looks for more than 2,000 words and phrases"
    assert error.query[error.offset :] == "list:A"
    assert spoilt("B", after, before) is None
    assert spoilt("D", after, before) is None, "it could not be asked before"
