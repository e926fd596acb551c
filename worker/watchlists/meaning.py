"""The language's meaning: a tree as a condition that an item's reading meets or not. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from worker.watchlists.features import is_one_word
from worker.watchlists.sought import Sought, sought
from worker.watchlists.tree import And, Leaf, Node, Not, Or, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.watchlists.reading import Reading


class Condition(Protocol):
    """What an item must be like."""

    def met(self, reading: Reading) -> bool:
        """Whether the item is so."""


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
    """Return the condition that `node`, without references, stands for."""
    if isinstance(node, Not):
        return Lacking(condition_of(node.part))
    if isinstance(node, And):
        return Every(tuple(map(condition_of, node.parts)))
    if not isinstance(node, Or):
        return sought(node)
    words = {part: part.words[0] for part in node.parts if isinstance(part, Term) and is_one_word(part)}
    return Either(frozenset(words.values()), tuple(condition_of(part) for part in node.parts if part not in words))


def wanted(node: Node) -> tuple[Sought, ...]:
    """Return what can make `node` match, in query order, without repeats of the same meaning."""
    first: dict[object, Leaf] = {}
    for leaf in leaves(node):
        first.setdefault(_meaning(leaf), leaf)
    return tuple(map(sought, first.values()))


def _meaning(leaf: Leaf) -> object:
    """What two leaves share that look for the same: where words are folded, how they are written is no part of it."""
    folded = isinstance(leaf, Term) and leaf.way in ("word", "prefix")
    return (leaf.words, leaf.way, leaf.within, leaf.field) if isinstance(leaf, Term) and folded else leaf


def leaves(node: Node, *, negated: bool = False) -> Iterator[Leaf]:
    """Yield the leaves whose being met can make `node` match, or, `negated`, its opposite."""
    if isinstance(node, Not):
        yield from leaves(node.part, negated=not negated)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part, negated=negated)
    elif not negated:
        yield node
