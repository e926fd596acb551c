"""Feeds after a poll: their new state, and the end of their leases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam

from worker.feeds.host import host_of
from worker.store import hints, leases, parts
from worker.store.hosts import place_of
from worker.store.journal import write_journal
from worker.store.merging import leave_host
from worker.store.tables import feeds
from worker.stories.ladder import RUNGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection, Row

    from worker.records import PollRecord

_f = feeds.c
_SELDOM = (
    *(_f.error_weight, _f.told_at),
    *(_f.redirect_url, _f.redirect_count, _f.redirect_since),
    *(_f.item_gap, _f.last_new_at, _f.hints, _f.fresh_for, _f.last_parsed_at, _f.last_whole_at, _f.listed),
    *(_f.gap_from, _f.gap_until),
    *(_f.title, _f.link, _f.language, _f.validators_url, _f.etag, _f.last_modified, _f.body_hash),
    *(_f.parts, _f.identity_rung, _f.identity_doubts),
)
"""What most polls leave as it is, and is written only where it changes: a 304 costs a dozen values."""

LOCKED = (
    *(_f.id, _f.lease_token, _f.host, _f.served_host, _f.paused, _f.merged_into, _f.average_seconds),
    *(_f.state, _f.failures),
    *(_f.journal_runs, _f.last_outcome, _f.last_status, _f.last_note),
)
"""What must be known of a feed to write a quiet poll of it."""

HELD = (
    *(_f.id, _f.lease_token, _f.url, _f.name, _f.removed_at, _f.state, _f.paused, _f.merged_into, _f.begun_at),
    *(_f.polled_url, _f.host, _f.served_host, _f.private_host, _f.last_good_at, _f.last_outcome, _f.average_seconds),
    *(_f.journal_runs, _f.last_status, _f.last_note),
    *_SELDOM,
)
"""What must be known of a feed to write any poll of it."""

_OURS = feeds.update().where(_f.id == bindparam("b_feed"), _f.lease_token == bindparam("b_token"))
_ENDED = _OURS.values(**leases.finished())
"""The other columns are set because the parameters name them."""
_ENDED_AGAIN = _OURS.values(
    next_poll_at=bindparam("b_next"),
    last_polled_at=bindparam("b_at"),
    last_good_at=bindparam("b_at"),
    average_seconds=bindparam("b_seconds"),
    learned_interval=bindparam("b_interval"),
    **leases.finished(),
)
"""For a good poll that went like the one before: half the values, each of which costs as much as the row does."""


def is_plain(record: PollRecord, feed: Row[*tuple[Any, ...]]) -> bool:
    """Whether the poll leaves as it is whatever most polls leave so; `feed`: its LOCKED columns."""
    return (
        record.quiet
        and record.good
        and (record.served_from is None or host_of(record.served_from) == (feed.served_host or feed.host))
    )


def write_feeds(
    connection: Connection,
    records: Sequence[PollRecord],
    held: Mapping[int, Row[*tuple[Any, ...]]],
    quiet: AbstractSet[int],
) -> None:
    """Write journal and state of the feeds as they are after their polls, and free their leases.

    `held`: the feeds as they were before, locked; of those that are `quiet` the LOCKED columns suffice.
    """
    notes = {record.feed: note for record in records if (note := _note(record)) is not None}
    runs = write_journal(connection, records, held, notes)
    again: list[dict[str, Any]] = []
    plain: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    for record in records:
        feed, run = held[record.feed], runs[record.feed]
        if record.feed in quiet and _is_as_before(record, feed, run):
            again.append(_again(record, feed))
            continue
        values = _often(record, feed, run, notes.get(record.feed))
        if record.feed in quiet:
            plain.append(values)
            continue
        seldom = _seldom(record, feed)
        place = _place(record, feed)
        if any(value != getattr(feed, name) for name, value in place.items()):
            moved.append(values | seldom | place)
            if place["host"] != feed.host and feed.begun_at is not None:
                leave_host(connection, feed)
        elif all(value == getattr(feed, name) for name, value in seldom.items()):
            plain.append(values)
        else:
            changed.append(values | seldom)
    for rows in (plain, changed, moved):
        if rows:
            connection.execute(_ENDED, rows)
    if again:
        connection.execute(_ENDED_AGAIN, again)


def _place(record: PollRecord, feed: Row[*tuple[Any, ...]]) -> dict[str, object]:
    """Where the feed is polled from now on, and whose manners that takes; a poll that failed tells nothing new."""
    if record.moved_to is None and record.served_from is None:
        return {"host": feed.host}
    return place_of(record.moved_to or feed.polled_url, record.served_from)


def _is_as_before(record: PollRecord, feed: Row[*tuple[Any, ...]], run: int) -> bool:
    """Whether a quiet poll went like the one before; `run`: what of the journal it belongs to."""
    resting = feed.paused or feed.merged_into is not None
    alike = run + 1 == feed.journal_runs
    condition = record.condition
    return alike and not resting and (condition.state, condition.failures) == (feed.state, feed.failures)


def _again(record: PollRecord, feed: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "b_feed": record.feed,
        "b_token": record.token,
        "b_next": record.next_poll_at,
        "b_at": record.at,
        "b_seconds": _average(record, feed),
        "b_interval": record.pace.interval,
    }


def _average(record: PollRecord, feed: Row[*tuple[Any, ...]]) -> float:
    average: float | None = feed.average_seconds
    return record.seconds if average is None else (record.seconds + average) / 2


def _often(record: PollRecord, feed: Row[*tuple[Any, ...]], run: int, note: str | None) -> dict[str, Any]:
    resting = feed.paused or feed.merged_into is not None  # since the poll began
    return {
        "b_feed": record.feed,
        "b_token": record.token,
        "state": "disabled" if resting else record.condition.state,
        "failures": record.condition.failures,
        "next_poll_at": record.next_poll_at,
        "last_polled_at": record.at,
        "last_good_at": record.at if record.good else feed.last_good_at,
        "last_outcome": record.outcome,
        "last_status": record.status,
        "last_error": record.error,
        "last_note": note,
        "average_seconds": _average(record, feed),
        "learned_interval": record.pace.interval,
        "journal_runs": run + 1,
    }


def _seldom(record: PollRecord, feed: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    candidate, gap = record.candidate, record.gap
    values = {
        "error_weight": record.condition.weight,
        "told_at": record.condition.told_at,
        "redirect_url": None if candidate is None else candidate.url,
        "redirect_count": 0 if candidate is None else candidate.count,
        "redirect_since": None if candidate is None else candidate.since,
        "item_gap": record.pace.item_gap,
        "last_new_at": record.pace.last_new_at,
        "hints": hints.kept(record.hints),
        "fresh_for": record.fresh_for if record.good else feed.fresh_for,
        "last_parsed_at": record.at if record.decision is not None else feed.last_parsed_at,
        "last_whole_at": record.at if record.whole else feed.last_whole_at,
        "listed": feed.listed if record.listed is None else record.listed,
        "gap_from": feed.gap_from if gap is None else gap[0],
        "gap_until": feed.gap_until if gap is None else gap[1],
        "title": record.title or feed.title,
        "link": record.link or feed.link,
        "language": record.language or feed.language,
        "parts": feed.parts if record.parts is None else parts.kept(record.parts),
        **_standing(record, feed),
    }
    if record.keep_validators:
        return values | {name: getattr(feed, name) for name in ("validators_url", "etag", "last_modified", "body_hash")}
    validators = record.validators
    return values | {
        "validators_url": None if validators is None else validators.url,
        "etag": None if validators is None else validators.etag,
        "last_modified": None if validators is None else validators.last_modified,
        "body_hash": record.body_hash,
    }


def _standing(record: PollRecord, feed: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    if record.standing is None:
        return {"identity_rung": feed.identity_rung, "identity_doubts": feed.identity_doubts}
    rung, doubts = record.standing.rung, record.standing.doubts
    return {"identity_rung": None if rung == RUNGS[0] else rung, "identity_doubts": doubts}


def _note(record: PollRecord) -> str | None:
    return "; ".join(filter(None, (record.error, record.note))) or None
