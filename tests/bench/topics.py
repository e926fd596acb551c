"""Watch lists as people write them: names, and queries of a few words, drawn from news."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.newsstand import Piece

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}\b")
"""Two or three capitalised words in a row, within a sentence."""
_WORD = re.compile(r"[a-z]+")
FEWEST, MOST = 2, 0.01
"""A word that people ask for is in so many pieces at least, and in this share of them at most."""
SHORTEST = 4
KINDS = {"word": 0.3, "phrase": 0.25, "together": 0.3, "prefix": 0.08, "title": 0.07}


class Phrase(NamedTuple):
    """Words in a row; of a word that `goes_on` the beginning."""

    words: str
    goes_on: bool = False
    in_title: bool = False

    def __str__(self) -> str:
        written = f'"{self.words}"' if " " in self.words else f"{self.words}{'*' * self.goes_on}"
        return f"title:{written}" if self.in_title else written


class Topic(NamedTuple):
    """What one watch list asks for: one of each of `needs`, and nothing of `lacks`."""

    needs: tuple[tuple[Phrase, ...], ...]
    lacks: tuple[Phrase, ...] = ()

    @property
    def query(self) -> str:
        needs = (f"({' OR '.join(map(str, any_of))})" if len(any_of) > 1 else str(any_of[0]) for any_of in self.needs)
        return " ".join((*needs, *(f"-{phrase}" for phrase in self.lacks)))


def names(pieces: Sequence[Piece], number: int) -> list[Topic]:
    """So many different names: those of the pieces, and then first and last names of theirs put together anew."""
    chance = random.Random(1)
    found = list(dict.fromkeys(name for piece in pieces for name in _NAME.findall(piece.text)))
    firsts, lasts = zip(*(name.split(" ", 1) for name in found), strict=True)
    drawn = dict.fromkeys(chance.sample(found, min(number, len(found))))
    while len(drawn) < number:
        drawn[f"{chance.choice(firsts)} {chance.choice(lasts)}"] = None
    return [Topic(((Phrase(name),),)) for name in chance.sample(list(drawn), number)]


def queries(pieces: Sequence[Piece], number: int) -> list[Topic]:
    """So many queries of words that are neither everywhere nor in one piece alone."""
    chance = random.Random(2)
    texts = [words for piece in pieces if (words := _WORD.findall(piece.text.lower()))]
    spread = Counter(word for words in texts for word in set(words))
    rare = [
        word for word, held in spread.items() if FEWEST <= held <= max(10, MOST * len(texts)) and len(word) >= SHORTEST
    ]
    known = frozenset(rare)

    def word() -> Phrase:
        return Phrase(chance.choice(rare))

    def phrase() -> Phrase:
        while True:
            words = chance.choice(texts)
            place = chance.randrange(len(words))
            said = words[place : place + chance.choice((2, 2, 3))]
            if len(said) > 1 and not known.isdisjoint(said):
                return Phrase(" ".join(said))

    def topic(kind: str) -> Topic:
        if kind == "together":
            return Topic(((word(), phrase()), (word(),)), (word(),))
        if kind == "prefix":
            return Topic(((Phrase(_stem(word().words), goes_on=True),),))
        if kind == "title":
            return Topic(((Phrase(word().words, in_title=True),),))
        return Topic(((word() if kind == "word" else phrase(),),))

    return [topic(kind) for kind in chance.choices(list(KINDS), list(KINDS.values()), k=number)]


def _stem(word: str) -> str:
    """A word without its ending, as people cut it."""
    return word[: max(SHORTEST, len(word) - 2)]
