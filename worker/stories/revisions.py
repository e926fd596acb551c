"""What changed between two states of one item, word by word, to be shown to a person. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["same", "removed", "added", "replaced"]

_WORDS_AT_ONCE = 1_200
"""Two stretches of so many words together are compared word by word; longer ones sentence by sentence first. What is
longer even so counts as replaced: difflib takes time by the square."""
_SENTENCE = re.compile(r"\S(?:.*?[.!?…。\uff01\uff1f]+(?=\s|$)|.*?(?=\n|$)|.*)", re.DOTALL)
_WORD = re.compile(r"\S+")


class Piece(NamedTuple):
    """A stretch of words: `old` as they were, `new` as they are; equal where `kind` is "same", empty where absent."""

    kind: Kind
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of an item's title and of its text, in order; words are joined by single spaces."""

    title: tuple[Piece, ...]
    text: tuple[Piece, ...]

    def __bool__(self) -> bool:
        """Whether any word changed."""
        return any(piece.kind != "same" for piece in (*self.title, *self.text))


def changes(old_title: str, old_text: str, new_title: str, new_text: str) -> Changes:
    """Return what changed from one state to the next.

    White space does not count. Time grows with the length of the texts, by the square only in stretches of some
    hundred words: two texts of 200,000 characters take a fraction of a second.
    """
    return Changes(_compared(old_title, new_title), _compared(old_text, new_text))


def shown(pieces: Sequence[Piece], *, around: int = 6) -> str:
    """Return changes as one line of text: ``[-removed-]`` and ``{+added+}`` (as wdiff has it).

    Of what stayed the same only `around` words beside each change are given, the rest as "…"; "" where all stayed.
    """
    if all(piece.kind == "same" for piece in pieces):
        return ""
    last = len(pieces) - 1
    return " ".join(
        _cut(piece.new, around, first=number == 0, last=number == last)
        if piece.kind == "same"
        else " ".join(filter(None, (piece.old and f"[-{piece.old}-]", piece.new and f"{{+{piece.new}+}}")))
        for number, piece in enumerate(pieces)
    )


def _cut(text: str, around: int, *, first: bool, last: bool) -> str:
    words = text.split()
    before, after = (0 if first else around), (0 if last else around)
    if len(words) <= before + after:
        return text
    return " ".join([*words[:before], "…", *words[len(words) - after :]])


def _compared(old: str, new: str) -> tuple[Piece, ...]:
    mine, theirs = _WORD.findall(old), _WORD.findall(new)
    if len(mine) + len(theirs) <= _WORDS_AT_ONCE:
        found = _by_words(mine, theirs)
    else:
        found = _by_sentences(_SENTENCE.findall(old), _SENTENCE.findall(new))
    return tuple(_joined(found))


def _by_sentences(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Compare sentences as a whole, and the words of those that changed."""
    if len(old) + len(new) > _WORDS_AT_ONCE:
        yield from _ends(old, new)
        return
    for _, removed, added in _opcodes(old, new):
        mine, theirs = _WORD.findall(" ".join(removed)), _WORD.findall(" ".join(added))
        if len(mine) + len(theirs) <= _WORDS_AT_ONCE:
            yield from _by_words(mine, theirs)
        else:
            yield from _ends(mine, theirs)


def _ends(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Of what is too long to be compared: how it begins and ends alike."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    yield _same(old[:head])
    yield Piece("replaced", *(" ".join(one[head : len(one) - tail]) for one in (old, new)))
    yield _same(old[len(old) - tail :])


def _by_words(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, removed, added in _opcodes(old, new):
        yield Piece(kind, " ".join(removed), " ".join(added))


def _opcodes(old: list[str], new: list[str]) -> Iterator[tuple[Kind, list[str], list[str]]]:
    kinds: dict[str, Kind] = {"equal": "same", "delete": "removed", "insert": "added", "replace": "replaced"}
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kinds[tag], old[a:b], new[c:d]


def _same(words: list[str]) -> Piece:
    return Piece("same", " ".join(words), " ".join(words))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one sort as one piece; one that removes beside one that adds is one that replaces."""
    for is_same, group in groupby(filter(lambda one: one.old or one.new, pieces), lambda one: one.kind == "same"):
        several = [*group]
        old, new = (" ".join(filter(None, side)) for side in zip(*((one.old, one.new) for one in several), strict=True))
        kind: Kind = "same" if is_same else "replaced" if old and new else "removed" if old else "added"
        yield Piece(kind, old, new)
