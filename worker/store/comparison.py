"""The entries of the database against those of the files: what is there, and what of it differs."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from config.redaction import shown_url
from config.values import Configuration, FeedLine, OpmlLine, SubscriberLine, WatchListLine
from worker.records import Change
from worker.store import tables
from worker.store.list_lines import list_line
from worker.store.renaming import moved, moves
from worker.store.subscribers import channel_lines
from worker.store.subscriptions import quiet_of, schedule_of, subscribers_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Literal

    from sqlalchemy import Connection, Row

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


Kind = dict[str, Stored]
"""All entries of one kind by what they are known by, removed ones too."""


@dataclass(frozen=True, slots=True)
class There:
    """Everything there is: feeds by URL, OPML lists by place, the others by name.

    `lists` have the names that they get; `renames` are those that have another so far (new name -> old one).
    """

    feeds: Kind
    opml: Kind
    lists: Kind
    subscribers: Kind
    renames: Mapping[str, str]


def everything(connection: Connection, wanted: Configuration) -> There:
    """Load what there is, as the files would have it named."""
    before = _watch_lists(connection)
    renames = moves(before, {line.name: line for line in wanted.watch_lists})
    lists = moved(before, renames)
    for new in renames:
        lists[new] = Stored(lists[new].row, replace(cast("WatchListLine", lists[new].line), name=new))
    return There(_feeds(connection), _opml_lists(connection), lists, _subscribers(connection), renames)


def changes_of(there: There, wanted: Configuration) -> list[Change]:
    """Compare all entries, kind by kind.

    Who is told of a list is a set: the order of `notify` lines means nothing, and the database keeps none.
    """
    lists = {line.name: _ordered(line) for line in wanted.watch_lists}
    return [
        *_differences(there.feeds, {line.url: line for line in wanted.feeds}),
        *_differences(there.opml, {line.source: line for line in wanted.opml}),
        *_differences(there.lists, lists, _of_renaming(there, lists)),
        *_differences(there.subscribers, {line.name: line for line in wanted.subscribers}),
    ]


def row_of(stored: Mapping[str, Stored], key: str) -> Row[Any] | None:
    """Return the entry's row, be it a removed one's, or None."""
    return stored[key].row if key in stored else None


def gone(stored: Mapping[str, Stored], wanted: Collection[str]) -> list[int]:
    """Return the ids of entries that a file made and no file has any more."""
    return [stored[key].row.id for key in _gone(stored, wanted)]


def name_of(line: Line) -> str:
    """Return what a plan calls an entry."""
    if isinstance(line, OpmlLine):
        return shown_url(line.source)
    return line.name or shown_url(line.url) if isinstance(line, FeedLine) else line.name


def _differences(
    stored: Mapping[str, Stored], wanted: Mapping[str, Line], notes: Mapping[str, str] | None = None
) -> list[Change]:
    """Compare one kind of entries, by URL or name: added, changed, then removed.

    A detail names what differs, never a value, for that may be secret. `notes` come first in it, and one of an entry
    that is there makes it a change.
    """
    changes: list[Change] = []
    says = {key: [note] for key, note in (notes or {}).items()}
    for key, line in wanted.items():
        there, said = stored.get(key), says.get(key, [])
        if there is None or there.removed:
            changes.append(_change("add", line, *said, *([] if there is None else ["comes back"])))
            continue
        names = [f.name for f in fields(line) if f.compare and getattr(line, f.name) != getattr(there.line, f.name)]
        said = said + names + ([] if there.by_file else ["managed by file from now on"])
        if said:
            changes.append(_change("change", line, *said))
    removed = [_change("remove", stored[key].line, *says.get(key, [])) for key in _gone(stored, wanted)]
    return changes + removed


def _of_renaming(there: There, wanted: Mapping[str, WatchListLine]) -> dict[str, str]:
    """Say which lists are renamed; and which are not, although the files say so."""
    notes = {new: f"renamed from {old}" for new, old in there.renames.items()}
    for new, line in wanted.items():
        old = line.renamed_from
        if old is None or new in there.renames:
            continue
        if new not in there.lists or there.lists[new].removed:
            notes[new] = f"there is no {old} to rename"
        elif old not in wanted:
            notes[old] = f"not renamed, for {new} is there already"
    return notes


def _gone(stored: Mapping[str, Stored], wanted: Collection[str]) -> list[str]:
    return [key for key, entry in stored.items() if key not in wanted and entry.by_file and not entry.removed]


def _feeds(connection: Connection) -> Kind:
    rows = connection.execute(select(tables.feeds).order_by(tables.feeds.c.id)).all()
    return {
        r.url: Stored(r, FeedLine(r.url, r.name, tuple(r.tags), r.every, r.full_text, r.ignore_hints)) for r in rows
    }


def _opml_lists(connection: Connection) -> Kind:
    o = tables.opml_lists.c
    compared = [o.id, o.source, o.tags, o.managed_by, o.removed_at]
    rows = connection.execute(select(*compared).order_by(o.id)).all()
    return {r.source: Stored(r, OpmlLine(r.source, tuple(r.tags))) for r in rows}


def _watch_lists(connection: Connection) -> Kind:
    heard_by = subscribers_of(connection)
    rows = connection.execute(select(tables.watch_lists).order_by(tables.watch_lists.c.id)).all()
    return {
        r.name: Stored(
            r,
            list_line(r, heard_by.get(r.id, ())),
        )
        for r in rows
    }


def _subscribers(connection: Connection) -> Kind:
    channels = channel_lines(connection)
    rows = connection.execute(select(tables.subscribers).order_by(tables.subscribers.c.id)).all()
    return {
        r.name: Stored(
            r,
            SubscriberLine(
                r.name, r.timezone, channels.get(r.id, ()), quiet_of(r.quiet_hours), schedule_of(r.heartbeat)
            ),
        )
        for r in rows
    }


def _ordered(line: WatchListLine) -> WatchListLine:
    return replace(line, notify=tuple(sorted(line.notify, key=lambda notify: notify.subscriber)))


def _change(action: Literal["add", "change", "remove"], line: Line, *says: str) -> Change:
    if isinstance(line, OpmlLine):
        # For whoever reads the plan it is a line of feeds.yaml.
        return Change("feed", action, name_of(line), "; ".join(filter(None, ("OPML list", ", ".join(says)))))
    kinds: dict[type, Literal["feed", "watch_list", "subscriber"]] = {
        FeedLine: "feed",
        WatchListLine: "watch_list",
        SubscriberLine: "subscriber",
    }
    return Change(kinds[type(line)], action, name_of(line), ", ".join(says))
