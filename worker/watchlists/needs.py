"""What items that meet a query must hold, said in what an index of words can tell. PURE.

An index cannot read: it knows which folded words stand where in which field, the item's language and its feed. So a
query has two bounds. Every item that meets it holds `upper`; every item that holds `lower` meets it. Where the index
tells all, as for words, phrases, prefixes and names of countries, the two are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from worker.watchlists.kin import kin_of
from worker.watchlists.tree import ANY, And, Country, Label, ListRef, Not, Or, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from worker.watchlists.tree import Leaf, Node, TextField

LONGEST = 100
"""Of a longer word an index holds so many characters: a lexeme of PostgreSQL has 2,046 bytes at most."""

DEEPEST = 20
"""Parts inside one another; what lies deeper no index is asked for. FTS5's parser has room for some 25."""

MOST = 2_000
"""Words, phrases and feeds in one need: to ask for more costs more than it saves."""

INDEXED: tuple[TextField | None, ...] = (None, "title", "text", "category", "author", "source")
"""The fields whose words an index holds. Links are left out: their words are many, and each is in few."""


@dataclass(frozen=True, slots=True)
class Holds:
    """Words that follow each other in one text of `field`; None: of title, text or a category.

    `goes_on`: the last of them is the beginning of a word.
    """

    words: tuple[str, ...]
    field: TextField | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Speaks:
    """The item is in this language, or in a kind of it."""

    language: str


@dataclass(frozen=True, slots=True)
class OfFeeds:
    """The item is of one of these feeds, by their ids."""

    feeds: frozenset[int]


@dataclass(frozen=True, slots=True)
class Lacks:
    """The item does not hold `part`."""

    part: Need


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of `parts`, none of them an AllOf."""

    parts: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of `parts`, none of them an AnyOf."""

    parts: tuple[Need, ...]


Need = Holds | Speaks | OfFeeds | Lacks | AllOf | AnyOf

ANYTHING = AllOf(())
"""Every item holds this. It is part of no other need, but for NOTHING, which no item holds."""
NOTHING = AnyOf(())


class Bounds(NamedTuple):
    """What is known of a query: every item that meets it holds `upper`, every item that holds `lower` meets it."""

    upper: Need
    lower: Need

    @property
    def exact(self) -> bool:
        """Whether the index tells all."""
        return self.upper == self.lower


UNKNOWN = Bounds(ANYTHING, NOTHING)


def bounds_of(node: Node, feeds_meeting: Callable[[Leaf], frozenset[int]]) -> Bounds:
    """Return the bounds of `node`, a tree without references.

    `feeds_meeting` says which feeds meet a leaf that looks at nothing but the feed.
    """
    bounds = _bounds(node, feeds_meeting, 0)
    return Bounds(*(end if size_of(need) > MOST else need for need, end in zip(bounds, UNKNOWN, strict=True)))


def all_of(parts: Iterable[Need]) -> Need:
    """Return the need of all these at once."""
    flat = tuple(dict.fromkeys(_flat(parts, AllOf)))
    if NOTHING in flat:
        return NOTHING
    return flat[0] if len(flat) == 1 else AllOf(flat)


def any_of(parts: Iterable[Need]) -> Need:
    """Return the need of at least one of these."""
    flat = tuple(dict.fromkeys(_flat(parts, AnyOf)))
    if ANYTHING in flat:
        return ANYTHING
    return flat[0] if len(flat) == 1 else AnyOf(flat)


def lacks(part: Need) -> Need:
    """Return the opposite need."""
    if part in (ANYTHING, NOTHING):
        return NOTHING if part == ANYTHING else ANYTHING
    return part.part if isinstance(part, Lacks) else Lacks(part)


def size_of(need: Need) -> int:
    """Return how many words, phrases, languages and feeds a need names."""
    if isinstance(need, Lacks):
        return size_of(need.part)
    if isinstance(need, AllOf | AnyOf):
        return sum(map(size_of, need.parts))
    return len(need.feeds) if isinstance(need, OfFeeds) else 1


def _flat(parts: Iterable[Need], kind: type[AllOf | AnyOf]) -> Iterator[Need]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def _bounds(node: Node, feeds_meeting: Callable[[Leaf], frozenset[int]], depth: int) -> Bounds:
    if depth > DEEPEST:
        return UNKNOWN
    if isinstance(node, Not):
        part = _bounds(node.part, feeds_meeting, depth + 1)
        return Bounds(lacks(part.lower), lacks(part.upper))
    if isinstance(node, And | Or):
        parts = [_bounds(part, feeds_meeting, depth + 1) for part in node.parts]
        join = all_of if isinstance(node, And) else any_of
        return Bounds(join(part.upper for part in parts), join(part.lower for part in parts))
    return _of_leaf(node, feeds_meeting)


def _of_leaf(leaf: Leaf, feeds_meeting: Callable[[Leaf], frozenset[int]]) -> Bounds:
    if isinstance(leaf, ListRef):
        raise TypeError(leaf.name)
    if isinstance(leaf, Label) and leaf.kind == "lang":
        return _exactly(any_of(map(Speaks, kin_of(leaf.value))))
    if isinstance(leaf, Label) or leaf.field == "feed":
        return _of_feed(leaf, feeds_meeting)
    if isinstance(leaf, Term):
        return _of_term(leaf)
    return _of_country(leaf) if isinstance(leaf, Country) else UNKNOWN


def _of_feed(leaf: Term | Pattern | Country | Label, feeds_meeting: Callable[[Leaf], frozenset[int]]) -> Bounds:
    """Bounds of a leaf that looks at the feed; what the item's language has a say in, feeds alone do not decide."""
    if isinstance(leaf, Country) or (isinstance(leaf, Term) and leaf.way == "stem"):
        return UNKNOWN
    feeds = feeds_meeting(leaf)
    return _exactly(OfFeeds(feeds) if feeds else NOTHING)


def _of_term(term: Term) -> Bounds:
    if term.field not in INDEXED:
        return UNKNOWN
    if term.way == "stem":
        return _of_inflections(term)
    if term.within is not None:
        return Bounds(all_of(_holds((word,), term.field).upper for word in term.words), NOTHING)
    runs = list(_runs(term.words))
    if len(runs) > 1:
        return Bounds(all_of(_holds(run, term.field).upper for run in runs), NOTHING)
    bounds = _holds(term.words, term.field, goes_on=term.way == "prefix")
    return bounds if term.way != "exact" else Bounds(bounds.upper, NOTHING)


def _of_inflections(term: Term) -> Bounds:
    from worker.watchlists.features import written_words  # noqa: PLC0415 - few queries need it
    from worker.watchlists.inflections import need_of_inflections  # noqa: PLC0415 - it makes needs itself

    words = (word for word in written_words(term) if word != ANY)
    return Bounds(all_of(need_of_inflections(word, term.field) for word in words), NOTHING)


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words of a phrase between those that may be any."""
    run: list[str] = []
    for word in (*words, ANY):
        if word != ANY:
            run.append(word)
        elif run:
            yield tuple(run)
            run = []


def _of_country(leaf: Country) -> Bounds:
    if leaf.field not in INDEXED:
        return UNKNOWN
    from worker.watchlists.countries import ANYWHERE, country_names  # noqa: PLC0415 - it loads CLDR

    names = country_names(leaf.code)
    found: list[Need] = [_holds(name, leaf.field).upper for name in sorted(names.phrases)]
    for by_language in (names.inflected, *names.guarded.values()):
        for language, forms in sorted(by_language.items()):
            named = any_of(_holds(form, leaf.field).upper for form in sorted(forms))
            found.append(named if language == ANYWHERE else all_of((Speaks(language), named)))
    # A name may be part of another place's, or not be written as it must be: that the index cannot tell.
    return Bounds(any_of(found), NOTHING)


def _holds(words: tuple[str, ...], field: TextField | None, *, goes_on: bool = False) -> Bounds:
    """Bounds of words in a row; of one that the index cuts it cannot tell how it ends."""
    need = Holds(tuple(word[:LONGEST] for word in words), field, goes_on)
    return Bounds(need, need if all(len(word) < LONGEST for word in words) else NOTHING)


def _exactly(need: Need) -> Bounds:
    return Bounds(need, need)
