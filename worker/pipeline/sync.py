"""Plan and apply: the files' entries against the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.marks import mark_at
from config.values import Mark, Problem
from worker.errors import ConfigurationError, QueryError
from worker.watchlists.canonical import query_of
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from config.values import Configuration, WatchListLine
    from worker.pipeline.ports import SyncStore
    from worker.records import Change


def query_problems(line: WatchListLine) -> list[Problem]:
    """Return what is wrong with a watch list's query, at its place; the readers of the files ask it of each list."""
    _, problems = _full_query(line)
    return problems


def _full_query(line: WatchListLine) -> tuple[str, list[Problem]]:
    try:
        return query_of(line.keywords, line.exclude, line.query), []
    except QueryError as error:
        return "", [Problem(_place(line, error), f"watch list {line.name!r}: {error}")]


def full_queries(configuration: Configuration) -> dict[str, str]:
    """Return the full query of each watch list by name; raise ConfigurationError with every wrong query's place.

    Lists of the files may refer to one another (`list:Name`), and to no others: the files stand for themselves.
    """
    queries: dict[str, str] = {}
    problems: list[Problem] = []
    for line in configuration.watch_lists:
        queries[line.name], wrong = _full_query(line)
        problems += wrong
    if not problems:
        problems = [problem for line in configuration.watch_lists for problem in _reference_problems(line, queries)]
    if problems:
        raise ConfigurationError("the watch lists hold queries that cannot be read", problems)
    return queries


def _reference_problems(line: WatchListLine, queries: Mapping[str, str]) -> list[Problem]:
    query = queries[line.name]
    try:
        resolve(parse_canonical(query), queries, query=query, name=line.name)
    except QueryError as error:
        return [Problem(_place(line, error), f"watch list {line.name!r}: {error}")]
    return []


def plan(store: SyncStore, configuration: Configuration) -> list[Change]:
    """Return what `apply` would change."""
    full_queries(configuration)
    return store.plan(configuration)


def apply(store: SyncStore, configuration: Configuration, *, now: datetime) -> list[Change]:
    """Make the database equal to the files, in one transaction, and return what changed."""
    return store.apply(configuration, full_queries(configuration), now=now)


def _place(line: WatchListLine, error: QueryError) -> Mark:
    """Where the mistake stands in the file; of a keyword or an excluded term only the list's own place is known."""
    if line.query is not None and line.query_mark is not None and error.query == line.query:
        return mark_at(line.query_mark, line.query, error.offset)
    return line.mark or Mark("watchlists.yaml", 1, 1)
