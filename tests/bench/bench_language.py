"""What language real texts are found to be in: without a claim, claimed truly, claimed falsely; and what it costs.

The texts are those of two thousand news items in ten languages, from TOCSIN_CORPUS: each whole, its first 60 words, and
its headline alone.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from worker.text.language import language_of
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORT, HEADLINE = 60, 10
DENSE = 2
"""Characters that count as a word in Chinese."""


class Piece(NamedTuple):
    text: str
    words: frozenset[str]
    language: str


def cut(text: str, language: str, words: int) -> Piece:
    text = text[: words * DENSE] if language == "zh" else " ".join(text.split()[:words])
    return Piece(text, frozenset(words_of(text)), language)


@pytest.fixture(scope="module")
def pieces() -> dict[str, list[Piece]]:
    texts = dict(read(Path(os.environ["TOCSIN_CORPUS"]) / "neardup" / "semeval2022_task8_pairs.jsonl.gz"))
    return {
        name: [cut(text, language, length) for text, language in texts.items()]
        for name, length in {"whole": 1_000, "60 words": SHORT, "headline": HEADLINE}.items()
    }


def read(path: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for pair in map(json.loads, lines):
            for side in "12":
                if len(pair[f"text{side}"]) > SHORT * DENSE:
                    yield pair[f"text{side}"], pair[f"lang{side}"]


def falsely(piece: Piece) -> str:
    return "de" if piece.language == "en" else "en"


def test_languages(pieces: dict[str, list[Piece]], cpu: Callable[..., float], show: Callable[..., None]) -> None:
    rows = []
    for name, some in pieces.items():
        found = [language_of("", piece.text, None, piece.words) for piece in some]
        answered = sum(language is not None for language in found)
        right = sum(language == piece.language for language, piece in zip(found, some, strict=True))
        kept = sum(language_of("", piece.text, piece.language, piece.words) == piece.language for piece in some)
        lied = [(language_of("", piece.text, falsely(piece), piece.words), piece) for piece in some]
        believed = sum(language == falsely(piece) for language, piece in lied)
        corrected = sum(language == piece.language for language, piece in lied)
        english = [piece for piece in some if piece.language == "en"]
        costs = [
            cpu(lambda some=some, claim=claim: [language_of("", text, claim, words) for text, words, _ in some], runs=5)
            for some, claim in ((english, "en"), (some, None))
        ]
        rows.append(
            [
                name,
                *(
                    f"{100 * part / whole:.1f} %"
                    for part, whole in (
                        (answered, len(some)),
                        (right, answered),
                        (kept, len(some)),
                        (believed, len(some)),
                        (corrected, len(some)),
                    )
                ),
                *(f"{cost / len(of) * 1e6:.0f} us" for cost, of in zip(costs, (english, some), strict=True)),
            ]
        )
    show(
        f"The language of {len(pieces['whole'])} items",
        ["", "no claim: answered", "of these right", "true claim: kept", "false one: believed", "corrected",
         "claimed en, is en", "no claim"],
        rows,
    )  # fmt: skip
