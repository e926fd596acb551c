"""Explain: a query, or a watch list, held against one item of the archive, clause by clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.errors import ConfigurationError
from worker.pipeline.asked import items_meant
from worker.watchlists.canonical import canonical
from worker.watchlists.explaining import explain as explain_clauses
from worker.watchlists.explaining import scope
from worker.watchlists.grammar import parse, parse_canonical
from worker.watchlists.reading import Reading
from worker.watchlists.resolving import references, resolve

if TYPE_CHECKING:
    from worker.pipeline.asked import AskedStore
    from worker.records.trail import AskedList, TrailItem
    from worker.watchlists.explaining import Clause
    from worker.watchlists.tree import Node


@dataclass(frozen=True, slots=True)
class Explanation:
    """One item before one query.

    Attributes:
        clauses: Of the query; all of them must be met.
        scope: What a watch list limits besides; all of that, too.
    """

    item: TrailItem
    clauses: tuple[Clause, ...]
    scope: tuple[Clause, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether the item is what is looked for."""
        return all(clause.met for clause in (*self.scope, *self.clauses))


@dataclass(frozen=True, slots=True)
class Explained:
    """What was asked, in canonical form, and the answer for each item meant.

    Attributes:
        watch_list: The list that was asked, None where a query was.
    """

    query: str
    watch_list: AskedList | None
    items: tuple[Explanation, ...]


def explain(store: AskedStore, query_or_name: str, item: str) -> Explained:
    """Hold a query, or what a watch list of this name looks for, against the items that `item` means.

    1. Take the name of a list for the list, anything else for a query; raise QueryError where that is wrong.
    2. Find the items; raise ConfigurationError where the archive has none.
    3. Hold clauses and scope against each.
    """
    watch_list = store.list_called(query_or_name)
    if watch_list is None or watch_list.removed_at is not None:
        watch_list, query, name = None, query_or_name, None
    else:
        query, name = watch_list.definition.query, watch_list.definition.name
    node, queries = understood(store, query, name=name)
    found = items_meant(store, item)
    if not found:
        raise ConfigurationError(f"the archive has no item {item}; `tocsin why` tells what is known of it")
    return Explained(canonical(node), watch_list, tuple(_explained(one, node, queries, watch_list) for one in found))


def understood(store: AskedStore, query: str, *, name: str | None) -> tuple[Node, dict[str, str]]:
    """Return a query's tree, and the queries of the lists that it may refer to; raise QueryError where it is wrong."""
    node = parse(query) if name is None else parse_canonical(query)
    queries = store.list_queries() if any(references(node)) else {}
    resolve(node, queries, query=query, name=name)
    return node, queries


def _explained(item: TrailItem, node: Node, queries: dict[str, str], watch_list: AskedList | None) -> Explanation:
    reading = Reading(item.matchable)
    limits = () if watch_list is None else scope(watch_list.definition, reading)
    return Explanation(item, explain_clauses(node, reading, queries), limits)
