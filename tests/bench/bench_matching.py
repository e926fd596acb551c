"""Matching one item of 400 words against 100 to 100,000 watch lists, and against a regular expression a list."""

from __future__ import annotations

import re

from bench.prose import Prose

from worker.watchlists import CompiledSet
from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.reading import Reading

SIZES = {"names": (100, 10_000, 100_000), "queries": (100, 10_000)}
ITEMS = 50


def test_matching(cpu, show):
    prose = Prose()
    items = [Matchable(prose.text(10), prose.text(390)) for _ in range(ITEMS)]
    rows = []
    for kind, make in (("names", lambda: f'"{prose.name()}"'), ("queries", prose.query)):
        queries = [make() for _ in range(SIZES[kind][-1])]
        first = 0.0
        for size in SIZES[kind]:
            lists = [WatchList(number, f"list {number}", query) for number, query in enumerate(queries[:size])]
            compiled: list[CompiledSet] = []
            build = cpu(lambda lists=lists, compiled=compiled: compiled.append(CompiledSet(lists)), runs=1)
            match = cpu(lambda compiled=compiled: [compiled[0].match(Reading(item)) for item in items], runs=3) / ITEMS
            first = first or match
            hits = sum(len(compiled[0].match(Reading(item))) for item in items) / ITEMS
            rows.append(
                (f"{size:,} {kind}", f"{build:.2f}", f"{match * 1e6:.0f}", f"{match / first:.1f}", f"{hits:.1f}")
            )
        if kind == "names":
            expressions = [re.compile(rf"\b{query[1:-1]}\b", re.IGNORECASE) for query in queries[:100]]
            each = cpu(lambda found=expressions: [_search(found, item) for item in items[:10]], runs=3) / 10
            name = "100 names, a regex each"
            rows.append((name, "-", f"{each * 1e6:.0f}", f"{each / first:.1f}", "-"))
    columns = ("watch lists", "build, s", "us an item", "times the 100", "hits an item")
    show("Matching one item of 400 words, CPU", columns, rows)


def _search(expressions: list[re.Pattern[str]], item: Matchable) -> list[bool]:
    return [bool(one.search(item.title) or one.search(item.text)) for one in expressions]
