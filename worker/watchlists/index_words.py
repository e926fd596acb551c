"""What an index holds of an item: its words, field by field, and marks for what is no word. PURE.

The words are those that the matcher compares, so that the index and the matcher never disagree. A mark begins with a
colon, which no word does: `:ljones`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from worker.watchlists.needs import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from worker.watchlists.reading import Reading, Text
    from worker.watchlists.tree import TextField

BREAK = ":"
"""Stands between the texts of one field, so that no phrase leads from one into the next; and in every item."""

CUT = "::"
"""The mark of an item of which an index could not take everything: it may hold anything."""

LANGUAGE = ":l"
FEED = ":f"
FIELDS: Mapping[TextField | None, str] = {"author": ":a", "source": ":s"}
"""How the words of lesser fields are marked."""


class IndexWords(NamedTuple):
    """The words of title, text and categories in order, BREAK behind each category; and the marks."""

    title: Sequence[str]
    text: Sequence[str]
    category: Sequence[str]
    marks: Sequence[str]


def index_words(reading: Reading, *, feed: int) -> IndexWords:
    """Return what an index holds of an item of that feed."""
    marks = [f"{FEED}{feed}", *(f"{LANGUAGE}{code}" for code in languages_of(reading.language)), BREAK]
    for field, mark in FIELDS.items():
        marks += [word if word == BREAK else mark + word for word in _joined(reading.texts(field))]
    return IndexWords(_cut(reading.title), _cut(reading.text), _joined(reading.texts("category")), marks)


def languages_of(language: str | None) -> Iterator[str]:
    """Yield what an item in `language` speaks: "pt", "pt-br"."""
    parts = language.split("-") if language else []
    for size in range(1, len(parts) + 1):
        yield "-".join(parts[:size])


def _joined(texts: Iterable[Text]) -> list[str]:
    """The words of several texts, a break behind each."""
    words: list[str] = []
    for text in texts:
        words += _cut(text.words)
        words.append(BREAK)
    return words


def _cut(words: Sequence[str]) -> Sequence[str]:
    if max(map(len, words), default=0) <= LONGEST:
        return words
    return [word[:LONGEST] for word in words]
