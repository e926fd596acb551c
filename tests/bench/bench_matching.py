"""Items against 100 to 100,000 watch lists, beside a regular expression a term, ahocorasick_rs and hyperscan.

Items and lists are drawn from the news that TOCSIN_CORPUS names; where that is absent, from made-up news. Tocsin's
times hold the reading of the item into words, and the places of what was found; its peers tell only which lists.
"""

from __future__ import annotations

import os
import random
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from bench import newsstand, topics
from bench.matchers import AhoCorasick, Expressions, Hyperscan, Tocsin, memory, watch_lists
from bench.newsstand import Piece
from bench.prose import Prose
from bench.topics import Phrase, Topic

from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.matchers import Item, Matcher

SIZES = (100, 1_000, 10_000, 100_000)
SOME = 1_000
"""For more regular expressions nobody waits: their figures are those of so many lists, times as many more."""
ITEMS = 50
FEW = 5
TURNS, BUILDS = 5, 3
LENGTHS = {400: (370, 430), 60: (50, 70)}
"""Words of an item's text, and what counts as about so many."""
DRAWN = {"names": topics.names, "queries": topics.queries}
CHANGES = {
    "a name": Topic(((Phrase("Volodymyr Zelensky"),),)),
    "a word": Topic(((Phrase("ukraine"),),)),
    "a query": Topic(((Phrase("ukraine"), Phrase("Black Sea")), (Phrase("grain"),)), (Phrase("football"),)),
    "a prefix": Topic(((Phrase("ukrain", goes_on=True),),)),
}


@pytest.fixture(scope="module")
def news() -> tuple[dict[int, list[Item]], list[Piece]]:
    """Items of each length, and all the other pieces: lists are drawn from those, for people ask for what is to come.

    Items have nothing but ASCII, because the peers know nothing of folding.
    """
    pieces, chance, items = _pieces(), random.Random(3), {}
    for length, (least, most) in LENGTHS.items():
        fit = [n for n, piece in enumerate(pieces) if _is_ascii(piece) and least <= len(piece.words()) <= most]
        drawn = sorted(chance.sample(fit, ITEMS), reverse=True)
        items[length] = [(piece.title, piece.text) for piece in map(pieces.pop, drawn)]
    return items, pieces


def _pieces() -> list[Piece]:
    if os.environ.get("TOCSIN_CORPUS"):
        return newsstand.reuters() + newsstand.web() + newsstand.agnews()
    prose = Prose()
    return [_made_up(prose, length) for length in LENGTHS for _ in range(2_000)]


def _made_up(prose: Prose, length: int) -> Piece:
    """A piece of so many words, in which one in ten belongs to a name."""
    return Piece(prose.text(9), " ".join(f"{prose.text(18)} {prose.name().title()}" for _ in range(length // 20)))


def _is_ascii(piece: Piece) -> bool:
    return piece.title.isascii() and piece.text.isascii()


@pytest.mark.parametrize("kind", DRAWN)
def test_matching(kind, news, cpu, show):
    items, others = news
    wanted = DRAWN[kind](others, SIZES[-1])
    reading = [
        min(_each(lambda item: Reading(Matchable(*item)), some, cpu) for _ in range(TURNS)) for some in items.values()
    ]
    rows = [("words alone", "", "", f"{reading[0] * 1e6:,.0f}", "", f"{reading[1] * 1e6:,.0f}", "", "", "")]
    expected = {}
    for matcher in (Tocsin, AhoCorasick, Hyperscan, Expressions):
        measured = _measured(matcher, watch_lists(wanted) if matcher is Tocsin else wanted, items, cpu)
        for one in measured:
            rows.append((matcher.__name__, *one.cells(measured[0])))
            if one.hits:
                assert one.hits == expected.setdefault(one.lists, one.hits)
    columns = ("", "lists", "build, s", "us, 400 words", "growth", "us, 60 words", "growth", "hits an item", "MB")
    show(f"An item against watch lists: {kind}. CPU time; ~ is extrapolated", columns, rows)


class Measured(NamedTuple):
    """`each`: seconds for one item of each length. `hits`: of each item of each length. `times`: extrapolated so far."""

    lists: int
    times: int
    build: float
    each: list[float]
    hits: list[list[set[int]]]
    grown: int | None

    def cells(self, first: Measured) -> list[str]:
        mark = "~" if self.times > 1 else ""
        cells = [f"{self.lists:,}", f"{mark}{self.build:,.2f}"]
        for each, at_first in zip(self.each, first.each, strict=True):
            cells += [f"{mark}{each * 1e6:,.0f}", f"{each / at_first:,.1f}"]
        hits = " / ".join(f"{fmean(map(len, of_items)):.1f}" for of_items in self.hits)
        return [*cells, hits, "" if self.grown is None else f"{self.grown / 2**20:,.0f}"]


def _measured(
    matcher: Callable[[Any], Matcher],
    wanted: Sequence[Topic] | Sequence[WatchList],
    items: Mapping[int, Sequence[Item]],
    cpu: Callable[..., float],
) -> list[Measured]:
    """Measure each size. They take turns: where the machine has two speeds, the best of each is at the higher one."""
    times = [max(1, size // SOME) if matcher is Expressions else 1 for size in SIZES]
    if matcher is Expressions:
        items = {length: some[:FEW] for length, some in items.items()}
    ready: list[Matcher] = []
    build = []
    for size, more in zip(SIZES, times, strict=True):
        made: list[Matcher] = []
        some = wanted[: size // more]
        build.append(more * cpu(lambda: made.append(matcher(some)), runs=1 if matcher is Expressions else BUILDS))  # noqa: B023 - called at once
        ready.append(made[-1])
    each = [[float("inf")] * len(items) for _ in SIZES]
    for _ in range(1 if matcher is Expressions else TURNS):
        for best, one, more in zip(each, ready, times, strict=True):
            best[:] = [
                min(so_far, more * _each(one.of, some, cpu)) for so_far, some in zip(best, items.values(), strict=True)
            ]
    measured = []
    for size, more, built, best, one in zip(SIZES, times, build, each, ready, strict=True):
        hits = [[set(one.of(item)) for item in some] for some in items.values()] if matcher is not Expressions else []
        grown = memory(matcher, wanted, items[400]) if hits and size == SIZES[-1] else None
        measured.append(Measured(size, more, built, best, hits, grown))
    return measured


def _each(call: Callable[[Item], object], some: Sequence[Item], cpu: Callable[..., float]) -> float:
    """Seconds that a call takes for one of some items."""
    return cpu(lambda: [call(item) for item in some], runs=7) / len(some)


def test_changing(news, cpu, show):
    items, others = news
    rows = []
    for kind, draw in DRAWN.items():
        compiled = Tocsin(watch_lists(draw(others, SIZES[-1]))).compiled
        item = Matchable(*items[400][0])
        for name, topic in CHANGES.items():
            changed = WatchList(SIZES[-1], "changed", topic.query)
            change = cpu(lambda: compiled.change([changed]), runs=7)  # noqa: B023 - called at once
            first = cpu(lambda: compiled.match(Reading(item)), runs=1)  # noqa: B023
            again = cpu(lambda: compiled.match(Reading(item)), runs=7)  # noqa: B023
            rows.append((f"{name}, of {SIZES[-1]:,} {kind}", *(f"{each * 1e3:.2f}" for each in (change, first, again))))
    show("One list changes, ms of CPU", ("", "the change", "the first item after it", "the next"), rows)
