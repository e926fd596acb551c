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
    from collections.abc import Sequence
    from datetime import datetime

    from config.values import Configuration, WatchListLine
    from worker.pipeline.ports import SyncStore
    from worker.records import Change


_STAND_IN = "x"
"""The query of a list of whose own something is wrong, for others to refer to: each mistake is told once."""


def query_problems(lines: Sequence[WatchListLine]) -> list[Problem]:
    """Return what is wrong with watch lists' queries and with what these refer to, at its place.

    The readers of the files ask it of all lists. Of one without keywords and query they have told already.
    """
    return [problem for line, problem in _read(lines)[1] if line.keywords or line.query is not None]


def full_queries(configuration: Configuration) -> dict[str, str]:
    """Return the full query of each watch list by name; raise ConfigurationError with every wrong query's place.

    Lists of the files may refer to one another (`list:Name`), and to no others: the files stand for themselves.
    """
    queries, problems = _read(configuration.watch_lists)
    if problems:
        raise ConfigurationError("the watch lists hold queries that cannot be read", [one for _, one in problems])
    return queries


def _read(lines: Sequence[WatchListLine]) -> tuple[dict[str, str], list[tuple[WatchListLine, Problem]]]:
    """Return the lists' full queries by name, and what is wrong with which."""
    queries: dict[str, str] = {}
    problems: list[tuple[WatchListLine, Problem]] = []
    right: list[WatchListLine] = []
    for line in lines:
        try:
            queries[line.name] = query_of(line.keywords, line.exclude, line.query)
        except QueryError as error:
            queries[line.name] = _STAND_IN
            problems.append((line, _problem(line, error)))
        else:
            right.append(line)
    for line in right:
        query = queries[line.name]
        try:
            resolve(parse_canonical(query), queries, query=query, name=line.name)
        except QueryError as error:
            problems.append((line, _problem(line, error)))
    return queries, problems


def _problem(line: WatchListLine, error: QueryError) -> Problem:
    return Problem(_place(line, error), f"watch list {line.name!r}: {error}")


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
