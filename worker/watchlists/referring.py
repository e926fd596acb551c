"""Queries that refer to a watch list by its name (`list:Name`), when the name changes. PURE."""

from __future__ import annotations

from worker.errors import QueryError
from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import parse
from worker.watchlists.resolving import references
from worker.watchlists.tree import ListRef

MARK = "list:"
"""Every canonical query that refers to a list holds this."""


def refers(query: str, name: str) -> bool:
    """Whether `query` refers to the list `name`; one that cannot be read refers to nothing."""
    try:
        return MARK in query and any(reference.name == name for reference in references(parse(query)))
    except QueryError:
        return False


def with_new_name(query: str, old: str, new: str) -> str:
    """Return `query`, which can be read, with its references to `old` as references to `new`; all else as written.

    Raises:
        QueryError: The new name cannot be written in a query.
    """
    written = canonical(ListRef(new))
    for reference in reversed(list(references(parse(query)))):
        if reference.name == old:
            query = query[: reference.offset] + written + query[reference.offset + reference.length :]
    parse(query)
    return query
