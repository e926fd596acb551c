"""Plan and apply: the files' entries against the database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from config.values import Mark, Problem
from worker.errors import ConfigurationError, QueryError
from worker.watchlists.canonical import query_of

if TYPE_CHECKING:
    from datetime import datetime

    from config.values import Configuration, WatchListLine
    from worker.pipeline.ports import SyncStore
    from worker.records import Change


def full_queries(configuration: Configuration) -> dict[str, str]:
    """Return the full query of each watch list by name; raise ConfigurationError with every wrong query's place."""
    queries: dict[str, str] = {}
    problems: list[Problem] = []
    for line in configuration.watch_lists:
        try:
            queries[line.name] = query_of(line.keywords, line.exclude, line.query)
        except QueryError as error:
            problems.append(Problem(_place(line, error), f"watch list {line.name!r}: {error}"))
    if problems:
        raise ConfigurationError("the watch lists hold queries that cannot be read", problems)
    return queries


def plan(store: SyncStore, configuration: Configuration) -> list[Change]:
    """Return what `apply` would change."""
    full_queries(configuration)
    return store.plan(configuration)


def apply(store: SyncStore, configuration: Configuration, *, now: datetime) -> list[Change]:
    """Make the database equal to the files, in one transaction, and return what changed."""
    return store.apply(configuration, full_queries(configuration), now=now)


def _place(line: WatchListLine, error: QueryError) -> Mark:
    """Join the error's offset to the place in the file where the query begins."""
    mark = line.query_mark or line.mark or Mark("watchlists.yaml", 1, 1)
    if line.query is None or line.query_mark is None or "\n" in line.query[: error.offset]:
        return mark
    return replace(mark, column=mark.column + error.offset)
