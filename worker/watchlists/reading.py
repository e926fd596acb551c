"""An item as it is read: tokenised once, for the watch lists and for its copy keys. PURE."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from worker.text.language import language_of
from worker.text.stems import LONGEST_INFLECTED, has_stemmer, stems
from worker.text.tokens import APOSTROPHES, Tokens, gaps_of, tokenize, words_and_blanks
from worker.watchlists.model import Matchable, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from worker.watchlists.tree import TextField

_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))

SEPARATOR = "\0"
"""Stands before, between and after the words of a text in its `run`: no word holds it."""


class Row(NamedTuple):
    """Words in a row, and their run (see `run_of`)."""

    words: Sequence[str]
    run: str


class Text:
    """One string of an item: words that follow each other. No phrase leads from one into the next.

    Attributes:
        field: Which field it belongs to.
        raw: The string as it stands.
        words: Its words, folded.
    """

    def __init__(self, field: TextField, raw: str, *, shift: int = 0) -> None:
        self.field = field
        self.raw = raw
        self.words: list[str]
        self.words, self._spaced = words_and_blanks(raw)
        self._shift = shift
        self._stems: Row | None = None

    @cached_property
    def run(self) -> str:
        """The words in order (`run_of`): the text holds a phrase if this holds the phrase's own run."""
        return run_of(self.words)

    @cached_property
    def tokens(self) -> Tokens:
        """The words with their places."""
        return tokenize(self.raw)

    @property
    def row(self) -> Row:
        """The words as they are folded."""
        return Row(self.words, self.run)

    @cached_property
    def written(self) -> Row:
        """The words as they are written, but for what cannot be seen (`as_written`)."""
        tokens, raw = self.tokens, self.raw
        return row_of([as_written(raw[start:end]) for start, end in zip(tokens.starts, tokens.ends, strict=True)])

    def stems(self, language: str | None) -> Row:
        """Return the stems of the words, one each; always asked with the item's language."""
        if not has_stemmer(language):
            return self.row
        if self._stems is None:
            # Words too long to be inflected are folded already.
            short = [word if len(word) <= LONGEST_INFLECTED else "" for word in self.written.words]
            found = zip(stems(short, language), self.words, strict=True)
            self._stems = row_of([stem or word for stem, word in found])
        return self._stems

    def places(self, word: str) -> Sequence[int]:
        """Return the numbers of the words that are folded so, ascending."""
        return self._numbers.get(word, ())

    def spans(self, run: str) -> Iterable[Span]:
        """Return where the words of `run` stand, ascending; where it ends within a word, to that word's end."""
        first = self.run.find(run)
        return self._spans(run, first) if first >= 0 else ()

    def _spans(self, run: str, at: int) -> Iterator[Span]:
        """Yield the places of `run`, the first of which is at character `at` of the text's own."""
        whole, gaps = self.run, self._gaps
        if gaps is None:
            more = run.count(SEPARATOR, 1, -1)
            yield from (self.span(first, first + more) for first in found_in(whole, run))
            return
        length = len(run) - 1
        while at >= 0:
            yield self.span_at(at, whole.index(SEPARATOR, at + length))
            at = whole.find(run, at + 1)

    def span_at(self, start: int, end: int) -> Span:
        """Return where the words between the separators at `start` and `end` of the run stand in the field."""
        gaps, shift, last = self._gaps, self._shift, end - 1
        if gaps is None:
            return self.span(bisect_left(self._separators, start), bisect_left(self._separators, end) - 1)
        return Span(self.field, shift + start + bisect_right(gaps, start), shift + last + bisect_right(gaps, last))

    def span(self, first: int, last: int) -> Span:
        """Return where the words from number `first` to `last` stand in the field."""
        return self.span_of(self.tokens.starts[first], self.tokens.ends[last])

    def span_of(self, start: int, end: int) -> Span:
        """Return the span of characters `start` to `end` of this string within the field."""
        return Span(self.field, self._shift + start, self._shift + end)

    @cached_property
    def _gaps(self) -> list[int] | None:
        return None if self._spaced is None else gaps_of(self._spaced)

    @cached_property
    def _separators(self) -> list[int]:
        """Where they stand in the run; the word with the same number follows."""
        return [0, *accumulate(len(word) + 1 for word in self.words)]

    @cached_property
    def _numbers(self) -> Mapping[str, Sequence[int]]:
        numbers: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            numbers.setdefault(word, []).append(number)
        return numbers


class Reading:
    """One item's words. Title, text and each category are texts of their own; the lesser fields are read if asked for.

    Attributes:
        words: All folded words of title, text and categories.
    """

    def __init__(self, item: Matchable) -> None:
        self.item = item
        self._title = Text("title", item.title)
        self._text = Text("text", item.text)
        self._categories = _joined("category", item.categories) if item.categories else ()
        self._main = (self._title, self._text, *self._categories)
        self._lesser: dict[TextField, tuple[Text, ...]] = {}
        self._held: dict[str, bool] = {}
        self.words: frozenset[str] = frozenset().union(*[text.words for text in self._main])

    @property
    def title(self) -> Sequence[str]:
        """The title's words, folded."""
        return self._title.words

    @property
    def text(self) -> Sequence[str]:
        """The text's words, folded."""
        return self._text.words

    @cached_property
    def run(self) -> str:
        """The runs of all texts of title, text and categories, in order."""
        return "".join([text.run for text in self._main])

    def span_at(self, start: int, end: int) -> Span:
        """Return where the words stand whose own run is characters `start` to `end` of `run`."""
        begins = self._begins
        number = bisect_right(begins, start) - 1
        begin = begins[number]
        return self._main[number].span_at(start - begin, end - begin - 1)

    @cached_property
    def _begins(self) -> list[int]:
        """Where the run of each text begins in `run`."""
        return [0, *accumulate(len(text.run) for text in self._main[:-1])]

    def holds(self, run: str) -> bool:
        """Whether one text of title, text and categories holds a run; a long text is looked through once for each."""
        found = self._held.get(run)
        if found is None:
            found = self._held[run] = run in self.run
        return found

    @cached_property
    def language(self) -> str | None:
        """The item's language: what its feed says, unless the words clearly say otherwise; None if nobody knows."""
        item = self.item
        return language_of(item.title, item.text, item.language, self.words)

    def texts(self, field: TextField | None) -> tuple[Text, ...]:
        """Return the texts of a field; None: of title, text and categories."""
        if field is None:
            return self._main
        if field == "title":
            return (self._title,)
        if field == "text":
            return (self._text,)
        if field == "category":
            return self._categories
        if field not in self._lesser:
            self._lesser[field] = _joined(field, _strings(self.item, field))
        return self._lesser[field]


def of_feed(name: str, url: str, tags: Collection[str]) -> Reading:
    """Read a feed as an item of it that says nothing: what meets that meets all that it has."""
    return Reading(Matchable("", "", feed_tags=frozenset(tags), feed_name=name, feed_url=url))


def row_of(words: Sequence[str]) -> Row:
    """Return `words` with their run."""
    return Row(words, run_of(words))


@lru_cache(maxsize=10_000)
def as_written(word: str) -> str:
    """Drop what cannot be seen: the Unicode form, characters without width, which apostrophe it is."""
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFC", word.translate(_APOSTROPHE))
    return "".join(char for char in plain if unicodedata.category(char) != "Cf")


def run_of(words: Sequence[str]) -> str:
    """Write `words` as `Text.run` does: as many separators as words, and one."""
    return SEPARATOR.join(("", *words, ""))


def found_in(whole: str, run: str) -> Iterator[int]:
    """Yield the number of each word of the run `whole` at which the words of `run` begin, ascending."""
    at, number = 0, 0
    while (begin := whole.find(run, at)) >= 0:
        number += whole.count(SEPARATOR, at, begin)
        yield number
        at, number = begin + 1, number + 1


def _joined(field: TextField, strings: Sequence[str]) -> tuple[Text, ...]:
    """One text for each string; places are those in all of them joined by newlines."""
    texts: list[Text] = []
    shift = 0
    for string in strings:
        texts.append(Text(field, string, shift=shift))
        shift += len(string) + 1
    return tuple(texts)


def _strings(item: Matchable, field: TextField) -> Sequence[str]:
    if field == "author":
        return item.authors
    if field == "source":
        return (item.source,) if item.source else ()
    if field == "link":
        return (item.link,) if item.link else ()
    return (item.feed_name, item.feed_url)
