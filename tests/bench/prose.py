"""News-like text out of a seeded generator, so that reading, matching and folding meet the odds of real news.

Two words in five are those that English texts are made of. The others are made up, as rare as words are in a language
(Zipf's law), and one in four was in the same text before. So of 235 words some 140 are different, as in real news, and
copy keys are as many. Of the texts two in three have typographic marks, and one in four a letter beyond ASCII.
"""

from __future__ import annotations

import random
from itertools import accumulate, count, islice

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_ANYWHERE = """
    the of and to a in that is was he for it with as his on be at by this had not are but from or have an they which
    one were her all she there would their we been has when who will more no if out so said what up its about into than
    them can other new some could these may then do any such our over most after also before through where should might
    while under between against because
"""
ANYWHERE = _ANYWHERE.split()
"""Words that English texts are made of, the commonest first."""
FROM_ANYWHERE, SAID_BEFORE = 0.41, 0.25
COMMONEST = 20
"""The commonest of a language are in the list above: made-up words begin at this rank."""
NAMES, RARE = 1_000, 3_000
"""From here on made-up words may be names, and what people ask for."""
ACCENTED = 0.006
SENTENCE = 20
MARKS = {False: ('"', '"', "'", "-"), True: ("“", "”", "’", "–")}


class Prose:
    def __init__(self, seed: int = 1, *, vocabulary: int = 60_000) -> None:
        self._random = random.Random(seed)
        found = dict.fromkeys(ANYWHERE)
        while len(found) < vocabulary + len(ANYWHERE):
            found[self._word(accented=len(found) > NAMES and self.chance() < ACCENTED)] = None
        self._words = [*found][len(ANYWHERE) :]
        self._names, self._rare = self._words[NAMES:], self._words[RARE:]
        self._anywhere = list(accumulate(1 / rank for rank in range(1, len(ANYWHERE) + 1)))
        self._weights = list(accumulate(1 / (COMMONEST + rank) for rank in range(vocabulary)))
        self._numbers = count(1)

    def words(self, number: int) -> list[str]:
        """The words of one text, in lower case."""
        chance = self._random.random
        words = self._random.choices(self._words, cum_weights=self._weights, k=number)
        for place in range(1, number):
            if chance() < SAID_BEFORE:
                words[place] = words[int(chance() * place)]
        anywhere = self._random.choices(ANYWHERE, cum_weights=self._anywhere, k=number)
        return [other if chance() < FROM_ANYWHERE else word for word, other in zip(words, anywhere, strict=True)]

    def text(self, number: int) -> str:
        return " ".join(self.words(number))

    def html(self, number: int) -> str:
        """So many words in paragraphs of sentences, with the markup that feeds carry."""
        words, marks = iter(self.words(number)), MARKS[self.chance() < 2 / 3]
        parts = ['<img src="https://news.example/a.jpg" width="600"/>']
        while said := [*islice(words, 2 * SENTENCE)]:
            sentences = self._sentence(said[:SENTENCE], marks), self._sentence(said[SENTENCE:], marks)
            linked, strong = " ".join(islice(words, 3)), " ".join(islice(words, 2))
            link = f'<a href="https://news.example/{next(self._numbers)}">{linked}</a>' if len(parts) == 1 else linked
            parts.append(f"<p>{' '.join(sentences)} {link} <em>{strong}</em>.</p>")
        return "".join(parts)

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

    def _word(self, *, accented: bool) -> str:
        word = "".join(self._random.choices(SYLLABLES, k=self._random.choice((2, 3, 4, 4))))
        return word.replace("e", "é").replace("o", "ö") if accented else word

    def _sentence(self, words: list[str], marks: tuple[str, str, str, str]) -> str:
        """A sentence, or a quotation, with one more mark in it."""
        if not words:
            return ""
        opening, closing, apostrophe, dash = marks
        place = self._random.randrange(len(words))
        words[place] += self._random.choice((",", ",", f"{apostrophe}s", f" {dash}"))
        said = " ".join(words).capitalize()
        return f"{opening}{said}{closing}." if self.chance() < 1 / 6 else f"{said}."
