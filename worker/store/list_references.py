"""Watch lists that refer to others (`list:Name`): they follow a new name, and hold on to what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from worker.errors import ConfigurationError, QueryError
from worker.store.leases import chunks
from worker.store.tables import watch_lists
from worker.watchlists.canonical import query_of
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.referring import MARK, leading_to, refers, spoilt, with_new_name
from worker.watchlists.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_w = watch_lists.c


def check_references(connection: Connection, name: str, full_query: str) -> None:
    """Raise QueryError where a list refers to one that is not there, or leads back to itself."""
    if MARK not in full_query:
        return
    resolve(parse_canonical(full_query), _queries(connection), query=full_query, name=name)


def refer_to_changed(connection: Connection, before: Mapping[str, str], *, now: datetime) -> None:
    """See to the lists that lead to changed ones: they ask something else from now on.

    `before`: the full queries that the changed lists had, by the names that they have now.

    Raises:
        ConfigurationError: One could be asked until now, and not with what one it leads to has become.
    """
    some = select(_w.name, _w.full_query).where(_w.removed_at.is_(None), _w.full_query.contains(MARK))
    referring = {row.name: row.full_query for row in connection.execute(some)}
    leading = leading_to(before, referring)
    if not leading:
        return
    queries = _queries(connection)
    for name in leading:
        if error := spoilt(name, queries, {**queries, **before}):
            raise ConfigurationError(f"{name!r}, which refers to what is changed, could not be asked any more: {error}")
    others = {name for name, query in before.items() if queries.get(name) != query}
    for part in chunks(leading_to(others, referring)):
        anew = watch_lists.update().where(_w.name.in_(part), _w.removed_at.is_(None))
        connection.execute(anew.values(asked_since=now))


def refuse_needed(connection: Connection, name: str) -> None:
    """Raise ConfigurationError where another list refers to this one."""
    _refuse(name, [row.name for row in _referring(connection, name)])


def refuse_lost(connection: Connection, lists: Sequence[int]) -> None:
    """Raise ConfigurationError where a list that is there refers to one of `lists`, which are removed already."""
    some = select(_w.name, _w.full_query).where(_w.removed_at.is_(None), _w.full_query.contains(MARK))
    referring = connection.execute(some.order_by(_w.name)).all() if lists else []
    if not referring:
        return
    for part in chunks(lists):
        for name in connection.scalars(select(_w.name).where(_w.id.in_(part)).order_by(_w.name)).all():
            _refuse(name, [row.name for row in referring if refers(row.full_query, name)])


def _refuse(name: str, needing: Sequence[str]) -> None:
    if needing:
        names = ", ".join(map(repr, needing))
        raise ConfigurationError(f"{name!r} is part of what {names} looks for (list:{name}); change that first")


def follow(connection: Connection, old: str, new: str, *, version: int, files_follow: bool) -> None:
    """Let lists that refer to `old` refer to `new`.

    `files_follow`: the files say what their lists refer to, and are applied in this very transaction.

    Raises:
        ConfigurationError: A list that is managed by file refers to it, or the new name cannot be written in a query.
    """
    for row in _referring(connection, old):
        if row.managed_by == "file":
            if files_follow:
                continue
            raise ConfigurationError(f"{row.name!r}, which is managed by file, refers to list:{old}: rename it there")
        try:
            values = _following(row, old, new)
        except QueryError as error:
            raise ConfigurationError(
                f"{row.name!r} refers to list:{old}, and cannot to {new!r}: {error.reason}"
            ) from error
        connection.execute(watch_lists.update().where(_w.id == row.id).values(**values, changed_in=version))


def _queries(connection: Connection) -> dict[str, str]:
    there = connection.execute(select(_w.name, _w.full_query).where(_w.removed_at.is_(None)))
    return {row.name: row.full_query for row in there}


def _following(row: Row[*tuple[Any, ...]], old: str, new: str) -> dict[str, Any]:
    def said(text: str) -> str:
        return with_new_name(text, old, new) if refers(text, old) else text

    keywords, exclude = [*map(said, row.keywords)], [*map(said, row.exclude)]
    query = None if row.query is None else said(row.query)
    query_of(keywords, exclude, query)  # refuses what is longer than somebody may write: nobody could edit it any more
    return {"keywords": keywords, "exclude": exclude, "query": query, "full_query": said(row.full_query)}


def _referring(connection: Connection, name: str) -> list[Row[*tuple[Any, ...]]]:
    columns = (_w.id, _w.name, _w.keywords, _w.exclude, _w.query, _w.full_query, _w.managed_by)
    some = select(*columns).where(_w.removed_at.is_(None), _w.name != name, _w.full_query.contains(MARK))
    return [row for row in connection.execute(some.order_by(_w.name)) if refers(row.full_query, name)]
