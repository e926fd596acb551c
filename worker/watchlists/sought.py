"""What each leaf of a query looks for: whether an item holds it, and where. PURE."""

from __future__ import annotations

from collections import Counter, deque
from functools import lru_cache
from heapq import merge
from itertools import repeat
from typing import TYPE_CHECKING, Protocol

from worker.text.stems import stem
from worker.text.tokens import fold
from worker.watchlists.canonical import shown
from worker.watchlists.features import MAIN, written_words
from worker.watchlists.kin import kin_of
from worker.watchlists.named import names_of
from worker.watchlists.patterns import compiled_pattern
from worker.watchlists.reading import as_written, found_in, run_of
from worker.watchlists.tree import ANY, Country, Label, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from worker.watchlists.model import Span
    from worker.watchlists.reading import Reading, Row, Text
    from worker.watchlists.tree import Leaf


class Sought(Protocol):
    """One thing to be found."""

    @property
    def shown(self) -> str:
        """How an alert names it."""

    def met(self, reading: Reading) -> bool:
        """Whether the item holds it."""

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield where, text by text, ascending in each; nothing for what stands in no text."""


def sought(leaf: Leaf) -> Sought:
    """Return what `leaf` looks for; a reference must have been resolved before."""
    if isinstance(leaf, Term):
        return _term(leaf)
    if isinstance(leaf, Pattern):
        return Matching(leaf)
    if isinstance(leaf, Country):
        return Named(leaf)
    if isinstance(leaf, Label):
        return Labelled(leaf)
    raise TypeError(leaf.name)


def _term(term: Term) -> Sought:
    if term.within is not None:
        return Near(term)
    folded = term.way in ("word", "prefix") and ANY not in term.words
    return Words(term) if folded else InARow(term)


class Words:
    """Words that follow each other directly in one text; the last of a prefix may go on."""

    __slots__ = ("_field", "_run", "shown", "words")

    def __init__(self, term: Term) -> None:
        self.shown = shown(term)
        self._field = term.field
        self._run = run_of(term.words)
        self.words: tuple[str, ...] = term.words
        if term.way == "prefix":
            self._run = self._run[:-1]
            self.words = term.words[:-1]

    def met(self, reading: Reading) -> bool:
        """Whether one text holds the words, one directly after the other."""
        # The set turns nearly all down; the run decides.
        if self._field in MAIN and not reading.words.issuperset(self.words):
            return False
        if self._field is None:
            return (len(self.words) == 1 and self._run[-1] == "\0") or reading.holds(self._run)
        return any(self._run in text.run for text in reading.texts(self._field))

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield each run of words."""
        for text in reading.texts(self._field):
            yield from text.spans(self._run)


class InARow:
    """Words that follow each other, ANY among them, compared in the term's way."""

    __slots__ = ("_field", "_way", "_words", "_written", "shown")

    def __init__(self, term: Term) -> None:
        self.shown = shown(term)
        self._field = term.field
        self._way = term.way
        self._words = term.words
        self._written = written_words(term)

    def met(self, reading: Reading) -> bool:
        """Whether one text holds them."""
        return any(True for text in reading.texts(self._field) for _ in self._starts(text, reading))

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield each place."""
        for text in reading.texts(self._field):
            for first in self._starts(text, reading):
                yield text.span(first, first + len(self._words) - 1)

    def _starts(self, text: Text, reading: Reading) -> Iterator[int]:
        """Yield the number of the first word of each place."""
        if self._way == "word":
            return _gapped(text.row, self._words)
        if self._way == "stem":
            return _gapped(text.stems(reading.language), _stems_of(self._written, reading.language))
        if self._words[0] not in text.words and self._way == "exact":
            return iter(())
        return _gapped(text.written, tuple(map(as_written, self._written)))


class Near:
    """Words within some positions of each other, in any order, each at one of its own."""

    __slots__ = ("_field", "_term", "_within", "_written", "shown")

    def __init__(self, term: Term) -> None:
        self.shown = shown(term)
        self._term = term
        self._field = term.field
        self._within = term.within or 0
        self._written = written_words(term)

    def met(self, reading: Reading) -> bool:
        """Whether they are so in one text."""
        return any(True for text in reading.texts(self._field) for _ in self._places(text, reading))

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield each word that stands so."""
        for text in reading.texts(self._field):
            for number in self._places(text, reading):
                yield text.span(number, number)

    def _places(self, text: Text, reading: Reading) -> Iterator[int]:
        """Yield the numbers of the words that stand near enough to all the others."""
        needs, places = self._wanted(text, reading)
        missing, told = needs.total(), -1
        have: Counter[str] = Counter()
        window: deque[tuple[int, str]] = deque()
        for number, key in places:
            window.append((number, key))
            have[key] += 1
            missing -= have[key] <= needs[key]
            while number - window[0][0] > self._within:
                _, gone = window.popleft()
                missing += have[gone] <= needs[gone]
                have[gone] -= 1
            if not missing:
                yield from [near for near, _ in window if near > told]
                told = number

    def _wanted(self, text: Text, reading: Reading) -> tuple[Counter[str], Iterator[tuple[int, str]]]:
        """How often each word is needed, and where these are, ascending; nowhere if one is missing altogether."""
        found: Mapping[str, Sequence[int]]
        if self._term.way == "word":
            needs = Counter(self._term.words)
            found = {word: text.places(word) for word in needs}
        else:
            row, wanted = self._compared(text, reading)
            needs = Counter(wanted)
            found = {word: [number for number, one in enumerate(row.words) if one == word] for word in needs}
        if any(len(found[word]) < times for word, times in needs.items()):
            return needs, iter(())
        return needs, merge(*(zip(numbers, repeat(word)) for word, numbers in found.items()))

    def _compared(self, text: Text, reading: Reading) -> tuple[Row, Sequence[str]]:
        if self._term.way == "stem":
            return text.stems(reading.language), _stems_of(self._written, reading.language)
        return text.written, tuple(map(as_written, self._written))


class Named:
    """Any name of a country, where it holds; see `worker.watchlists.named`."""

    __slots__ = ("_field", "_names", "shown")

    def __init__(self, leaf: Country) -> None:
        self.shown = shown(leaf)
        self._field = leaf.field
        self._names = names_of(leaf.code)

    def met(self, reading: Reading) -> bool:
        """Whether one text holds a name."""
        return next(self.spans(reading), None) is not None

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield each name; where one is part of another, the longer."""
        tables = self._names.tables(reading, main=self._field in MAIN)
        for text in reading.texts(self._field) if tables else ():
            for first, last in self._names.places(text, tables):
                yield text.span(first, last)


class Matching:
    """A regular expression, met by title or text, or the field that it names."""

    __slots__ = ("_exact", "_field", "_text", "shown")

    def __init__(self, leaf: Pattern) -> None:
        self.shown = shown(leaf)
        self._text = leaf.text
        self._exact = leaf.exact
        self._field = leaf.field

    def met(self, reading: Reading) -> bool:
        """Whether one text meets it."""
        search = compiled_pattern(self._text, exact=self._exact).search
        return any(search(text.raw) is not None for text in self._texts(reading))

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield each place."""
        for text in self._texts(reading):
            for found in compiled_pattern(self._text, exact=self._exact).finditer(text.raw):
                yield text.span_of(found.start(), found.end())

    def _texts(self, reading: Reading) -> Sequence[Text]:
        return reading.texts(self._field) if self._field is not None else reading.texts(None)[:2]


class Labelled:
    """A language or a tag, which stands in no text."""

    __slots__ = ("_kind", "_value", "shown")

    def __init__(self, leaf: Label) -> None:
        self.shown = shown(leaf)
        self._kind = leaf.kind
        self._value = leaf.value if leaf.kind == "lang" else fold(leaf.value)

    def met(self, reading: Reading) -> bool:
        """Whether the item has it."""
        if self._kind == "lang":
            return speaks(reading.language, self._value)
        return any(fold(tag) == self._value for tag in reading.item.feed_tags)

    def spans(self, reading: Reading) -> Iterator[Span]:  # noqa: ARG002 - as the others
        """Yield nothing."""
        return iter(())


def speaks(language: str | None, wanted: str) -> bool:
    """Say whether a language is the wanted one, or one of its kinds: "pt-br" is "pt" (RFC 4647, basic filtering).

    What goes by several codes is wanted by any of them (`kin_of`).
    """
    if language is None:
        return False
    for one in kin_of(wanted):  # noqa: SIM110 - a generator would cost more than what it asks
        if language == one or language.startswith(f"{one}-"):
            return True
    return False


def _gapped(row: Row, wanted: Sequence[str]) -> Iterator[int]:
    """Yield where a row holds the wanted words, ANY standing for each."""
    head = wanted.index(ANY) if ANY in wanted else len(wanted)
    starts = found_in(row.run, run_of(wanted[:head]))
    rest = [(at, word) for at, word in enumerate(wanted[head:], start=head) if word != ANY]
    if not rest:
        yield from starts
        return
    (near, first_of_rest), words, end = rest[0], row.words, len(row.words) - len(wanted)
    for first in starts:
        if first > end:
            return
        if words[first + near] == first_of_rest and all(words[first + at] == word for at, word in rest):
            yield first


@lru_cache(maxsize=10_000)
def _stems_of(words: tuple[str, ...], language: str | None) -> tuple[str, ...]:
    return tuple(ANY if word == ANY else stem(word, language) for word in words)
