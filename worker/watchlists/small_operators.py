"""Operators that are hardly seen: or, and, not in small letters, and a ~ apart from its phrase, are words. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.watchlists.doubt import doubt_of
from worker.watchlists.tokens import QUOTES
from worker.watchlists.tree import And, Not, Or

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from worker.watchlists.doubt import Doubt
    from worker.watchlists.tree import Node

_MEANT = {
    "or": "write OR in capitals",
    "and": "write AND in capitals, or leave it out",
    "not": "write - right before what must not be there, or NOT in capitals",
}
_ALSO = {"or": ("fr",), "and": ("da", "nb", "nn", "no", "sv"), "not": ("de",)}
"""Languages in which the operator is another word: gold, a duck, distress."""

_NUMBER = re.compile(r"[~\uff5e]\d+")


def small_operators(node: Node, query: str, languages: Collection[str] = ()) -> Iterator[Doubt]:
    """Yield the words of `query` that are meant as operators, it seems; none stands in quotes or alone.

    `node` is its tree, `languages` are those of the items that it will be asked of; empty: all.
    """
    if isinstance(node, Not):
        yield from small_operators(node.part, query, languages)
    elif isinstance(node, And | Or):
        if isinstance(node, And):
            yield from _in_a_row(node.parts, query, languages)
        for part in node.parts:
            yield from small_operators(part, query, languages)


def _in_a_row(parts: Sequence[Node], query: str, languages: Collection[str]) -> Iterator[Doubt]:
    spoken = {language.partition("-")[0] for language in languages}
    for before, part in zip((None, *parts), parts, strict=False):
        written = query[part.offset : part.offset + part.length]
        small = written.lower()
        if small in _MEANT and ("en" in spoken or spoken.isdisjoint(_ALSO[small])):
            how = f'{_MEANT[small]}, or "{written}" in quotes if that is meant'
            yield doubt_of(f"{written} is a word to look for as it stands: {how}", part)
        elif _NUMBER.fullmatch(written) and before is not None and _is_right_behind(before, part, query):
            number = written[1:]
            yield doubt_of(f'this looks for the word {number}: write "..."~{number}, without a space before ~', part)


def _is_right_behind(phrase: Node, part: Node, query: str) -> bool:
    """Whether nothing but white space stands between `part` and a phrase in quotes."""
    end = phrase.offset + phrase.length
    return query[end - 1] in QUOTES and not query[end : part.offset].strip()
