"""Pairs that look like copies and are none, in seven kinds, made of the corpus with a seed."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bench.edits import BOXES
from bench.newsstand import Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bench.edits import Desk

    Pairs = Iterable[tuple[Piece, Piece]]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_APART = 6


def templates(desk: Desk, pieces: Sequence[Piece], _: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """A company's earnings in the words of another's: the nearest by shared shingles."""
    earnings = [piece for piece in pieces if piece.topic == "earn" and len(piece.text.split()) >= 15]
    bags = [_trigrams(piece.text) for piece in earnings]
    holders = defaultdict(list)
    for number, bag in enumerate(bags):
        for gram in bag:
            holders[gram].append(number)
    for number in desk.random.sample(range(len(earnings)), k=min(1_500, len(earnings))):
        met = Counter(other for gram in bags[number] for other in holders[gram][:400])
        company = earnings[number].title.split()[:2]
        near = [other for other, _ in met.most_common(12) if earnings[other].title.split()[:2] != company]
        if near:
            yield earnings[number], earnings[near[0]]


def recurring(desk: Desk, pieces: Sequence[Piece], _: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """The report of the same name a week later."""
    named = defaultdict(list)
    for piece in pieces:
        if len(piece.title.split()) >= 3:
            named[piece.title].append(piece)
    for same in named.values():
        for one, other in itertools.pairwise(same):
            if other.day - one.day >= _DAYS_APART and one.text != other.text:
                yield one, other


def other_numbers(desk: Desk, pieces: Sequence[Piece], _: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """A report of many numbers, every number and weekday another."""
    for piece in pieces:
        numbers = re.findall(r"\d+", piece.text)
        if len(numbers) >= 6 and len(numbers) >= len(piece.text.split()) / 8:
            text = re.sub(r"\d+", lambda found: _other(desk, found[0]), piece.text)
            text = re.sub("|".join(_WEEKDAYS), lambda _: desk.random.choice(_WEEKDAYS), text)
            yield piece, piece._replace(text=text)


def same_boxes(desk: Desk, pieces: Sequence[Piece], _: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Two teasers of other stories under one outlet's boxes: with these, half of the text is the same."""
    boxes = " ".join(BOXES[:2])
    for _number in range(1_000):
        one, other = desk.random.sample(pieces, k=2)
        yield tuple(Piece(piece.title, " ".join([*piece.text.split()[:25], boxes])) for piece in (one, other))  # type: ignore[misc]


def follow_ups(desk: Desk, pieces: Sequence[Piece], _: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """News of its own, and below it 35 to 50 % of background out of the last report."""
    for piece in pieces:
        parts = piece.paragraphs
        if len(parts) >= 5:
            background = parts[len(parts) // 2 :]
            size = len(" ".join(background).split())
            share = 0.35 + 0.15 * desk.random.random()
            lead = desk.words(int(size * (1 - share) / share))
            yield piece, Piece(desk.rewritten(Piece("", lead)), "\n".join([lead, *background]))


def round_ups(desk: Desk, pieces: Sequence[Piece], _: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """The leads of six stories in one item, and the summary of one of them."""
    long_enough = [piece for piece in pieces if len(piece.text.split()) >= 45]
    for _number in range(1_000):
        six = desk.random.sample(long_enough, k=6)
        leads = "\n".join(" ".join(piece.text.split()[:40]) for piece in six)
        told = desk.random.choice(six)
        yield (
            Piece("Morning briefing: what you need to know", leads),
            Piece(told.title, " ".join(told.text.split()[:40])),
        )


def same_topic(desk: Desk, _: Sequence[Piece], teasers: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """The same event or topic in other words: headlines share most words, texts few."""
    holders = defaultdict(list)
    bags = [frozenset(word.lower() for word in piece.title.split() if len(word) > 3) for piece in teasers]
    for number, bag in enumerate(bags):
        for word in bag:
            holders[word].append(number)
    for number, bag in enumerate(bags):
        met = Counter(other for word in bag for other in holders[word][:200] if other > number)
        for other, shared in met.most_common(1):
            if shared >= 3 and shared >= 0.6 * min(len(bag), len(bags[other])):
                one, two = _trigrams(teasers[number].text), _trigrams(teasers[other].text)
                if len(one & two) < 0.3 * min(len(one), len(two)):
                    yield teasers[number], teasers[other]


def _trigrams(text: str) -> frozenset[tuple[str, ...]]:
    words = text.lower().split()
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _other(desk: Desk, digits: str) -> str:
    while (found := "".join(desk.random.choices("123456789", k=len(digits)))) == digits:
        pass
    return found


NEGATIVES: dict[str, Callable[[Desk, Sequence[Piece], Sequence[Piece]], Pairs]] = {
    "template, other company": templates,
    "same report, another day": recurring,
    "every number another": other_numbers,
    "same boxes, other story": same_boxes,
    "follow-up, old background": follow_ups,
    "round-up and summary": round_ups,
    "same event, other words": same_topic,
}
