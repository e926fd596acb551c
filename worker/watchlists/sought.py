"""What each leaf of a query looks for: whether an item holds it, and where. PURE."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from worker.text.stems import stem
from worker.text.tokens import APOSTROPHES, fold
from worker.watchlists.canonical import shown
from worker.watchlists.features import MAIN, written_words
from worker.watchlists.named import names_of
from worker.watchlists.patterns import compiled_pattern
from worker.watchlists.reading import found_in, run_of
from worker.watchlists.tree import ANY, Country, Label, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from worker.watchlists.model import Span
    from worker.watchlists.reading import Reading, Text
    from worker.watchlists.tree import Leaf

_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


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
    if term.way == "stem":
        return Inflected(term)
    if term.way == "exact":
        return Exact(term)
    return Gapped(term) if ANY in term.words else Words(term)


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
            return (len(self.words) == 1 and self._run[-1] == "\0") or self._run in reading.run
        return any(self._run in text.run for text in reading.texts(self._field))

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield each run of words."""
        last = self._run.count("\0", 1) - (self._run[-1] == "\0")
        for text in reading.texts(self._field):
            if self._run in text.run:
                for first in text.found(self._run):
                    yield text.span(first, first + last)


class _Placed:
    """A term that is found word by word: where it begins, in each text."""

    __slots__ = ("_field", "_words", "shown")

    def __init__(self, term: Term) -> None:
        self.shown = shown(term)
        self._field = term.field
        self._words = term.words

    def met(self, reading: Reading) -> bool:
        """Whether it begins anywhere."""
        return any(True for text in reading.texts(self._field) for _ in self.starts(text, reading))

    def spans(self, reading: Reading) -> Iterator[Span]:
        """Yield each place."""
        for text in reading.texts(self._field):
            for first in self.starts(text, reading):
                yield text.span(first, first + len(self._words) - 1)

    def starts(self, text: Text, reading: Reading) -> Iterator[int]:
        """Yield the number of the first word of each place."""
        raise NotImplementedError


class Gapped(_Placed):
    """Words of a phrase with any one word at some places."""

    __slots__ = ()

    def starts(self, text: Text, reading: Reading) -> Iterator[int]:  # noqa: ARG002 - as the others
        """Yield where all but the free places hold the words."""
        return _gapped(text.words, text.run, self._words)


class Exact(_Placed):
    """Words written just so: case and accents count, the Unicode form does not."""

    __slots__ = ("_written",)

    def __init__(self, term: Term) -> None:
        super().__init__(term)
        self._written = tuple(map(_as_written, written_words(term)))

    def starts(self, text: Text, reading: Reading) -> Iterator[int]:  # noqa: ARG002 - as the others
        """Yield where the folded words stand, and as they are written."""
        for first in _gapped(text.words, text.run, self._words):
            if all(word in (ANY, _as_written(text.written(first + at))) for at, word in enumerate(self._written)):
                yield first


class Inflected(_Placed):
    """Words with the same stems, by the item's language."""

    __slots__ = ("_written",)

    def __init__(self, term: Term) -> None:
        super().__init__(term)
        self._written = written_words(term)

    def starts(self, text: Text, reading: Reading) -> Iterator[int]:
        """Yield where the stems stand."""
        stems = text.stems(reading.language)
        return _gapped(stems, run_of(stems), _stems_of(self._written, reading.language))


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
        wanted, held = self._keys(text, reading)
        needs = Counter(wanted)
        if not needs.keys() <= set(held):
            return
        places = [(number, key) for number, key in enumerate(held) if key in needs]
        missing = len(wanted)
        have: Counter[str] = Counter()
        left = 0
        told = 0  # of `places`, those before it are yielded or out of reach
        for right, (number, key) in enumerate(places):
            have[key] += 1
            missing -= have[key] <= needs[key]
            while number - places[left][0] > self._within:
                gone = places[left][1]
                missing += have[gone] <= needs[gone]
                have[gone] -= 1
                left += 1
            if not missing:
                told = max(told, left)
                yield from (places[at][0] for at in range(told, right + 1))
                told = right + 1

    def _keys(self, text: Text, reading: Reading) -> tuple[Sequence[str], Sequence[str]]:
        """The words wanted and those of the text, both as the term's way compares them."""
        if self._term.way == "stem":
            return _stems_of(self._written, reading.language), text.stems(reading.language)
        if self._term.way == "exact":
            if not set(self._term.words) <= set(text.words):
                return self._written, ()
            written = [_as_written(text.written(number)) for number in range(len(text.words))]
            return tuple(map(_as_written, self._written)), written
        return self._term.words, text.words


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
                if found.end() > found.start():
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
    """Say whether a language is the wanted one, or one of its kinds: "pt-br" is "pt" (RFC 4647, basic filtering)."""
    return language is not None and (language == wanted or language.startswith(f"{wanted}-"))


def _gapped(words: Sequence[str], run: str, wanted: Sequence[str]) -> Iterator[int]:
    """Yield where `words`, whose run is `run`, hold the wanted ones, ANY standing for each."""
    head = wanted.index(ANY) if ANY in wanted else len(wanted)
    for first in found_in(run, run_of(wanted[:head])):
        rest = words[first + head : first + len(wanted)]
        if len(rest) == len(wanted) - head and all(
            want in (ANY, word) for want, word in zip(wanted[head:], rest, strict=True)
        ):
            yield first


@lru_cache(maxsize=10_000)
def _stems_of(words: tuple[str, ...], language: str | None) -> tuple[str, ...]:
    return tuple(ANY if word == ANY else stem(word, language) for word in words)


def _as_written(word: str) -> str:
    """Drop what cannot be seen: the Unicode form, characters without width, which apostrophe it is."""
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFC", word.translate(_APOSTROPHE))
    return "".join(char for char in plain if unicodedata.category(char) != "Cf")
