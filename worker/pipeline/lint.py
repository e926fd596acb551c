"""Lint: what is doubtful in watch lists, of the files or of the database."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from config.marks import mark_at
from config.values import Mark, Problem
from worker.errors import QueryError
from worker.watchlists.canonical import query_of
from worker.watchlists.grammar import parse
from worker.watchlists.lint import lint
from worker.watchlists.volume import SILENT, burst, is_silent

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from config.values import WatchListLine
    from worker.watchlists.lint import Doubt
    from worker.watchlists.volume import Volume


class ListDoubt(NamedTuple):
    """One thing that is hardly meant: `picture` shows the part of the query, if it is about one."""

    watch_list: str
    doubt: str
    picture: str | None = None


class LintStore(Protocol):
    """What linting needs."""

    def volumes(self, *, now: datetime) -> list[Volume]:
        """Return what each active list has matched, by name."""

    def broken_lists(self) -> list[tuple[str, str]]:
        """Return the name of each broken list, and why it is so."""


def doubts_of_line(line: WatchListLine) -> list[Problem]:
    """Return what is doubtful in a list of the files, at its place; nothing where its query is wrong."""
    with suppress(QueryError):
        whole = query_of(line.keywords, line.exclude, line.query)
        query = line.query if line.query is not None and not line.exclude else whole
        about = f"watch list {line.name!r}"
        return [
            Problem(_place(line, query, doubt.offset), f"{about}: {doubt.message}\n{_shown(doubt, query)}")
            for doubt in doubts_of_query(query, line.languages)
        ]
    return []


def doubts_of_query(query: str, languages: Collection[str] = ()) -> list[Doubt]:
    """Return what is doubtful in a query; raise QueryError if it is wrong."""
    return lint(parse(query), query, languages)


def doubts_shown(query: str, languages: Collection[str] = ()) -> list[str]:
    """Return what is doubtful in a query, each with the part that it is about; raise QueryError if it is wrong."""
    return [f"{doubt.message}\n{_shown(doubt, query)}" for doubt in doubts_of_query(query, languages)]


def doubts_of_lists(store: LintStore, names: Collection[str], *, now: datetime) -> list[ListDoubt]:
    """Return what is doubtful in the lists of these names, or in all; by name.

    1. Lists that are broken.
    2. What their queries hardly mean.
    3. Lists that have fallen silent, or match far more than usual.
    """
    broken = [ListDoubt(name, f"it is broken, and not asked: {reason}") for name, reason in store.broken_lists()]
    found = [doubt for volume in store.volumes(now=now) for doubt in (*_of_query(volume), *_of_volume(volume, now))]
    return sorted(
        (doubt for doubt in (*broken, *found) if not names or doubt.watch_list in names),
        key=lambda doubt: doubt.watch_list,
    )


def _of_query(volume: Volume) -> Sequence[ListDoubt]:
    query = volume.query
    try:
        doubts = doubts_of_query(query)
    except QueryError as error:
        return [ListDoubt(volume.name, error.reason, error.picture())]
    return [ListDoubt(volume.name, doubt.message, _shown(doubt, query)) for doubt in doubts]


def _of_volume(volume: Volume, now: datetime) -> Sequence[ListDoubt]:
    if is_silent(volume, now=now):
        return [ListDoubt(volume.name, f"it has met nothing for {SILENT.days} days: is it still what you look for?")]
    if flood := burst(volume, now=now):
        said = f"{flood.matches} matches within {flood.hours} h are {flood.times:g} times as many as usual"
        return [ListDoubt(volume.name, said)]
    return []


def _shown(doubt: Doubt, query: str) -> str:
    return QueryError(doubt.message, query, doubt.offset, doubt.length).picture()


def _place(line: WatchListLine, query: str, offset: int) -> Mark:
    if line.query_mark is not None and query == line.query:
        return mark_at(line.query_mark, query, offset)
    return line.mark or Mark("watchlists.yaml", 1, 1)
