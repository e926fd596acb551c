"""Effects: what the files' new and changed queries would have found in the archive, beside what `plan` says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from worker.errors import QueryError
from worker.pipeline.counting import Asked, Counting, CountingStore
from worker.pipeline.sync import full_queries
from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import parse, parse_canonical
from worker.watchlists.referring import leading_to
from worker.watchlists.resolving import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from config.values import Configuration, WatchListLine
    from worker.pipeline.counting import Compared, Counts
    from worker.records import Change
    from worker.records.archive import ListScope
    from worker.watchlists.tree import Node

BACK = timedelta(days=7)

MOST = 20
"""Of so many lists the effect is told: each may take a second or two."""

NAMED = 3
"""So many of the lists that refer to one are named."""


class EffectsStore(CountingStore, Protocol):
    """What it needs of the store."""

    def list_scope(self, name: str) -> ListScope | None:
        """Return what the watch list of this name asks, or None if there is none."""

    def list_queries(self) -> dict[str, str]:
        """The queries of all watch lists that are not removed, by name."""

    def renames(self, wanted: Configuration) -> dict[str, str]:
        """Return new name -> present name of the watch lists that `apply` would rename."""


class Effects(NamedTuple):
    """The changes, with their effects; `untold`: of so many lists more the effect was not looked for."""

    changes: list[Change]
    untold: int


class _Edit(NamedTuple):
    """A watch list as it is to be, with its full query, and what it is so far."""

    line: WatchListLine
    query: str
    name: str | None
    before: ListScope | None

    @property
    def asks_the_same(self) -> bool:
        return self.keeps_scope and self.before is not None and self.before.query == self.query

    @property
    def keeps_scope(self) -> bool:
        scope = frozenset(self.line.feed_tags), frozenset(self.line.languages)
        return self.before is not None and (self.before.feed_tags, self.before.languages) == scope

    @property
    def has_effect(self) -> bool:
        return not self.asks_the_same or (self.before is not None and self.before.alert != self.line.alert)


def with_effects(
    store: EffectsStore, changes: Sequence[Change], configuration: Configuration, *, now: datetime
) -> Effects:
    """Return `changes`, those of queries with what they would have found in the last seven days, gained and lost."""
    if store.archive_begins() is None:
        return Effects([*changes], 0)
    lines = {line.name: line for line in configuration.watch_lists}
    queries, renames = full_queries(configuration), store.renames(configuration)
    removed = {change.name for change in changes if change.action == "remove"}
    staying = {name: queries.get(name, query) for name, query in store.list_queries().items() if name not in removed}
    met = 0
    found: list[Change] = []
    for change in changes:
        if change.kind == "watch_list" and change.action != "remove":
            edit = _edit(store, lines[change.name], queries, renames)
            if edit.has_effect:
                met += 1
                if met <= MOST:
                    said = (change.detail, _effect(store, edit, queries, now), _followers(edit, staying))
                    found.append(replace(change, detail="; ".join(filter(None, said))))
                    continue
        found.append(change)
    return Effects(found, max(0, met - MOST))


def _edit(store: EffectsStore, line: WatchListLine, queries: Mapping[str, str], renames: Mapping[str, str]) -> _Edit:
    """Find what a list is so far, which may bear another name; whoever bears this one may lose it."""
    so_far = None if line.name in renames.values() else line.name
    name = renames.get(line.name, so_far)
    return _Edit(line, queries[line.name], name, None if name is None else store.list_scope(name))


def _effect(store: EffectsStore, edit: _Edit, queries: Mapping[str, str], now: datetime) -> str:
    """Say what becomes of a list: what it finds, or, in one and the same scope, what it gains and loses."""
    line, before = edit.line, edit.before
    since = (now - BACK).replace(microsecond=0)
    try:
        this = Asked(_whole(edit.query, queries, line.name), line.alert)
        counting = Counting(store, since=since, now=now, tags=line.feed_tags, languages=line.languages)
        # With another scope only what is found from now on can be told.
        if before is None or not edit.keeps_scope:
            return f"in {BACK.days} days {_counted(counting.counts(this))}"
        # What a list refers to may change where its own words do not.
        other = Asked(_whole(before.query, store.list_queries(), edit.name), before.alert)
    except QueryError as error:
        return f"not looked for in the archive: {error.reason}"
    return f"in {BACK.days} days {_compared(counting.difference(this, other), same=this.node == other.node)}"


def _followers(edit: _Edit, queries: Mapping[str, str]) -> str | None:
    """Name those of the lists that stay which find something else, for they refer to this one; None: there are none."""
    if edit.before is None or edit.before.query == edit.query:
        return None
    names = leading_to([edit.line.name], queries)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"with it {', '.join(map(repr, names[:NAMED]))}{more}" if names else None


def _whole(query: str, queries: Mapping[str, str], name: str | None) -> Node:
    """Return a query with the lists that it refers to in their place.

    It is read once more as it is then written, so that it is no longer than what somebody may write: what takes longer
    to look for raises QueryError.
    """
    return parse(canonical(resolve(parse_canonical(query), queries, query=query, name=name)))


def _counted(found: Counts) -> str:
    about = "about " if found.estimated else ""
    return f"{about}{found.items} items, {found.alerts_per_day:.1f} alerts a day"


def _compared(found: Compared, *, same: bool) -> str:
    """Say what is gained and lost; `same`: it is the same query, told in another way."""
    about = "about " if found.estimated else ""
    said = f"{found.both} items as before" if same else f"+{found.gained} -{found.lost} items, {found.both} as before"
    alerts = ""
    if found.alerts_per_day is not None:
        after, before = found.alerts_per_day
        alerts = f", {after:.1f} alerts a day instead of {before:.1f}"
    return f"{about}{said}{alerts}"
