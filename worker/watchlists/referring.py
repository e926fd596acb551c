"""Queries that refer to a watch list by its name (`list:Name`), when its name or its query changes. PURE."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.resolving import references, resolve
from worker.watchlists.tree import And, ListRef, Not, Or

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from worker.watchlists.tree import Node

MARK = "list:"
"""Every canonical query that refers to a list holds this."""

_WRITTEN = re.compile("list[:\uff1a]", re.IGNORECASE)
"""Whatever somebody wrote that refers to one holds this."""


def refers(query: str, name: str) -> bool:
    """Whether `query` refers to the list `name`; one that cannot be read refers to nothing."""
    return name in _names(query)


def with_new_name(query: str, old: str, new: str) -> str:
    """Return `query`, which can be read, with its references to `old` as references to `new`; all else as written.

    Raises:
        QueryError: The new name cannot be written in a query: it holds a quote, say, or two spaces in a row.
    """
    node = parse_canonical(query)
    written = canonical(ListRef(new))
    renamed = query
    for reference in reversed(list(references(node))):
        if reference.name == old:
            renamed = renamed[: reference.offset] + written + renamed[reference.offset + reference.length :]
    with suppress(QueryError):
        if parse_canonical(renamed) == _renamed(node, old, new):
            return renamed
    reason = f"no query can refer to a list called {new!r}: leave quotes out, and write single spaces"
    raise QueryError(reason, written, 0, len(written))


def leading_to(names: Collection[str], queries: Mapping[str, str]) -> list[str]:
    """Return the lists that refer to one of `names`, or to a list that does, in order; `queries` are all, by name."""
    refer = {name: found for name, query in queries.items() if (found := _names(query))}
    leading: set[str] = set()
    aims = {*names}
    while more := {name for name, found in refer.items() if name not in leading and not found.isdisjoint(aims)}:
        leading |= more
        aims |= more
    return sorted(leading)


def spoilt(name: str, queries: Mapping[str, str], before: Mapping[str, str]) -> QueryError | None:
    """Return why the list `name` cannot be asked with these queries, if it could with those of `before`."""
    error = _wrong(name, queries)
    return None if error is None or _wrong(name, before) is not None else error


def _wrong(name: str, queries: Mapping[str, str]) -> QueryError | None:
    query = queries[name]
    try:
        resolve(parse_canonical(query), queries, query=query, name=name)
    except QueryError as error:
        return error
    return None


def _names(query: str) -> frozenset[str]:
    """The lists that a query refers to itself."""
    if _WRITTEN.search(query) is not None:
        with suppress(QueryError):
            return frozenset(reference.name for reference in references(parse_canonical(query)))
    return frozenset()


def _renamed(node: Node, old: str, new: str) -> Node:
    if isinstance(node, ListRef):
        return ListRef(new) if node.name == old else node
    if isinstance(node, Not):
        return Not(_renamed(node.part, old, new))
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(_renamed(part, old, new) for part in node.parts))
    return node
