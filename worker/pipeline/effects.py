"""Effects: what the files' new and changed queries would have found in the archive, beside what `plan` says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.pipeline.preview import preview
from worker.pipeline.sync import full_queries
from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import parse
from worker.watchlists.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from config.values import Configuration, WatchListLine
    from worker.pipeline.preview import Preview, PreviewStore
    from worker.records import Change

BACK = timedelta(days=7)

MOST = 20
"""Of so many lists the effect is told: each may take a second or two."""


def with_effects(
    store: PreviewStore, changes: Sequence[Change], configuration: Configuration, *, now: datetime
) -> list[Change]:
    """Return `changes`, those of queries with what they would have found in the last seven days, gained and lost."""
    if store.archive_begins() is None:
        return list(changes)
    lines = {line.name: line for line in configuration.watch_lists}
    queries = full_queries(configuration)
    told = 0
    found: list[Change] = []
    for change in changes:
        if change.kind == "watch_list" and change.action != "remove" and told < MOST:
            effect = _effect(store, lines[change.name], queries, now)
            told += effect is not None
            detail = "; ".join(filter(None, (change.detail, effect)))
            found.append(replace(change, detail=detail))
        else:
            found.append(change)
    return found


def _effect(store: PreviewStore, line: WatchListLine, queries: Mapping[str, str], now: datetime) -> str | None:
    """What the list's new query does; None where it is the one that is there."""
    query = queries[line.name]
    known = next((name for name in (line.name, line.renamed_from) if name and store.list_scope(name)), None)
    scope = store.list_scope(known) if known else None
    keeps_scope = scope is not None and (scope.feed_tags, scope.languages) == (
        frozenset(line.feed_tags),
        frozenset(line.languages),
    )
    if scope is not None and keeps_scope and scope.query == query:
        return None
    new = canonical(resolve(parse(query), queries, query=query, name=line.name))
    # Both sides of a difference are asked in one scope: with another one only what is found from now on can be told.
    against = known if keeps_scope else None
    try:
        # In parentheses it is nobody's name.
        asked = preview(
            store, f"({new})", back=BACK, now=now, against=against, tags=line.feed_tags, languages=line.languages
        )
    except QueryError as error:
        # With all that it refers to it may be longer than a query that somebody writes.
        return f"not looked for in the archive: {error.reason}"
    return f"in {BACK.days} days {_said(asked)}"


def _said(asked: Preview) -> str:
    if asked.difference is None:
        about = "about " if asked.estimated else ""
        return f"{about}{asked.items} items, {asked.alerts_per_day:.1f} alerts a day"
    gained, lost, both = asked.difference.only_this, asked.difference.only_other, asked.difference.both
    about = "about " if gained.estimated or lost.estimated or both.estimated else ""
    return f"{about}+{gained.items} -{lost.items} items, {both.items} as before"
