"""Near-duplicates: outlet edits of real dispatches, pairs that look like copies, and the labelled sets of the corpus.

Each kind weighs the same. Items pass through the keys, the first owners and the decision, as in the store, with news
of another day around them. Beside: MinHash-LSH at the threshold that serves it best (NEARDUP, section 2), and an exact
hash. Needs TOCSIN_CORPUS; STORIES_SEED names the seed.
"""

from __future__ import annotations

import os
import random
from statistics import fmean
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from bench.edits import EDITS, FIGURES, Desk
from bench.keytable import KeyTable
from bench.negatives import NEGATIVES
from bench.newsstand import Piece, agnews, labelled, reuters, web
from bench.prose import Prose
from rensa import RMinHash, RMinHashLSH

from worker.stories.nearness import copy_keys, kinship

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Pairs = Sequence[tuple[Piece, Piece]]

SEED = int(os.environ.get("STORIES_SEED", "11"))
ORIGINALS = 1_000
PAIRS = 1_500
AROUND = 1_500
BODY = 60
"""Words of a body, of which a copy keeps most; what an edit leaves shorter is a summary."""
NO_BODY = frozenset({"summary of 20-60 words", "teaser cut in a sentence", "two summaries", "headline only"})
OWN_LEAD = "own lead, copy-edited"


class Method(Protocol):
    """A way to find copies: `add` returns the story that a piece belongs to, an earlier piece's number or its own."""

    def add(self, item: int, piece: Piece) -> int: ...


class Tocsin:
    def __init__(self) -> None:
        self.table = KeyTable()

    def add(self, item: int, piece: Piece) -> int:
        fold = self.table.add(item, piece.wording(), feed=item)
        return fold.story if fold else item


class MinHash:
    """Word 3-grams, 128 permutations in 32 bands, Jaccard index from .35 on."""

    def __init__(self) -> None:
        self._lsh = RMinHashLSH(threshold=0.35, num_perm=128, num_bands=32)
        self._hashes: dict[int, RMinHash] = {}
        self._stories: dict[int, int] = {}

    def add(self, item: int, piece: Piece) -> int:
        words = piece.words()
        hashed = RMinHash(num_perm=128, seed=42)
        hashed.update([" ".join(words[place : place + 3]) for place in range(max(1, len(words) - 2))])
        near = ((hashed.jaccard(self._hashes[old]), old) for old in self._lsh.query(hashed))
        index, old = max(near, default=(0.0, item))
        self._lsh.insert(item, hashed)
        self._hashes[item] = hashed
        self._stories[item] = self._stories[old] if index >= 0.35 else item
        return self._stories[item]


class Exact:
    """Equal words of title and text."""

    def __init__(self) -> None:
        self._stories: dict[tuple[str, ...], int] = {}

    def add(self, item: int, piece: Piece) -> int:
        return self._stories.setdefault((piece.title.casefold(), *piece.words()), item)


METHODS: dict[str, Callable[[], Method]] = {"Tocsin": Tocsin, "MinHash-LSH": MinHash, "exact hash": Exact}


@pytest.fixture(scope="module")
def wire() -> list[Piece]:
    return reuters()


@pytest.fixture(scope="module")
def teasers() -> list[Piece]:
    return agnews()


def test_edits_and_look_alikes(wire, teasers, show):
    rng = random.Random(SEED)
    around = rng.sample(teasers, AROUND)
    originals = _distinct(rng.sample([one for one in wire if _long(one)], 2 * ORIGINALS))[:ORIGINALS]
    foreign = [*web(), *teasers]
    rows, found, wrong = [], dict.fromkeys(METHODS, 0.0), dict.fromkeys(METHODS, 0.0)
    for kind, edit in EDITS.items():
        desk = Desk(SEED, foreign)
        pairs = [edit(desk, piece) for piece in originals if kind != OWN_LEAD or _is_prose(piece)]
        if kind not in NO_BODY:
            pairs = [(one, other) for one, other in pairs if min(_size(one), _size(other)) >= BODY]
        shares = {name: _shares(make(), pairs, around) for name, make in METHODS.items()}
        for name, (right, other) in shares.items():
            found[name] += right
            wrong[name] += other
        rows.append(
            (kind, f"{len(pairs):,}", *(f"{right:.3f}" for right, _ in shares.values()), f"{shares['Tocsin'][1]:.4f}")
        )
    rows.append(("", "", *([""] * len(METHODS)), ""))
    for kind, make_pairs in NEGATIVES.items():
        pairs = list(make_pairs(Desk(SEED, foreign), rng.sample(wire, len(wire)), teasers))
        pairs = rng.sample(pairs, min(PAIRS, len(pairs)))
        folded = {name: _shares(make(), pairs, ())[0] for name, make in METHODS.items()}
        for name, share in folded.items():
            wrong[name] += share
        rows.append(
            (
                f"not: {kind}",
                f"{len(pairs):,}",
                *(f"{share:.3f}" for share in folded.values()),
                f"{folded['Tocsin']:.4f}",
            )
        )
    precision = [f"{found[name] / ((found[name] + wrong[name]) or 1):.3f}" for name in METHODS]
    rows += [
        ("precision, all kinds alike", "", *precision, ""),
        ("recall, all kinds alike", "", *(f"{found[name] / len(EDITS):.3f}" for name in METHODS), ""),
    ]
    show(f"Folded, as a share; seed {SEED}", ("kind", "pairs", *METHODS, "Tocsin wrong"), rows)


def test_labelled_sets(show):
    rows = []
    for name, pairs in labelled().items():
        shares = [_shares(make(), pairs, ())[0] for make in METHODS.values()]
        rows.append((name, f"{len(pairs):,}", *(f"{share:.3f}" for share in shares)))
    show("Labelled pairs, each alone: folded, as a share", ("set", "pairs", *METHODS), rows)


def test_one_topic(show):
    """1,000 stories on one topic: names in common, and every fourth paragraph out of the same few."""
    rows = []
    for kept, place in ((1, "first"), (1, "last"), (10, "anywhere"), (50, "anywhere")):
        table, folds = KeyTable(), 0
        for number, piece in enumerate(_topic(SEED, kept, place)):
            folds += table.add(number, piece.wording(), feed=number % 12) is not None
        rows.append((f"{kept} in common, {place}", f"{len(table):,}", str(folds), f"{table.compared / len(table):.2f}"))
    show("Distinct stories on one topic", ("background paragraphs", "stories", "folded", "compared a story"), rows)


def test_cost(wire, cpu, show):
    pieces = [piece for piece in wire if 150 <= _size(piece) <= 250][:1_000]
    words = [(piece, piece.words()) for piece in pieces]
    wordings = [piece.wording() for piece in pieces]
    copies = [piece._replace(title="").wording() for piece in pieces]
    some = wire[:2_000]
    keys, size = fmean(len(copy_keys(piece.wording())) for piece in some), fmean(map(_size, some))

    def each(call: Callable[[], object]) -> str:
        return f"{cpu(call, runs=3) / len(pieces) * 1e6:.0f}"

    rows = [
        ("words of title and text", each(lambda: [piece.words() for piece in pieces])),
        ("those, wording and keys", each(lambda: [copy_keys(piece.wording()) for piece in pieces])),
        ("kinship with another, prepared", each(lambda: _compared(wordings, wordings[1:]))),
        (
            "kinship with a copy, prepared",
            each(lambda: _compared(wordings, copies)),
        ),
        ("MinHash of given words", each(lambda: [MinHash().add(0, piece) for piece, _ in words])),
        ("exact hash of given words", each(lambda: [Exact().add(0, piece) for piece, _ in words])),
        (f"keys an item of {size:.0f} words, mean", f"{keys:.1f}"),
    ]
    show("An item of 200 words, us of CPU", ("step", "us"), rows)


def _compared(new: Iterable[Any], old: Iterable[Any]) -> list[object]:
    return [kinship(one, other, same_feed=False) for one, other in zip(new, old, strict=False)]


def _shares(method: Method, pairs: Pairs, around: Sequence[Piece]) -> tuple[float, float]:
    """Which shares of the second pieces are folded with their first ones, and with anything else."""
    for number, piece in enumerate(around):
        method.add(2 * len(pairs) + number, piece)
    stories = [method.add(2 * number, old) for number, (old, _) in enumerate(pairs)]
    told = [method.add(2 * number + 1, new) for number, (_, new) in enumerate(pairs)]
    right = sum(map(int.__eq__, stories, told))
    alone = sum(story == 2 * number + 1 for number, story in enumerate(told))
    return right / len(pairs), (len(pairs) - right - alone) / len(pairs)


def _distinct(pieces: Iterable[Piece]) -> list[Piece]:
    """Those that no method would take for another's copy: agencies send the same dispatch twice."""
    table, exact = KeyTable(), MinHash()
    return [
        piece
        for number, piece in enumerate(pieces)
        if (table.add(number, piece.wording(), feed=number) is None) & (exact.add(number, piece) == number)
    ]


def _size(piece: Piece) -> int:
    return len(piece.text.split())


def _long(piece: Piece) -> bool:
    return _size(piece) >= BODY and len(piece.title.split()) >= 4


def _is_prose(piece: Piece) -> bool:
    """Whether an editor could write a lead of 25 words over it: no table, and words enough."""
    return _size(piece) >= 100 and len(FIGURES.findall(piece.text)) < 0.1 * _size(piece)


def _topic(seed: int, kept: int, place: str) -> list[Piece]:
    prose, rng = Prose(seed), random.Random(seed)
    names = [prose.name().title() for _ in range(12)]

    def paragraph() -> str:
        words = prose.words(30)
        for name in rng.sample(names, k=3):
            words.insert(rng.randrange(len(words)), name)
        return " ".join(words).capitalize() + "."

    background = [paragraph() for _ in range(kept)]
    pieces = []
    for _ in range(1_000):
        parts = [paragraph() for _ in range(3)]
        at = {"first": 0, "last": 3}.get(place, rng.randint(0, 3))
        parts.insert(at, rng.choice(background))
        pieces.append(Piece(f"{rng.choice(names)} {prose.text(4)} {rng.choice(names)}", "\n".join(parts)))
    return pieces
