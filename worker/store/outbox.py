"""The outbox: deliveries and digests, written in the transaction of what they tell."""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, select

from worker.alerts.slots import slots_of
from worker.store import leases
from worker.store.delivery_keys import abouts, another_key, delivery_key
from worker.store.status import installation
from worker.store.tables import channels, deliveries, digests, subscribers
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlalchemy.sql.dml import ReturningInsert

    from worker.alerts.model import SubjectKind
    from worker.alerts.planned import Hold

_c = channels.c
_CHANNELS = (
    select(_c.subscriber_id, _c.id, _c.state, _c.kind, _c.address)
    .where(_c.subscriber_id.in_(bindparam("subscribers", expanding=True)), _c.removed_at.is_(None))
    .order_by(_c.position, _c.id)
)


_g = digests.c
_DIGESTS = (
    select(_g.id, _g.closed_at)
    .where(
        _g.subscriber_id == bindparam("subscriber"),
        _g.kind.in_(("scheduled", "quiet", "spill")),
        _g.slot == bindparam("slot"),
    )
    .order_by(_g.id)
    .with_for_update(key_share=True)
)


_SUBJECT = ("subject_kind", "subject_id", "sequence", "channel_id")
_d = deliveries.c
_OWNERS = select(_d.key, *(_d[name] for name in _SUBJECT)).where(_d.key.in_(bindparam("keys", expanding=True)))


class Outbound(NamedTuple):
    """A message to be delivered through every channel of its subscriber.

    Attributes:
        kind, subject, sequence: What it is about (DESIGN 4.1).
        firsts: Of an update: channel -> the delivery there that it follows.
    """

    kind: SubjectKind
    subject: int
    subscriber: int
    due_at: datetime
    sequence: int = 0
    firsts: Mapping[int, int] | None = None


@lru_cache
def _delivering(dialect: str) -> ReturningInsert[int, datetime]:
    made = insert(dialect, deliveries).on_conflict_do_nothing()
    return made.returning(deliveries.c.id, deliveries.c.due_at)


def write_deliveries(
    connection: Connection, messages: Sequence[Outbound], *, now: datetime, enabled_only: bool = False
) -> list[int]:
    """Make a delivery of each message for each channel; return the ids of new ones that are due by `now`.

    For a channel that is turned off too, unless `enabled_only`: there it will fail, where a person sees it and can
    retry it.
    """
    of_subscriber: dict[int, list[tuple[int, tuple[str, str]]]] = {}
    for part in leases.chunks(sorted({message.subscriber for message in messages})):
        for row in connection.execute(_CHANNELS, {"subscribers": part}):
            if row.state == "enabled" or not enabled_only:
                of_subscriber.setdefault(row.subscriber_id, []).append((row.id, (row.kind, row.address)))
    heard = [message for message in messages if message.subscriber in of_subscriber]
    if not heard:
        return []
    namespace = installation(connection)
    about = abouts(connection, ((one.kind, one.subject, one.sequence) for one in heard))
    values = [
        {
            "key": delivery_key(namespace, about[message.kind, message.subject, message.sequence], known_by),
            "subject_kind": message.kind,
            "subject_id": message.subject,
            "sequence": message.sequence,
            "channel_id": channel,
            "first_id": (message.firsts or {}).get(channel),
            "state": "pending",
            "due_at": message.due_at,
            "created_at": now,
        }
        for message in sorted(heard, key=lambda message: (message.subject, message.sequence))
        for channel, known_by in of_subscriber[message.subscriber]
    ]
    return sorted(id_ for id_, due_at in _insert(connection, values) if due_at <= now)


def _insert(connection: Connection, values: list[dict[str, Any]]) -> list[tuple[int, datetime]]:
    """Insert deliveries that are not there yet; return the ids of new ones, and when they are due.

    What names two messages, as a list that bears the name of one that was renamed may do, is the key of the first.
    """
    made: list[tuple[int, datetime]] = []
    for times in count(1):
        rows = connection.execute(_delivering(connection.dialect.name), values).all()
        made += [(row.id, row.due_at) for row in rows]
        values = [] if len(rows) == len(values) else _under_keys_of_others(connection, values)
        if not values:
            return made
        values = [one | {"key": another_key(one["key"], times)} for one in values]
    raise AssertionError("counting never ends")


def _under_keys_of_others(connection: Connection, values: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of these deliveries whose keys other messages have."""
    owner: dict[str, tuple[object, ...]] = {}
    for part in leases.chunks(sorted({one["key"] for one in values})):
        owner |= {row.key: tuple(row[1:]) for row in connection.execute(_OWNERS, {"keys": part})}
    return [one for one in values if owner.get(one["key"], _subject(one)) != _subject(one)]


def _subject(delivery: dict[str, Any]) -> tuple[object, ...]:
    return tuple(delivery[name] for name in _SUBJECT)


def give_open_digests(connection: Connection, subscriber: int, *, now: datetime) -> None:
    """Let the subscriber's open digests go through every channel that it has now.

    They got their deliveries when they were opened, maybe for a channel that is no more; one that has come back had its
    delivery cancelled.
    """
    g, d, c = digests.c, deliveries.c, channels.c
    opened = select(g.id, g.due_at).where(g.subscriber_id == subscriber, g.closed_at.is_(None)).order_by(g.id)
    rows = connection.execute(opened.with_for_update(key_share=True)).all()
    write_deliveries(connection, [Outbound("digest", row.id, subscriber, row.due_at) for row in rows], now=now)
    there = select(c.id).where(c.subscriber_id == subscriber, c.removed_at.is_(None))
    for part in leases.chunks([row.id for row in rows]):
        gone = (d.subject_kind == "digest", d.subject_id.in_(part), d.channel_id.in_(there), d.state == "cancelled")
        back = leases.chosen(deliveries, leases.locked(deliveries, *gone, skip=False).order_by(d.id))
        connection.execute(back.values(state="pending"))


def open_digests(
    connection: Connection, holds: Iterable[tuple[int, Hold]], *, now: datetime
) -> dict[tuple[int, Hold], int]:
    """Return the open digest for each (subscriber, hold).

    Whoever calls holds the ids of alerts (see `worker.store.alerts.hold_ids`), so nobody else opens one meanwhile.
    """
    wanted = sorted(set(holds), key=lambda one: (one[0], one[1].due_at, one[1].by))
    return {one: open_digest(connection, *one, now=now) for one in wanted}


def open_digest(connection: Connection, subscriber: int, hold: Hold, *, now: datetime, heartbeat: bool = False) -> int:
    """Return the subscriber's open digest of a slot, or of the next slot of which none is closed yet.

    A subscriber has one digest a slot, whatever for: its kind is that of what was the first to be in it. `heartbeat`:
    it is sent although nothing is in it.
    """
    d = digests.c
    timezone = connection.execute(select(subscribers.c.timezone).where(subscribers.c.id == subscriber)).scalar_one()
    for due_at, name in slots_of(hold, timezone):
        # Locked, so that it cannot be closed before this transaction's alerts are in it.
        there = connection.execute(_DIGESTS, {"subscriber": subscriber, "slot": name}).all()
        found: int | None = next((row.id for row in there if row.closed_at is None), None)
        if there and found is None:
            continue
        if found is None:
            values = {"subscriber_id": subscriber, "kind": hold.kind, "slot": name, "due_at": due_at, "created_at": now}
            found = connection.execute(digests.insert().values(**values).returning(d.id)).scalar_one()
            write_deliveries(connection, [Outbound("digest", found, subscriber, due_at)], now=now)
        if heartbeat:
            connection.execute(digests.update().where(d.id == found).values(heartbeat=True))
        return found
    raise AssertionError("slots never end")
