from __future__ import annotations

from collections import Counter

import pytest
from unit.watchlists.cases import CASES, Case
from unit.watchlists.slow import Slow

from worker.watchlists import CompiledSet, canonical, compile_query, parse
from worker.watchlists.model import Hit, WatchList
from worker.watchlists.reading import Reading


def name_of(case: Case) -> str:
    return f"{case.query} in {case.item.title or case.item.text}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_case(case: Case) -> None:
    hit = compile_query(case.query, case.lists).hit(case.item)

    assert (hit.spans if hit else ()) == case.spans
    assert bool(hit) == case.met
    if hit and case.terms is not None:
        assert list(hit.terms) == case.terms
    others = [WatchList(100 + n, name, query, asked=False) for n, (name, query) in enumerate(case.lists.items())]
    hits = CompiledSet([WatchList(7, "list", case.query), *others]).match(Reading(case.item))
    assert hits == ([Hit(7, hit.terms, hit.spans)] if hit else [])


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_canonical_form_means_the_same(case: Case) -> None:
    assert parse(canonical(parse(case.query))) == parse(case.query)


@pytest.mark.parametrize("case", [case for case in CASES if "/" not in case.query], ids=name_of)
def test_the_slow_evaluator_says_the_same(case: Case) -> None:
    slow, node = Slow(case.item, case.lists), parse(case.query)
    assert slow.met(node) == case.met
    if case.met:
        assert tuple(slow.highlighted(node)) == case.spans


def test_there_are_enough_of_them() -> None:
    languages = Counter((case.item.language or "").partition("-")[0] for case in CASES)
    assert len(CASES) >= 500
    assert len(languages) > 40
