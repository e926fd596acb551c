"""News-like text out of a seeded generator: words as rare as in a language (Zipf), so that matching meets real odds."""

from __future__ import annotations

import random
from itertools import accumulate, count

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


class Prose:
    def __init__(self, seed: int = 1, *, vocabulary: int = 60_000) -> None:
        self._random = random.Random(seed)
        found: dict[str, None] = {}
        while len(found) < vocabulary:
            found["".join(self._random.choices(SYLLABLES, k=self._random.randint(2, 4)))] = None
        self._words = list(found)
        self._names, self._rare = self._words[1_000:], self._words[3_000:]
        self._weights = list(accumulate(1 / rank for rank in range(1, vocabulary + 1)))
        self._numbers = count(1)

    def words(self, number: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=number)

    def text(self, number: int) -> str:
        return " ".join(self.words(number))

    def html(self, number: int) -> str:
        """Paragraphs with the markup that feeds carry."""
        parts = [f'<p>{self.text(40)} <a href="https://news.example/{next(self._numbers)}">{self.text(3)}</a></p>']
        while sum(map(len, parts)) < number * 6:
            parts.append(f"<p>{self.text(30)} <em>{self.text(2)}</em> {self.text(8)}</p>")
        return '<img src="https://news.example/a.jpg" width="600"/>' + "".join(parts)

    def chance(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()

    def name(self) -> str:
        """Two rare words, as people's and places' names are."""
        return " ".join(self._random.choices(self._names, k=2))

    def query(self) -> str:
        """What people ask for: a word or a name, or one of two things together with a third."""
        kind = self._random.random()
        rare = self._random.choices(self._rare, k=3)
        if kind < 0.3:
            return rare[0]
        if kind < 0.6:
            return f'"{self.name()}"'
        return f'({rare[0]} OR "{self.name()}") {rare[1]} -{rare[2]}'
