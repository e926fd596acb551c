"""OPML lists: whose feeds are all watched, and kept in step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import func, select

from config.rules import same_address
from worker.records import Validators
from worker.store import feed_lines, leases, tables
from worker.store.rows import OpmlRow, Synced
from worker.store.status import bump_version, hold_version
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from config.values import FeedLine, OpmlLine

_o = tables.opml_lists.c
_f = tables.feeds.c


class Reading(Protocol):
    """How the reading of a list ended: what `worker.pipeline.opml.OpmlReading` says, as far as it is kept."""

    @property
    def opml(self) -> int: ...  # noqa: D102 - the list's id
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def next_read_at(self) -> datetime: ...  # noqa: D102
    @property
    def keep_validators(self) -> bool: ...  # noqa: D102 - leave the stored ones alone
    @property
    def validators(self) -> Validators | None: ...  # noqa: D102 - to store; None clears them
    @property
    def error(self) -> str | None: ...  # noqa: D102 - one line without secrets
    @property
    def doubted_at(self) -> datetime | None: ...  # noqa: D102 - since when it is not believed


class OpmlLists(Database):
    """OPML lists as their reader and commands see them."""

    def opml_lists_list(self) -> list[OpmlRow]:
        """All OPML lists that are not removed, by source."""
        with self._transaction("read") as connection:
            return _rows(connection)

    def opml_due(self, *, now: datetime) -> list[OpmlRow]:
        """OPML lists to be read now, longest due first."""
        with self._transaction("read") as connection:
            found = _rows(connection, _o.next_read_at <= now)
        return sorted(found, key=lambda row: (row.next_read_at, row.id))

    @retried
    def begin_opml(self, lists: Sequence[int], *, now: datetime, until: datetime) -> list[int]:
        """Keep those of the lists that are due to whoever calls: for others they are due again `until` then.

        Returns which. Whoever comes second gets none of them, so that no publisher is asked twice; to read one twice
        would do no harm else.
        """
        mine = tables.opml_lists.update().where(_o.id.in_(lists), _o.removed_at.is_(None), _o.next_read_at <= now)
        with self._transaction("write") as connection:
            return sorted(connection.scalars(mine.values(next_read_at=until).returning(_o.id)))

    @retried
    def record_opml(self, reading: Reading) -> None:
        """Write how a reading ended, whatever became of it; what it said comes first, by `sync_opml`."""
        values: dict[str, Any] = {
            "last_read_at": reading.at,
            "next_read_at": reading.next_read_at,
            "last_error": reading.error,
            "doubted_at": reading.doubted_at,
        }
        if not reading.keep_validators:
            values |= _kept(reading.validators)
        with self._transaction("write") as connection:
            connection.execute(tables.opml_lists.update().where(_o.id == reading.opml).values(**values))

    @retried
    def sync_opml(self, opml: int, lines: Sequence[FeedLine], *, now: datetime) -> Synced:
        """Make the feeds of an OPML list equal to its lines, in one transaction; all bear the list's tags too.

        A feed of a file, of a command or of another list is left to that. Where a feed falls out of this list, others
        that name it too are read anew.
        """
        with self._transaction("write") as connection:
            hold_version(connection)  # as `apply` does: the two of them must not add one feed at the same time
            whole = select(tables.opml_lists).where(_o.id == opml, _o.removed_at.is_(None)).with_for_update()
            row = connection.execute(whole).one_or_none()
            if row is None:
                return Synced(0, 0, 0, 0)
            mine = _feeds_of(connection, opml)
            theirs = feed_lines.addresses(connection) - {
                same_address(url) for feed in mine.values() for url in (feed.url, feed.polled_url)
            }
            wanted: dict[str, FeedLine] = {}
            elsewhere: list[str] = []
            for line in lines:
                address = same_address(line.url)
                if address in theirs:
                    elsewhere.append(address)
                else:
                    wanted.setdefault(address, replace(line, tags=_joined(row.tags, line.tags)))
            added = [line for address, line in wanted.items() if address not in mine]
            changed = [(line, mine[address]) for address, line in wanted.items() if address in mine]
            changed = [(line, feed) for line, feed in changed if _differs(line, feed)]
            gone = [feed.id for address, feed in mine.items() if address not in wanted]
            connection.execute(tables.opml_lists.update().where(_o.id == opml).values(elsewhere=elsewhere))
            feed_lines.write_feeds(
                connection, [*feed_lines.rows_of(connection, added), *changed], managed_by="opml", now=now, opml=opml
            )
            feed_lines.remove_feeds(connection, gone, now=now)
            read_anew(connection, gone, now=now)
            if added or changed or gone:
                bump_version(connection)
        return Synced(len(added), len(changed), len(gone), len(elsewhere))


def write_opml_list(
    connection: Connection, line: OpmlLine, known: Row[Any] | None, *, managed_by: str, now: datetime
) -> None:
    """Insert, change or bring back an OPML list, to be read at once; its feeds bear its new tags from now on."""
    lists = tables.opml_lists
    values = {"tags": list(line.tags), "managed_by": managed_by, "removed_at": None, "next_read_at": now} | _kept(None)
    if known is not None and known.removed_at is not None:
        values |= {"last_read_at": None, "last_error": None, "doubted_at": None, "elsewhere": None}
    if known is None:
        connection.execute(lists.insert().values(source=line.source, created_at=now, **values))
        return
    connection.execute(lists.update().where(_o.id == known.id).values(**values))
    for feed in _feeds_of(connection, known.id).values():
        tags = _joined(line.tags, (tag for tag in feed.tags if tag not in known.tags))
        connection.execute(tables.feeds.update().where(_f.id == feed.id).values(tags=list(tags)))


def remove_opml_lists(connection: Connection, gone: Sequence[int], *, now: datetime) -> None:
    """Remove OPML lists with their feeds; the archive stays."""
    connection.execute(tables.opml_lists.update().where(_o.id.in_(gone)).values(removed_at=now))
    feeds = list(connection.scalars(select(_f.id).where(_f.opml_id.in_(gone), _f.removed_at.is_(None)).order_by(_f.id)))
    feed_lines.remove_feeds(connection, feeds, now=now)
    read_anew(connection, feeds, now=now)


def read_anew(connection: Connection, removed: Sequence[int], *, now: datetime) -> None:
    """Have the lists that name one of these removed feeds read now, and whole.

    Lists that name none of them are left alone, and so are those in doubt: a second word that nobody waited for would
    prove nothing. Those that cannot be read keep their time, for they would not be read now either.
    """
    if not removed:
        return
    gone: set[str] = set()
    for part in leases.chunks(sorted(removed)):
        for feed in connection.execute(select(_f.url, _f.polled_url).where(_f.id.in_(part))):
            gone |= {same_address(feed.url), same_address(feed.polled_url)}
    lists = connection.execute(
        select(_o.id, _o.elsewhere, _o.last_error).where(_o.removed_at.is_(None), _o.doubted_at.is_(None))
    ).all()
    for row in lists:
        if row.elsewhere is None or not gone.isdisjoint(row.elsewhere):
            when = {} if row.last_error else {"next_read_at": now}
            connection.execute(tables.opml_lists.update().where(_o.id == row.id).values(**when, **_kept(None)))


def forget_elsewhere(connection: Connection, lists: Collection[int]) -> None:
    """Write that feeds of these lists belong to something else from now on: which of theirs do, nobody knows now."""
    if lists:
        connection.execute(tables.opml_lists.update().where(_o.id.in_(lists)).values(elsewhere=None))


def _feeds_of(connection: Connection, opml: int) -> dict[str, Row[Any]]:
    """Load the feeds of a list that are not removed, by address."""
    rows = connection.execute(
        select(tables.feeds).where(_f.opml_id == opml, _f.removed_at.is_(None)).order_by(_f.id)
    ).all()
    return {same_address(row.url): row for row in rows}


def _rows(connection: Connection, *where: ColumnElement[bool]) -> list[OpmlRow]:
    shown = [column for column in _o if column is not _o.elsewhere]
    lists = connection.execute(select(*shown).where(_o.removed_at.is_(None), *where).order_by(_o.source)).all()
    if not lists:
        return []
    tally = select(_f.opml_id, func.count()).where(_f.opml_id.is_not(None), _f.removed_at.is_(None))
    counts: dict[int, int] = {row[0]: row[1] for row in connection.execute(tally.group_by(_f.opml_id))}
    return [
        OpmlRow(
            id=row.id,
            source=row.source,
            tags=tuple(row.tags),
            feeds=counts.get(row.id, 0),
            validators=None
            if row.validators_url is None
            else Validators(row.validators_url, row.etag, row.last_modified),
            last_read_at=row.last_read_at,
            next_read_at=row.next_read_at,
            last_error=row.last_error,
            managed_by=row.managed_by,
            doubted_at=row.doubted_at,
        )
        for row in lists
    ]


def _kept(validators: Validators | None) -> dict[str, Any]:
    if validators is None:
        return {"validators_url": None, "etag": None, "last_modified": None}
    return {"validators_url": validators.url, "etag": validators.etag, "last_modified": validators.last_modified}


def _differs(line: FeedLine, feed: Row[Any]) -> bool:
    return (line.name, line.tags) != (feed.name, tuple(feed.tags))


def _joined(first: Iterable[str], then: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *then)))
