"""The language's meaning: a tree as a condition that an item's reading meets or not. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from worker.watchlists.grammar import And, Node, Not, Or, Term
from worker.watchlists.reading import run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from worker.watchlists.reading import Reading


class Condition(Protocol):
    """What an item must be like."""

    def met(self, reading: Reading) -> bool:
        """Whether the item is so."""


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A word or phrase to be found; `text` is how the query writes it, `run` what it is in `Reading.run`."""

    text: str
    words: tuple[str, ...]
    run: str

    def met(self, reading: Reading) -> bool:
        """Whether one field holds the words, one directly after the other."""
        if self.words[0] not in reading.words:
            return False
        # The set turns nearly all phrases down; the run decides.
        return len(self.words) == 1 or (reading.words.issuperset(self.words) and self.run in reading.run)


@dataclass(frozen=True, slots=True, eq=False)
class Every:
    """All of some conditions."""

    parts: tuple[Condition, ...]

    def met(self, reading: Reading) -> bool:
        """Whether all are met."""
        for part in self.parts:  # noqa: SIM110 - a generator would cost more than what it asks
            if not part.met(reading):
                return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """At least one of some conditions; single words, asked for all at once, stand apart."""

    words: frozenset[str]
    parts: tuple[Condition, ...]

    def met(self, reading: Reading) -> bool:
        """Whether one is met."""
        if not self.words.isdisjoint(reading.words):
            return True
        for part in self.parts:  # noqa: SIM110 - as above
            if part.met(reading):
                return True
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Lacking:
    """The opposite of a condition."""

    part: Condition

    def met(self, reading: Reading) -> bool:
        """Whether it is not met."""
        return not self.part.met(reading)


def condition_of(node: Node) -> Condition:
    """Return the condition that `node` stands for."""
    if isinstance(node, Term):
        return sought(node)
    if isinstance(node, Not):
        return Lacking(condition_of(node.part))
    if isinstance(node, And):
        return Every(tuple(map(condition_of, node.parts)))
    words = frozenset(part.words[0] for part in node.parts if isinstance(part, Term) and len(part.words) == 1)
    rest = (part for part in node.parts if not (isinstance(part, Term) and len(part.words) == 1))
    return Either(words, tuple(map(condition_of, rest)))


def sought(term: Term) -> Sought:
    """Return what `term` looks for."""
    return Sought(term.text, term.words, run_of(term.words))


def wanted_terms(node: Node) -> tuple[Term, ...]:
    """Return the terms whose presence can make `node` match, in query order, without repeats of the same words."""
    if isinstance(node, Term):
        return (node,)
    first: dict[tuple[str, ...], Term] = {}
    for term in _terms(node, negated=False):
        first.setdefault(term.words, term)
    return tuple(first.values())


def _terms(node: Node, *, negated: bool) -> Iterator[Term]:
    if isinstance(node, Term):
        if not negated:
            yield node
    elif isinstance(node, Not):
        yield from _terms(node.part, negated=not negated)
    else:
        for part in node.parts:
            yield from _terms(part, negated=negated)


def required(node: Node) -> tuple[str, ...]:
    """Return words that every matching item holds: a quick test before the condition; not all there may be."""
    if isinstance(node, Term):
        return node.words
    if isinstance(node, And):
        return tuple(word for part in node.parts for word in required(part))
    return ()


def anchors(node: Node, weight: Callable[[str], float], *, negated: bool = False) -> frozenset[str]:
    """Return words of which every matching item holds at least one; empty if there is no such set.

    Where there is a choice, the lightest by `weight` (the word's frequency), summed: an And needs the anchor of one
    part only, a phrase that of one word, an Or those of all its parts. `negated` asks for the opposite of `node`.
    """
    if isinstance(node, Term):
        return frozenset() if negated else frozenset((min(node.words, key=weight),))
    if isinstance(node, Not):
        return anchors(node.part, weight, negated=not negated)
    sets = [anchors(part, weight, negated=negated) for part in node.parts]
    if isinstance(node, Or) is not negated:  # any part may be the one that is met
        return frozenset().union(*sets) if all(sets) else frozenset()
    return min(filter(None, sets), key=lambda words: sum(map(weight, words)), default=frozenset())
