from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from worker.watchlists import CompiledSet, compile_query
from worker.watchlists.model import Hit, Matchable, Span, WatchList
from worker.watchlists.reading import Reading

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))


def unmarked(field: str, text: str) -> tuple[str, list[Span]]:
    spans: list[Span] = []
    plain = ""
    for number, part in enumerate(re.split("[⟦⟧]", text)):
        if number % 2:
            spans.append(Span(field, len(plain), len(plain) + len(part)))
        plain += part
    return plain, spans


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['query']} in {case.get('title', case.get('text'))}")
def test_case(case: dict[str, Any]) -> None:
    title, in_title = unmarked("title", case.get("title", ""))
    text, in_text = unmarked("text", case.get("text", ""))
    categories, in_categories = unmarked("category", "\n".join(case.get("categories", ())))
    item = Matchable(title, text, tuple(categories.split("\n")) if categories else ())
    expected = (*in_title, *in_text, *in_categories)

    hit = compile_query(case["query"]).hit(item)

    assert (hit.spans if hit else ()) == expected
    assert bool(hit) == bool(expected)
    if hit and "terms" in case:
        assert list(hit.terms) == case["terms"]
    hits = CompiledSet([WatchList(7, "list", case["query"])]).match(Reading(item))
    assert hits == ([Hit(7, hit.terms, hit.spans)] if hit else [])
