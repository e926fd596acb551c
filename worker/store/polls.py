"""Polls: writing what they leave behind, under the lease's fencing token."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exc, func, select

from worker.records import RecordedPoll
from worker.store import leases, merging
from worker.store.documents import write_memory
from worker.store.items import write_items
from worker.store.notices import write_feed_notices
from worker.store.polled_feeds import HELD, LOCKED, is_plain, write_feeds
from worker.store.tables import feeds
from worker.store.transactions import Database, Purpose, retried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from worker.records import PollRecord

_ABOUT_VALUES = (exc.DataError, exc.IntegrityError, exc.InternalError)
"""Errors of the database that tell of what was to be written, not of the database's own state."""

_REFUSALS = (exc.StatementError, OverflowError, UnicodeError)
"""Errors that may be refusals."""

_ASKED = feeds.c.id.in_(bindparam("ids", expanding=True))
_HELD = select(*HELD).where(_ASKED)
_LOCKED, _HELD_LOCKED = (
    select(*known).where(_ASKED).order_by(feeds.c.id).with_for_update(key_share=True) for known in (LOCKED, HELD)
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What all parts of one call share.

    Attributes:
        held: The feeds as they were, locked: those whose token is still the record's. Of `plain` ones only LOCKED is
            known, of others HELD.
        plain: Feeds of which the poll changes little more than times.
        kept: feed that moves -> the feed it is merged into, locked.
        owner: Who is told of feeds, by name.
    """

    held: Mapping[int, Row[*tuple[Any, ...]]]
    plain: AbstractSet[int]
    kept: Mapping[int, Row[*tuple[Any, ...]]]
    owner: str | None


class Polls(Database):
    """The end of polls."""

    @retried
    def polled_since(self, since: datetime) -> tuple[int, int]:
        """Count feeds polled since then, and those of them that were answered (see PollStore)."""
        f = feeds.c
        polled = select(func.count(), func.count(f.last_status)).where(f.last_polled_at >= since, ~f.private_host)
        with self._transaction("read") as connection:
            row = connection.execute(polled).one()
        return row[0], row[1]

    @retried
    def record_polls(self, records: Sequence[PollRecord], *, owner: str | None) -> dict[int, RecordedPoll]:
        """Write polls (see PollStore).

        All are written together first, which costs a handful of statements for the whole batch. If the database
        refuses that, it is all undone and begun anew, the batch then being halved until the feed at fault stands
        alone: it is told of, and not written. Savepoints are needed only then, and cost as much as two statements.
        """
        told = any(record.notice is not None for record in records)
        purpose: Purpose = "durable" if told else "write"
        try:
            with self._transaction(purpose) as connection:
                batch = _locked(connection, records, owner)
                return _write(connection, [record for record in records if record.feed in batch.held], batch)
        except _REFUSALS as error:
            if not self._is_refusal(error):
                raise
        with self._transaction(purpose) as connection:
            batch = _locked(connection, records, owner)
            return self._written(connection, [record for record in records if record.feed in batch.held], batch)

    def _is_refusal(self, error: Exception) -> bool:
        """Whether an error tells of what was to be written."""
        return not isinstance(error, exc.DBAPIError) or (isinstance(error, _ABOUT_VALUES) and not self.retryable(error))

    def _written(self, connection: Connection, records: Sequence[PollRecord], batch: _Batch) -> dict[int, RecordedPoll]:
        try:
            with connection.begin_nested():
                return _write(connection, records, batch)
        except _REFUSALS as error:
            if not self._is_refusal(error):
                raise
            if len(records) == 1:
                kind = type(error.orig if isinstance(error, exc.StatementError) else error).__name__
                _log.warning("the database refused a poll of feed %d: %s", records[0].feed, kind)
                return {records[0].feed: RecordedPoll(refusal=f"the database refused what the feed says ({kind})")}
            half = len(records) // 2
            first = self._written(connection, records[:half], batch)
            return first | self._written(connection, records[half:], batch)


def _locked(connection: Connection, records: Sequence[PollRecord], owner: str | None) -> _Batch:
    """Lock the records' feeds and those they are merged into, in id order; leave out stale tokens."""
    goes_to = merging.destinations(connection, records)
    asked = {record.feed for record in records} | {*goes_to.values()}
    rows: dict[int, Row[*tuple[Any, ...]]] = {}
    any_quiet = any(record.quiet for record in records)
    for part in leases.chunks(sorted(asked)):
        rows.update((row[0], row) for row in connection.execute(_LOCKED if any_quiet else _HELD_LOCKED, {"ids": part}))
    ours = [record for record in records if record.feed in rows and rows[record.feed].lease_token == record.token]
    plain = {record.feed for record in ours if is_plain(record, rows[record.feed])} - {*goes_to.values()}
    for part in leases.chunks(sorted(rows.keys() - plain) if any_quiet else []):
        rows.update((row[0], row) for row in connection.execute(_HELD, {"ids": part}))
    return _Batch(
        held={record.feed: rows[record.feed] for record in ours},
        plain=plain,
        kept={feed: rows[kept] for feed, kept in goes_to.items() if merging.can_keep(rows[kept])},
        owner=owner,
    )


def _write(connection: Connection, records: Sequence[PollRecord], batch: _Batch) -> dict[int, RecordedPoll]:
    """Write polls; one statement of a kind for all.

    1. Items; then feeds and journal, which frees the leases.
    2. What is remembered of documents.
    3. Feeds that moved to where another is are merged into that one.
    4. Notices to the owner.
    """
    if not records:
        return {}
    written = write_items(connection, records)
    merged = {record.feed: batch.kept[record.feed] for record in records if record.feed in batch.kept}
    noted = [
        replace(record, note="; ".join(filter(None, (record.note, merging.note_of(merged[record.feed])))))
        if record.feed in merged
        else record
        for record in records
    ]
    write_feeds(connection, noted, batch.held, batch.plain)
    write_memory(connection, records, written.added)
    for record in records:
        if record.feed in merged:
            # What failed has asked the other one's publisher for nothing, and says nothing of its wishes.
            due = record.next_poll_at if record.good else None
            merging.merge(connection, record.feed, merged[record.feed].id, next_poll_at=due)
    told = write_feed_notices(connection, records, batch.held, batch.owner)
    return {
        record.feed: RecordedPoll(
            unmatched=tuple(written.waiting.get(record.feed, ())), deliveries=tuple(told.get(record.feed, ()))
        )
        for record in records
    }
