"""What changed between two states of one item, word by word, to be shown to a person, and whether it tells. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from worker.stories.stamps_counters import without_counters
from worker.stories.trimming import trimmed
from worker.stories.wire_names import credit_agency
from worker.text.tokens import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Kind = Literal["same", "removed", "added", "replaced"]

_WORDS_AT_ONCE = 1_200
"""Two stretches of so many words together are compared word by word; longer ones sentence by sentence first. What is
longer even so counts as replaced: difflib takes time by the square."""
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\U00020000-\U000323af"
)
"""Thai, Lao, Burmese, Khmer and their neighbours, kana and Han: as in `worker.text.tokens`, a character is a word; here
with its marks, which nobody could read alone."""
_WORD = re.compile(rf"[{_UNSPACED}](?>(?!\w)[{_UNSPACED}])*+|[^\s{_UNSPACED}]++")
_TIGHT = re.compile(rf"[{_UNSPACED}\u3000-\u303f\uff01-\uff65]")
_SPARE = re.compile(rf" (?={_TIGHT.pattern})|(?<={_TIGHT.pattern}) ")
"""Beside these no space stands."""
_SENTENCE = re.compile(
    r"\S.*?(?:(?<![.!?…])[.!?…]++(?=\s|$)|[。\uff01\uff1f។။]++[」』”）]*+|(?<=[\u0e00-\u0eff])(?=\s)|$)", re.MULTILINE
)
_NUMBERED = re.compile(r"UPDATE \d{1,2}-")
"""How an agency counts the states of a dispatch before its headline."""
_FEWEST_CUT = 4
"""Fewer words than these are no matter: they are shown, not left out."""


class Piece(NamedTuple):
    """A stretch of words: `old` as they were, `new` as they are; equal where `kind` is "same", empty where absent."""

    kind: Kind
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of an item's title and of its text, in order; words are joined by single spaces, if by any."""

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
    line = before = ""
    for number, piece in enumerate(pieces):
        if piece.kind == "same":
            parts = [(piece.new, _cut(piece.new, around, first=number == 0, last=number == last))]
        else:
            parts = [(piece.old, f"[-{piece.old}-]"), (piece.new, f"{{+{piece.new}+}}")]
        for words, marked in filter(itemgetter(0), parts):
            line += _joint(before, words) + marked
            before = words
    return line


def corrects(old_title: str, old_text: str, new_title: str, new_text: str) -> bool:
    """Return whether a reader of the new state is told anything else than one of the old.

    Compared are the folded words, in order, of the titles, and of the texts without datelines, credits, stamps and
    tails; counters that run on by themselves count in neither (`stamps_counters`). Numbers of the story do.
    """
    return _told(old_title, old_text) != _told(new_title, new_text)


def _told(title: str, text: str) -> tuple[list[str], list[str]]:
    own = _own(text)
    words = words_of(own)
    body = trimmed(own, words)  # and not `Wording.tokens`, which are the first thousands of a long text's
    return words_of(without_counters(_NUMBERED.sub("", title))), words[body.first : body.last]


def _own(text: str) -> str:
    """A text without lines around it that only name an agency."""
    lines = [line for line in without_counters(text).split("\n") if words_of(line)]
    while len(lines) > 1 and credit_agency(lines[-1]):
        lines.pop()
    while len(lines) > 1 and credit_agency(lines[0]):
        del lines[0]
    return "\n".join(lines)


def _cut(text: str, around: int, *, first: bool, last: bool) -> str:
    words = [*_WORD.finditer(text)]
    before, after = (0 if first else around), (0 if last else around)
    if len(words) < before + after + _FEWEST_CUT:
        return text
    head = text[: words[before - 1].end()] if before else ""
    tail = text[words[-after].start() :] if after else ""
    return f"{head}{_joint(head, tail or head)}…{_joint(tail or head, tail)}{tail}"


def _joint(left: str, right: str) -> str:
    """What stands between two stretches: nothing at an end, nor in scripts without spaces."""
    return "" if not left or not right or _TIGHT.match(left[-1]) or _TIGHT.match(right) else " "


def _glued(words: Iterable[str]) -> str:
    """Words as a line of text."""
    return _SPARE.sub("", " ".join(filter(None, words)))


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
    yield Piece("replaced", *(_glued(one[head : len(one) - tail]) for one in (old, new)))
    yield _same(old[len(old) - tail :])


def _by_words(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, removed, added in _opcodes(old, new):
        yield Piece(kind, _glued(removed), _glued(added))


def _opcodes(old: list[str], new: list[str]) -> Iterator[tuple[Kind, list[str], list[str]]]:
    kinds: dict[str, Kind] = {"equal": "same", "delete": "removed", "insert": "added", "replace": "replaced"}
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kinds[tag], old[a:b], new[c:d]


def _same(words: list[str]) -> Piece:
    return Piece("same", _glued(words), _glued(words))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one sort as one piece; one that removes beside one that adds is one that replaces."""
    for is_same, group in groupby(filter(lambda one: one.old or one.new, pieces), lambda one: one.kind == "same"):
        several = [*group]
        old, new = (_glued(side) for side in zip(*((one.old, one.new) for one in several), strict=True))
        kind: Kind = "same" if is_same else "replaced" if old and new else "removed" if old else "added"
        yield Piece(kind, old, new)
