"""What a query means, read off its tree in the plainest way: to hold the compiled set against.

It tries every term at every place. What a word is, how it is folded and stemmed, which language an item has and what a
country is called are asked of those who know; all that the language makes of these is written down here once more.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from worker.text.stems import stem
from worker.text.tokens import APOSTROPHES, tokenize
from worker.watchlists import parse
from worker.watchlists.countries import ANYWHERE, country_names, written_so
from worker.watchlists.model import Span
from worker.watchlists.reading import Reading
from worker.watchlists.tree import ANY, And, Country, Label, ListRef, Not, Or, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from worker.watchlists.countries import CountryNames
    from worker.watchlists.model import Matchable
    from worker.watchlists.tree import Leaf, Node

FIELDS = ("title", "text", "category", "author", "source", "link", "feed")
MOST_SPANS = 50
NORWEGIAN = {"no": ("no", "nb", "nn"), "nb": ("nb", "no"), "nn": ("nn", "no")}


class Word(NamedTuple):
    """A word of an item or a query: folded, as written, and its place."""

    folded: str
    written: str
    start: int = 0
    end: int = 0


class Text(NamedTuple):
    """One string of an item; `shift` is where it begins within its field."""

    field: str
    shift: int
    raw: str
    words: list[Word]


class Slow:
    """One item, to be asked about trees; `lists` are the queries of other lists by name."""

    def __init__(self, item: Matchable, lists: Mapping[str, str] | None = None) -> None:
        self.item = item
        self.lists = lists or {}
        self.language = Reading(item).language
        self._texts = [
            *texts("title", [item.title]),
            *texts("text", [item.text]),
            *texts("author", item.authors),
            *texts("source", [item.source or ""]),
            *texts("category", item.categories),
            *texts("link", [item.link or ""]),
            *texts("feed", [item.feed_name, item.feed_url]),
        ]

    def met(self, node: Node) -> bool:
        match node:
            case Not():
                return not self.met(node.part)
            case And():
                return all(self.met(part) for part in node.parts)
            case Or():
                return any(self.met(part) for part in node.parts)
            case ListRef():
                return self.met(parse(self.lists[node.name]))
            case _:
                return self.holds(node)

    def holds(self, leaf: Leaf) -> bool:
        match leaf:
            case Label(kind="tag"):
                return leaf.value.casefold() in {tag.casefold() for tag in self.item.feed_tags}
            case Label():
                meant = NORWEGIAN.get(leaf.value, (leaf.value,))
                return any(f"{self.language}-".startswith(f"{code}-") for code in meant)
            case Pattern():
                return any(python_pattern(leaf).search(text.raw) for text in self.texts(leaf))
            case _:
                return bool(self.spans(leaf))

    def positive(self, node: Node, *, negated: bool = False) -> Iterator[Leaf]:
        """The leaves that count towards a match, in order, those of other lists in their place."""
        match node:
            case Not():
                yield from self.positive(node.part, negated=not negated)
            case And() | Or():
                for part in node.parts:
                    yield from self.positive(part, negated=negated)
            case ListRef():
                yield from self.positive(parse(self.lists[node.name]), negated=negated)
            case _ if not negated:
                yield node

    def highlighted(self, node: Node) -> list[Span]:
        """All places of the terms that count and are met, overlapping ones as one, in order; the first fifty."""
        found = {span for leaf in self.positive(node) for span in self.spans(leaf)}
        joined: list[Span] = []
        for span in sorted(found, key=lambda span: (FIELDS.index(span.field), span.start, span.end)):
            last = joined[-1] if joined else None
            if last and last.field == span.field and span.start < last.end:
                joined[-1] = Span(span.field, last.start, max(last.end, span.end))
            else:
                joined.append(span)
        return joined[:MOST_SPANS]

    def spans(self, leaf: Leaf) -> list[Span]:
        """Every place of a leaf."""
        return [
            Span(text.field, text.shift + start, text.shift + end)
            for text in self.texts(leaf)
            for start, end in self.places(leaf, text)
        ]

    def texts(self, leaf: Leaf) -> list[Text]:
        """Where a leaf looks."""
        field = None if isinstance(leaf, Label | ListRef) else leaf.field
        if field:
            return [text for text in self._texts if text.field == field]
        fields = ("title", "text") if isinstance(leaf, Pattern) else ("title", "text", "category")
        return [text for text in self._texts if text.field in fields]

    def places(self, leaf: Leaf, text: Text) -> Iterable[tuple[int, int]]:
        match leaf:
            case Pattern():
                return [found.span() for found in python_pattern(leaf).finditer(text.raw) if found[0]]
            case Country():
                return self.called(country_names(leaf.code), text)
            case Term(within=None):
                return self.rows(words_of_term(leaf), text, leaf.way)
            case Term():
                return self.near(leaf, text)
            case _:
                return []

    def called(self, country: CountryNames, text: Text) -> Iterator[tuple[int, int]]:
        """Where a name of the country stands that holds here, and is no part of another place's longer name."""
        languages = {ANYWHERE, (self.language or ANYWHERE).partition("-")[0]}
        longer = list(self.named(country.unless, text))
        held = [(None, country.phrases), *((None, country.inflected.get(language, ())) for language in languages)]
        held += [
            (manner, names.get(language, ())) for manner, names in country.guarded.items() for language in languages
        ]
        for manner, names in held:
            for start, end in self.named(names, text):
                within = any(first <= start and end <= last for first, last in longer)
                if not within and (manner is None or written_so(manner, text.raw, start, end)):
                    yield start, end

    def named(self, names: Iterable[tuple[str, ...]], text: Text) -> Iterator[tuple[int, int]]:
        for name in names:
            yield from self.rows([Word(word, word) for word in name], text)

    def rows(self, wanted: list[Word], text: Text, way: str = "word") -> Iterator[tuple[int, int]]:
        """Where words stand one directly after the other."""
        for first in range(len(text.words) - len(wanted) + 1):
            row = text.words[first : first + len(wanted)]
            likes = [
                self.like(want, word, "word" if way == "prefix" and number < len(wanted) else way)
                for number, (want, word) in enumerate(zip(wanted, row, strict=True), start=1)
            ]
            if all(likes):
                yield row[0].start, row[-1].end

    def near(self, term: Term, text: Text) -> set[tuple[int, int]]:
        """Each word of every choice of as many places that are close enough."""
        choices = [
            [place for place, word in enumerate(text.words) if self.like(want, word, term.way)]
            for want in words_of_term(term)
        ]
        return {
            (text.words[place].start, text.words[place].end)
            for chosen in product(*choices)
            if len(set(chosen)) == len(chosen) and max(chosen) - min(chosen) <= (term.within or 0)
            for place in chosen
        }

    def like(self, want: Word, word: Word, way: str) -> bool:
        """Whether a word of the item is like a word of the query."""
        if want.folded == ANY:
            return True
        match way:
            case "exact":
                return as_written(want.written) == as_written(word.written)
            case "stem":
                return stem(want.written, self.language) == stem(word.written, self.language)
            case "prefix":
                return word.folded.startswith(want.folded)
            case _:
                return word.folded == want.folded


def texts(field: str, strings: Iterable[str]) -> Iterator[Text]:
    shift = 0
    for raw in strings:
        yield Text(field, shift, raw, words(raw))
        shift += len(raw) + 1


def words(text: str) -> list[Word]:
    tokens = tokenize(text)
    places = zip(tokens.words, tokens.starts, tokens.ends, strict=True)
    return [Word(folded, text[start:end], start, end) for folded, start, end in places]


def words_of_term(term: Term) -> list[Word]:
    written = iter(words(term.text))
    return [Word(ANY, ANY) if word == ANY else next(written) for word in term.words]


def as_written(word: str) -> str:
    """Its letters, whatever cannot be seen taken away."""
    apostrophes = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
    composed = unicodedata.normalize("NFC", word).translate(apostrophes)
    return "".join(char for char in composed if unicodedata.category(char) != "Cf")


def python_pattern(pattern: Pattern) -> re.Pattern[str]:
    """The same for the standard library, if it is as simple as those of the strategies."""
    return re.compile(pattern.text.replace("$", r"\Z"), 0 if pattern.exact else re.IGNORECASE)


def shown(leaf: Leaf) -> str:
    """How an alert names what was met."""
    match leaf:
        case Term(way="prefix"):
            return f"{leaf.text}*"
        case Term():
            return leaf.text
        case Pattern():
            return f"{'=' if leaf.exact else ''}/{leaf.text}/"
        case Country():
            return f"country:{leaf.code}"
        case Label():
            return f"{leaf.kind}:{leaf.value}" if " " not in leaf.value else f'{leaf.kind}:"{leaf.value}"'
        case ListRef():
            return f"list:{leaf.name}"
