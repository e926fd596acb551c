"""The journal of polls: a ring of runs a feed, polls in a row that went alike being one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam

from worker.store.tables import poll_journal
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row

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


def write_journal(
    connection: Connection,
    records: Sequence[PollRecord],
    held: Mapping[int, Row[*tuple[Any, ...]]],
    notes: Mapping[int, str],
) -> dict[int, int]:
    """Write the polls into the journal; return the number of the run that each feed's poll belongs to.

    `held`: the feeds as they were before; `notes`: what is to be said of each poll, where there is anything.
    """
    runs = {record.feed: _run(record, held[record.feed], notes.get(record.feed)) for record in records}
    longer: list[dict[str, Any]] = []
    begun: list[dict[str, Any]] = []
    for record in records:
        run = runs[record.feed]
        grows = run < held[record.feed].journal_runs
        (longer if grows else begun).append(_run_values(record, run, notes.get(record.feed)))
    if longer:
        connection.execute(_LONGER, [{f"b_{name}": value for name, value in run.items()} for run in longer])
    if begun:
        fresh = insert(connection, poll_journal)
        replaced = {column.name: fresh.excluded[column.name] for column in _j if not column.primary_key}
        connection.execute(fresh.on_conflict_do_update(index_elements=["feed_id", "place"], set_=replaced), begun)
    return runs


def _run(record: PollRecord, feed: Row[*tuple[Any, ...]], note: str | None) -> int:
    """The number of the journal's run that the poll belongs to: the last one's if it went alike, else a new one."""
    before = (feed.last_outcome, feed.last_status, feed.last_note)
    runs: int = feed.journal_runs
    return runs - 1 if runs and before == (record.outcome, record.status, note) else runs


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
        "new_items": len(record.decision.new) if record.decision else 0,
        "bytes": record.raw_bytes,
        "seconds": record.seconds,
        "note": note,
    }
