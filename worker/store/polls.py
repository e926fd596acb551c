"""Polls: writing what they leave behind, under the lease's fencing token."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exc, select

from worker.records import RecordedPoll
from worker.store import leases
from worker.store.items import write_items
from worker.store.tables import feeds, poll_journal
from worker.store.transactions import Database, insert, retried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row

    from worker.records import PollRecord

_ABOUT_VALUES = (exc.DataError, exc.IntegrityError, exc.InternalError)
"""Errors of the database that tell of what was to be written, not of the database's own state."""

JOURNAL_RUNS = 200
"""So many rows of the journal are kept for a feed (INTERFACE 7)."""

_log = logging.getLogger(__name__)


class Polls(Database):
    """The end of polls."""

    @retried
    def record_polls(self, records: Sequence[PollRecord]) -> dict[int, RecordedPoll]:
        """Write polls (see PollStore).

        All are written together first, which costs a handful of statements for the whole batch. If the database
        refuses that, the batch is halved until the feed at fault stands alone: it is told of, and not written.
        """
        with self._transaction("write") as connection:
            held = _held(connection, records)
            return self._written(connection, [record for record in records if record.feed in held], held)

    def _written(
        self, connection: Connection, records: Sequence[PollRecord], held: Mapping[int, Row[Any]]
    ) -> dict[int, RecordedPoll]:
        if not records:
            return {}
        try:
            with connection.begin_nested():
                waiting = write_items(connection, records)
                _write_feeds(connection, records, held)
        except (exc.StatementError, OverflowError, UnicodeError) as error:
            if isinstance(error, exc.DBAPIError) and (not isinstance(error, _ABOUT_VALUES) or self.retryable(error)):
                raise
            if len(records) == 1:
                kind = type(error.orig if isinstance(error, exc.StatementError) else error).__name__
                _log.warning("the database refused a poll of feed %d: %s", records[0].feed, kind)
                return {records[0].feed: RecordedPoll(refusal=f"the database refused what the feed says ({kind})")}
            half = len(records) // 2
            first = self._written(connection, records[:half], held)
            return first | self._written(connection, records[half:], held)
        return {record.feed: RecordedPoll(tuple(waiting.get(record.feed, ()))) for record in records}


def _held(connection: Connection, records: Sequence[PollRecord]) -> dict[int, Row[Any]]:
    """Lock the feeds whose token is still the record's, in id order."""
    tokens = {record.feed: record.token for record in records}
    held: dict[int, Row[Any]] = {}
    for part in leases.chunks(sorted(tokens)):
        statement = select(feeds).where(feeds.c.id.in_(part)).order_by(feeds.c.id).with_for_update(key_share=True)
        held.update((row.id, row) for row in connection.execute(statement) if row.lease_token == tokens[row.id])
    return held


def _write_feeds(connection: Connection, records: Sequence[PollRecord], held: Mapping[int, Row[Any]]) -> None:
    """Write the feeds' new state and journal, and free their leases."""
    statement = (
        feeds.update()
        .where(feeds.c.id == bindparam("b_feed"), feeds.c.lease_token == bindparam("b_token"))
        .values(**leases.finished())
    )
    runs = {record.feed: _run(record, held[record.feed]) for record in records}
    connection.execute(statement, [_feed_values(record, held[record.feed], runs[record.feed]) for record in records])
    longer: list[dict[str, Any]] = []
    begun: list[dict[str, Any]] = []
    for record in records:
        run = runs[record.feed]
        grows = run < held[record.feed].journal_runs
        (longer if grows else begun).append(_run_values(record, run))
    j = poll_journal.c
    if longer:
        same = poll_journal.update().where(j.feed_id == bindparam("b_feed_id"), j.place == bindparam("b_place"))
        grown = {
            "until": bindparam("b_until"),
            "polls": j.polls + 1,
            "new_items": j.new_items + bindparam("b_new_items"),
            "bytes": j.bytes + bindparam("b_bytes"),
            "seconds": bindparam("b_seconds"),
        }
        connection.execute(
            same.values(**grown), [{f"b_{name}": value for name, value in run.items()} for run in longer]
        )
    if begun:
        fresh = insert(connection, poll_journal)
        replaced = {column.name: fresh.excluded[column.name] for column in j if not column.primary_key}
        connection.execute(fresh.on_conflict_do_update(index_elements=["feed_id", "place"], set_=replaced), begun)


def _feed_values(record: PollRecord, feed: Row[Any], run: int) -> dict[str, Any]:
    keep, validators = record.keep_validators, record.validators
    slow = record.seconds if feed.average_seconds is None else (record.seconds + feed.average_seconds) / 2
    return {
        "b_feed": record.feed,
        "b_token": record.token,
        "state": record.state,
        "failures": record.failures,
        "next_poll_at": record.next_poll_at,
        "last_polled_at": record.at,
        "last_good_at": record.at if record.good else feed.last_good_at,
        "last_parsed_at": record.at if record.decision is not None else feed.last_parsed_at,
        "last_outcome": record.outcome,
        "last_status": record.status,
        "last_error": record.error,
        "last_note": _note(record),
        "average_seconds": slow,
        "title": record.title or feed.title,
        "link": record.link or feed.link,
        "language": record.language or feed.language,
        "validators_url": feed.validators_url if keep else (validators.url if validators else None),
        "etag": feed.etag if keep else (validators.etag if validators else None),
        "last_modified": feed.last_modified if keep else (validators.last_modified if validators else None),
        "body_hash": feed.body_hash if keep else record.body_hash,
        "journal_runs": run + 1,
    }


def _run(record: PollRecord, feed: Row[Any]) -> int:
    """The number of the journal's run that the poll belongs to: the last one's if it went alike, else a new one."""
    before = (feed.last_outcome, feed.last_status, feed.last_note)
    runs: int = feed.journal_runs
    return runs - 1 if runs and before == (record.outcome, record.status, _note(record)) else runs


def _run_values(record: PollRecord, run: int) -> dict[str, Any]:
    return {
        "feed_id": record.feed,
        "place": run % JOURNAL_RUNS,
        "run": run,
        "at": record.at,
        "until": record.at,
        "polls": 1,
        "outcome": record.outcome,
        "status": record.status,
        "new_items": len(record.decision.new) if record.decision else 0,
        "bytes": record.raw_bytes,
        "seconds": record.seconds,
        "note": _note(record),
    }


def _note(record: PollRecord) -> str | None:
    return "; ".join(filter(None, (record.error, record.note))) or None
