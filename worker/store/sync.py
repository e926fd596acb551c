"""Plan and apply: the entries managed by file against the files."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from config.redaction import shown_url
from config.values import Configuration, FeedLine, OpmlLine, SubscriberLine, WatchListLine
from worker.records import Change
from worker.store import tables
from worker.store.deliveries import cancel_orphans
from worker.store.feed_lines import remove_feeds, write_feeds
from worker.store.opml_lists import forget_elsewhere, read_anew, remove_opml_lists, write_opml_list
from worker.store.status import bump_version, hold_version
from worker.store.subscribers import channel_lines, write_subscriber
from worker.store.transactions import Database, retried
from worker.store.watchlists import subscribers_of, write_list, write_subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from typing import Literal

    from sqlalchemy import Connection, Row, Table

Line = FeedLine | OpmlLine | WatchListLine | SubscriberLine


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry of the database: its row, and the line it would be in a file."""

    row: Row[Any]
    line: Line

    @property
    def removed(self) -> bool:
        """Whether only its memory is left."""
        return self.row.removed_at is not None

    @property
    def by_file(self) -> bool:
        """Whether a file made it, and may remove it."""
        return bool(self.row.managed_by == "file")


_Kind = dict[str, Stored]
"""All entries of one kind by what they are known by, removed ones too."""


@dataclass(frozen=True, slots=True)
class _There:
    """Everything there is: feeds by URL, OPML lists by place, the others by name."""

    feeds: _Kind
    opml: _Kind
    lists: _Kind
    subscribers: _Kind


class Sync(Database):
    """The database's side of `plan` and `apply`."""

    def plan(self, wanted: Configuration) -> list[Change]:
        """Compare (see SyncStore)."""
        with self._transaction("read") as connection:
            return _changes(_everything(connection), wanted)

    @retried
    def apply(self, wanted: Configuration, queries: Mapping[str, str], *, now: datetime) -> list[Change]:
        """Make equal (see SyncStore).

        Subscribers come before the lists that notify them; what is removed goes last, then the deliveries with it.
        """
        with self._transaction("durable") as connection:
            # Match steps under way end first, and none begins: what they wrote is cancelled with the rest.
            hold_version(connection)
            there = _everything(connection)
            changes = _changes(there, wanted)
            dirty = {(change.kind, change.name) for change in changes}
            _write_feeds(connection, there, wanted, dirty, now)
            for subscriber in wanted.subscribers:
                if ("subscriber", subscriber.name) in dirty:
                    known = _row(there.subscribers, subscriber.name)
                    write_subscriber(connection, subscriber, known, managed_by="file", now=now)
            compiled_anew = False
            for line in wanted.watch_lists:
                known = _row(there.lists, line.name)
                other_query = known is not None and known.full_query != queries[line.name]
                if ("watch_list", line.name) in dirty or other_query:
                    id_ = write_list(connection, line, queries[line.name], known, managed_by="file", now=now)
                    write_subscriptions(connection, id_, line, now=now)
                    compiled_anew = True
            _remove_feeds(connection, there, wanted, now)
            _remove(connection, tables.watch_lists, there.lists, {line.name for line in wanted.watch_lists}, now)
            _remove(connection, tables.subscribers, there.subscribers, {s.name for s in wanted.subscribers}, now)
            if changes or compiled_anew:
                cancel_orphans(connection, now=now)
                bump_version(connection)
        return changes


def differences(stored: Mapping[str, Stored], wanted: Mapping[str, Line]) -> list[Change]:
    """Compare one kind of entries, by URL or name: added, changed, then removed; a detail never holds a value."""
    changes: list[Change] = []
    for key, line in wanted.items():
        there = stored.get(key)
        if there is None or there.removed:
            changes.append(_change("add", line, "" if there is None else "comes back"))
            continue
        names = [f.name for f in fields(line) if f.compare and getattr(line, f.name) != getattr(there.line, f.name)]
        if not there.by_file:
            names.append("managed by file from now on")
        if names:
            changes.append(_change("change", line, ", ".join(names)))
    gone = [entry.line for key, entry in stored.items() if key not in wanted and entry.by_file and not entry.removed]
    return changes + [_change("remove", line) for line in gone]


def _changes(there: _There, wanted: Configuration) -> list[Change]:
    # Who is told is a set: the order of `notify` lines means nothing, and the database keeps none.
    lists = {line.name: _ordered(line) for line in wanted.watch_lists}
    return [
        *differences(there.feeds, {line.url: line for line in wanted.feeds}),
        *differences(there.opml, {line.source: line for line in wanted.opml}),
        *differences(there.lists, lists),
        *differences(there.subscribers, {line.name: line for line in wanted.subscribers}),
    ]


def _everything(connection: Connection) -> _There:
    return _There(_feeds(connection), _opml_lists(connection), _watch_lists(connection), _subscribers(connection))


def _feeds(connection: Connection) -> _Kind:
    rows = connection.execute(select(tables.feeds).order_by(tables.feeds.c.id)).all()
    return {
        r.url: Stored(r, FeedLine(r.url, r.name, tuple(r.tags), r.every, r.full_text, r.ignore_hints)) for r in rows
    }


def _opml_lists(connection: Connection) -> _Kind:
    o = tables.opml_lists.c
    compared = [o.id, o.source, o.tags, o.managed_by, o.removed_at]
    rows = connection.execute(select(*compared).order_by(o.id)).all()
    return {r.source: Stored(r, OpmlLine(r.source, tuple(r.tags))) for r in rows}


def _watch_lists(connection: Connection) -> _Kind:
    heard_by = subscribers_of(connection)
    rows = connection.execute(select(tables.watch_lists).order_by(tables.watch_lists.c.id)).all()
    return {
        r.name: Stored(
            r,
            WatchListLine(
                name=r.name,
                keywords=tuple(r.keywords),
                exclude=tuple(r.exclude),
                query=r.query,
                feed_tags=tuple(r.feed_tags),
                alert=r.alert,
                notify=tuple(heard_by.get(r.id, ())),
            ),
        )
        for r in rows
    }


def _subscribers(connection: Connection) -> _Kind:
    channels = channel_lines(connection)
    rows = connection.execute(select(tables.subscribers).order_by(tables.subscribers.c.id)).all()
    return {r.name: Stored(r, SubscriberLine(r.name, r.timezone, channels.get(r.id, ()))) for r in rows}


def _ordered(line: WatchListLine) -> WatchListLine:
    return replace(line, notify=tuple(sorted(line.notify, key=lambda notify: notify.subscriber)))


def _change(action: Literal["add", "change", "remove"], line: Line, detail: str = "") -> Change:
    if isinstance(line, OpmlLine):
        # For whoever reads the plan it is a line of feeds.yaml.
        return Change(
            kind="feed", action=action, name=_name(line), detail="; ".join(filter(None, ("OPML list", detail)))
        )
    kinds: dict[type, Literal["feed", "watch_list", "subscriber"]] = {
        FeedLine: "feed",
        WatchListLine: "watch_list",
        SubscriberLine: "subscriber",
    }
    return Change(kind=kinds[type(line)], action=action, name=_name(line), detail=detail)


def _name(line: Line) -> str:
    if isinstance(line, OpmlLine):
        return shown_url(line.source)
    return line.name or shown_url(line.url) if isinstance(line, FeedLine) else line.name


def _write_feeds(
    connection: Connection, there: _There, wanted: Configuration, dirty: Collection[tuple[str, str]], now: datetime
) -> None:
    changed = [(line, _row(there.feeds, line.url)) for line in wanted.feeds if ("feed", _name(line)) in dirty]
    write_feeds(connection, changed, managed_by="file", now=now)
    taken = [known.opml_id for _, known in changed if known is not None and known.opml_id is not None]
    forget_elsewhere(connection, sorted(set(taken)))
    for line in wanted.opml:
        if ("feed", _name(line)) in dirty:
            write_opml_list(connection, line, _row(there.opml, line.source), managed_by="file", now=now)


def _remove_feeds(connection: Connection, there: _There, wanted: Configuration, now: datetime) -> None:
    """Remove OPML lists with what came from them, then single feeds: the lists that are left may have them too."""
    lists = _gone(there.opml, {line.source for line in wanted.opml})
    if lists:
        remove_opml_lists(connection, lists, now=now)
    feeds = _gone(there.feeds, {line.url for line in wanted.feeds})
    if feeds:
        remove_feeds(connection, feeds, now=now)
        read_anew(connection, feeds, now=now)


def _row(stored: Mapping[str, Stored], key: str) -> Row[Any] | None:
    return stored[key].row if key in stored else None


def _gone(stored: Mapping[str, Stored], wanted: set[str]) -> list[int]:
    return [e.row.id for key, e in stored.items() if key not in wanted and e.by_file and not e.removed]


def _remove(
    connection: Connection, table: Table, stored: Mapping[str, Stored], wanted: set[str], now: datetime
) -> None:
    gone = _gone(stored, wanted)
    if gone:
        connection.execute(table.update().where(table.c.id.in_(gone)).values(removed_at=now))
