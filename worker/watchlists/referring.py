"""Queries that refer to a watch list by its name (`list:Name`), when its name or its query changes. PURE."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import MAX_CANONICAL, parse_canonical
from worker.watchlists.resolving import references, resolve
from worker.watchlists.tree import ListRef

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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
        QueryError: The new name cannot be written in a query: it holds a quote, say, or two spaces in a row. Or it is
            so long that nobody could write the query any more.
    """
    written = canonical(ListRef(new))
    if not _says(written, new):
        reason = f"no query can refer to a list called {new!r}: leave quotes out, and write single spaces"
        raise QueryError(reason, written, 0, len(written))
    renamed = query
    for reference in reversed(list(references(parse_canonical(query)))):
        if reference.name == old:
            renamed = renamed[: reference.offset] + written + renamed[reference.offset + reference.length :]
    if len(renamed) > MAX_CANONICAL:
        reason = f"write at most {MAX_CANONICAL:,} characters: with {written} this has {len(renamed):,}"
        raise QueryError(reason, renamed, 0, len(renamed))
    return renamed


def with_new_names(query: str, renames: Mapping[str, str]) -> str:
    """Return `query` with references to lists as they are called after `renames` (new name -> old one), in this order.

    One that cannot have its list's new name keeps the old one.
    """
    for new, old in renames.items():
        if refers(query, old):
            with suppress(QueryError):
                query = with_new_name(query, old, new)
    return query


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


def _says(written: str, name: str) -> bool:
    """Whether a query that is `written` so refers to the list `name`, and says nothing else."""
    with suppress(QueryError):
        return parse_canonical(written) == ListRef(name)
    return False
