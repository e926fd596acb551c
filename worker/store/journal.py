"""The journal of polls: a ring of runs a feed, polls in a row that went alike being one run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam

from worker.store.tables import poll_journal
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row
    from sqlalchemy.dialects import postgresql

    from worker.records import PollRecord

JOURNAL_RUNS = 200
"""So many rows of the journal are kept for a feed (INTERFACE 7)."""

_j = poll_journal.c
_LONGER = (
    poll_journal.update()
    .where(_j.feed_id == bindparam("b_feed_id"), _j.place == bindparam("b_place"))
    .values(
        until=bindparam("b_until"),
        polls=_j.polls + 1,
        new_items=_j.new_items + bindparam("b_new_items"),
        bytes=_j.bytes + bindparam("b_bytes"),
        seconds=bindparam("b_seconds"),
    )
)
_LONGER_BY_NOTHING = (
    poll_journal.update()
    .where(_j.feed_id == bindparam("b_feed_id"), _j.place == bindparam("b_place"))
    .values(until=bindparam("b_until"), polls=_j.polls + 1, seconds=bindparam("b_seconds"))
)
"""A poll that brought neither items nor bytes is what most are; each value costs as much as the row does."""


def write_journal(
    connection: Connection,
    records: Sequence[PollRecord],
    held: Mapping[int, Row[*tuple[Any, ...]]],
    notes: Mapping[int, str],
) -> dict[int, int]:
    """Write the polls into the journal; return the number of the run that each feed's poll belongs to.

    That is the last run if the poll went alike, else a new one.

    `held`: the feeds as they were before; `notes`: what is to be said of each poll, where there is anything.
    """
    runs: dict[int, int] = {}
    longer: list[dict[str, Any]] = []
    longer_by_nothing: list[dict[str, Any]] = []
    begun: list[dict[str, Any]] = []
    for record in records:
        feed, note = held[record.feed], notes.get(record.feed)
        before: int = feed.journal_runs
        alike = (record.outcome, record.status, note) == (feed.last_outcome, feed.last_status, feed.last_note)
        grows = before > 0 and alike
        run = runs[record.feed] = before - 1 if grows else before
        if not grows:
            begun.append(_run_values(record, run, note))
        elif record.decision is None and not record.raw_bytes:
            longer_by_nothing.append(_longer(record, run))
        else:
            longer.append(_longer(record, run) | {"b_new_items": _new_items(record), "b_bytes": record.raw_bytes})
    for statement, rows in ((_LONGER, longer), (_LONGER_BY_NOTHING, longer_by_nothing)):
        if rows:
            connection.execute(statement, rows)
    if begun:
        connection.execute(_beginning(connection.dialect.name), begun)
    return runs


@lru_cache
def _beginning(dialect: str) -> postgresql.Insert:
    fresh = insert(dialect, poll_journal)
    replaced = {column.name: fresh.excluded[column.name] for column in _j if not column.primary_key}
    return fresh.on_conflict_do_update(index_elements=["feed_id", "place"], set_=replaced)


def _longer(record: PollRecord, run: int) -> dict[str, Any]:
    return {
        "b_feed_id": record.feed,
        "b_place": run % JOURNAL_RUNS,
        "b_until": record.at,
        "b_seconds": record.seconds,
    }


def _new_items(record: PollRecord) -> int:
    return len(record.decision.new) if record.decision else 0


def _run_values(record: PollRecord, run: int, note: str | None) -> dict[str, Any]:
    return {
        "feed_id": record.feed,
        "place": run % JOURNAL_RUNS,
        "run": run,
        "at": record.at,
        "until": record.at,
        "polls": 1,
        "outcome": record.outcome,
        "status": record.status,
        "new_items": _new_items(record),
        "bytes": record.raw_bytes,
        "seconds": record.seconds,
        "note": note,
    }
