"""References between watch lists: `list:Name` replaced by what that list looks for. PURE."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.watchlists.grammar import COSTLY, MAX_COSTLY, MAX_COUNTRIES, parse_canonical
from worker.watchlists.tree import ANY, And, Country, ListRef, Node, Not, Or, Pattern, Term, leaves_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from worker.watchlists.tree import Leaf

MOST_TERMS = 2_000
"""Words and phrases of a query with all that it refers to."""

DEEPEST = 100
"""Parentheses and NOTs inside one another."""

LONGEST_CHAIN = 20
"""Lists that refer to one another in a row."""


def references(node: Node) -> Iterator[ListRef]:
    """Return the references of `node` itself, in order."""
    return (leaf for leaf in leaves_of(node) if isinstance(leaf, ListRef))


def resolve(node: Node, queries: Mapping[str, str], *, query: str, name: str | None = None) -> Node:
    """Return `node` with the trees of the lists it refers to, by their `queries` (name -> query), in their place.

    `query` is what `node` was parsed from, `name` the list that it belongs to. Raises QueryError, at the reference,
    where a list is not there, is wrong itself, leads back to where it came from, or where the whole is too large.
    """
    first = next(references(node), None)
    if first is None:
        return node
    return _Resolver(queries, query, first).put(node, (name,) if name is not None else (), None, 0)


def is_costly(leaf: Leaf) -> bool:
    """Whether a leaf is one of COSTLY."""
    return isinstance(leaf, Pattern) or (isinstance(leaf, Term) and (leaf.within is not None or ANY in leaf.words))


class _Resolver:
    def __init__(self, queries: Mapping[str, str], query: str, first: ListRef) -> None:
        self._queries = queries
        self._query = query
        self._first = first
        self._trees: dict[str, Node] = {}
        self._terms = self._costly = self._countries = 0

    def put(self, node: Node, path: tuple[str, ...], outer: ListRef | None, depth: int) -> Node:
        """Replace references in `node`; `path` leads to it, and `outer` is where it began in the query itself."""
        if isinstance(node, ListRef):
            return self._list(node, path, outer or node, depth)
        if depth > DEEPEST and outer is not None:
            reason = f"with the lists it refers to this has more than {DEEPEST} parts inside one another"
            raise self._wrong(reason, outer)
        if isinstance(node, Not):
            return replace(node, part=self.put(node.part, path, outer, depth + 1))
        if isinstance(node, And | Or):
            parts = (self.put(part, path, outer, depth + 1) for part in node.parts)
            kind = type(node)
            flat = (inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,)))
            return replace(node, parts=tuple(flat))
        self._count(node)
        if much := self._too_much():
            raise self._wrong(f"with the lists it refers to this looks for more than {much}", outer or self._first)
        return node

    def _count(self, leaf: Leaf) -> None:
        self._terms += 1
        self._costly += is_costly(leaf)
        self._countries += isinstance(leaf, Country)

    def _too_much(self) -> str | None:
        """What there is more of than may be, with how many may be."""
        if self._terms > MOST_TERMS:
            return f"{MOST_TERMS:,} words and phrases"
        if self._costly > MAX_COSTLY:
            return f"{MAX_COSTLY} {COSTLY}"
        return f"{MAX_COUNTRIES} countries" if self._countries > MAX_COUNTRIES else None

    def _list(self, ref: ListRef, path: tuple[str, ...], outer: ListRef, depth: int) -> Node:
        if ref.name in path:
            way = " -> ".join((*path[path.index(ref.name) :], ref.name))
            raise self._wrong(f"this leads back to itself: {way}", outer)
        found = self._queries.get(ref.name)
        if found is None:
            near = get_close_matches(ref.name, self._queries, 1, 0.5)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise self._wrong(f"there is no watch list {ref.name!r}{hint}", outer)
        if len(path) >= LONGEST_CHAIN:
            raise self._wrong(f"write at most {LONGEST_CHAIN} lists that refer to one another in a row", outer)
        if ref.name not in self._trees:
            try:
                self._trees[ref.name] = parse_canonical(found)
            except QueryError as error:
                raise self._wrong(f"the watch list {ref.name!r} is wrong itself: {error.reason}", outer) from error
        return self.put(self._trees[ref.name], (*path, ref.name), outer, depth)

    def _wrong(self, reason: str, ref: ListRef) -> QueryError:
        return QueryError(reason, self._query, ref.offset, ref.length)
