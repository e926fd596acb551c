"""Deliveries: leases, attempts, results, and what becomes of those whose reason has gone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, func, literal, or_, select

from worker.alerts.model import MASKED, Address
from worker.records import DueDelivery, Outgoing
from worker.store import leases, sending, tables
from worker.store.addresses import shown_address
from worker.store.due import in_turn, waits_for
from worker.store.failing import failing
from worker.store.orphans import cancel_orphans
from worker.store.rows import DeliveryRow, FailingChannel
from worker.store.subscriptions import quiet_of
from worker.store.transactions import Database, retried
from worker.store.types import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection, Label, Row, Select
    from sqlalchemy.sql.dml import ReturningUpdate

    from worker.alerts.breaker import ChannelHealth
    from worker.records import DeliveryRecord

REPLAYABLE = ("sent", "failed", "quarantined", "ambiguous")
"""States of what can be sent once more."""

RETRIABLE = ("failed", "quarantined", "cancelled", "ambiguous")
"""States from which a person may send a delivery again."""

HELD = and_(
    tables.deliveries.c.state == "pending",
    tables.deliveries.c.subject_kind == "digest",
    tables.deliveries.c.attempts == 0,
)
"""The condition under which a delivery is what people call held: a digest that waits for its slot."""


class Deliveries(Database):
    """Deliveries and their leases."""

    @retried
    def claim_due_deliveries(self, *, now: datetime, lease: timedelta, limit: int) -> list[DueDelivery]:
        """Queue deliveries that are due (see ClaimStore)."""
        found: list[DueDelivery] = []
        with self._transaction("write") as connection:
            if not connection.execute(_ANY_DUE, {"now": now}).first():
                return []
            for channel, room in sending.room(connection, None, now=now).items():
                if len(found) >= limit:
                    break
                queued = _queueing().values(leased_until=now + lease)
                asked = {"channel": channel, "now": now, "most": min(room, limit - len(found))}
                rows = sorted(connection.execute(queued, asked), key=lambda row: (row.due_at, row.id))
                found += [DueDelivery(row.id, channel=channel, alone=row.alone) for row in rows]
        return found

    def next_deliveries(self, channels: Iterable[int], *, now: datetime) -> list[int]:
        """Find what these channels may send next (see DeliverStore)."""
        found: list[int] = []
        with self._transaction("read") as connection:
            for channel, room in sending.room(connection, sorted(set(channels)), now=now).items():
                found += connection.scalars(_next(), {"channel": channel, "now": now, "most": room})
        return found

    @retried
    def begin_deliveries(
        self, deliveries: Sequence[int], *, owner: str, now: datetime, lease: timedelta
    ) -> list[Outgoing]:
        """Begin deliveries (see DeliverStore); ones whose lists or channels are gone become "cancelled" instead."""
        d = tables.deliveries
        values = {"state": "sending", "attempts": d.c.attempts + 1, "lease_owner": owner, "leased_until": now + lease}
        outgoing: list[Outgoing] = []
        with self._transaction("durable") as connection:
            for part in leases.chunks(sorted(set(deliveries))):
                cancel_orphans(connection, now=now, among=part)
                _fail_disabled(connection, part)
            borne = sending.borne(connection, deliveries, now=now)
            ready = (d.c.state == "pending", d.c.due_at <= now, in_turn())
            company = len(set(deliveries)) > 1
            begun = leases.begin(connection, d, borne, *ready, company=company, **values)
            for part in leases.chunks(sorted(begun)):
                outgoing += [_outgoing(row) for row in connection.execute(_begun(), {"ids": part})]
        return outgoing

    @retried
    def renew_delivery_leases(self, tokens: Mapping[int, int], *, now: datetime, lease: timedelta) -> None:
        """Prolong leases that are still ours."""
        with self._transaction("write") as connection:
            leases.renew(connection, tables.deliveries, tokens, now + lease)

    @retried
    def record_delivery(
        self,
        record: DeliveryRecord,
        *,
        health: Callable[[ChannelHealth], ChannelHealth] = lambda health: health,
        owner: str | None = None,
    ) -> bool:
        """Write an attempt's end (see DeliverStore).

        A lease that was lost, but begun by nobody since, still takes the result: what was sent was sent.
        """
        d = tables.deliveries
        values: dict[str, Any] = {"state": record.state}
        values |= {"last_error": record.error} if record.attempted else {"attempts": d.c.attempts - 1}
        if record.due_at is not None:
            values["due_at"] = record.due_at
        if record.state == "sent":
            # What is replayed was told when it was told first.
            values["sent_at"] = func.coalesce(d.c.sent_at, literal(record.at, UtcDateTime()))
        current = [d.c.id == record.delivery, d.c.lease_token == record.token]
        if record.state != "sent":
            current.append(d.c.state.in_(("pending", "sending")))  # what was cancelled meanwhile stays so
        with self._transaction("durable") as connection:
            statement = d.update().where(*current).values(**values, **leases.finished())
            row = connection.execute(
                statement.returning(d.c.subject_kind, d.c.subject_id, d.c.sequence, d.c.channel_id)
            ).one_or_none()
            if row is None:
                return False
            if record.state == "sent" and row.sequence == 0:
                _told(connection, row.subject_kind, row.subject_id)
            if record.attempted:
                sending.record_health(connection, row.channel_id, health)
            if record.disable_channel is not None:
                sending.turn_off(connection, row.channel_id, record.disable_channel, owner=owner, now=record.at)
        return True

    def failing_channels(self, *, now: datetime) -> list[FailingChannel]:
        """Return the channels whose breaker is open, those first that have failed the longest."""
        with self._transaction("read") as connection:
            return failing(connection, now=now)

    def deliveries_list(
        self,
        *,
        state: str | None = None,
        subscriber: str | None = None,
        since: datetime | None = None,
        only: int | None = None,
        limit: int = 100,
    ) -> list[DeliveryRow]:
        """Deliveries, newest first; of one `state`, to one subscriber, made `since` then, or `only` this one.

        Digests that wait for their slot are pending; "held" asks for these alone.
        """
        d, c, u, p = tables.deliveries.c, tables.channels.c, tables.subscribers.c, tables.alert_updates.c
        of_update = and_(d.subject_kind == "alert", p.alert_id == d.subject_id, p.sequence == d.sequence)
        statement = (
            select(tables.deliveries, c.kind, c.address, u.name.label("subscriber"))
            .add_columns(p.kind.label("update_kind"), waits_for().label("waits_for"), number_of_channel())
            .join_from(tables.deliveries, tables.channels)
            .join(tables.subscribers)
            .join(tables.alert_updates, of_update, isouter=True)
            .order_by(d.id.desc())
            .limit(limit)
        )
        if state is not None:
            statement = statement.where(HELD if state == "held" else d.state == state)
        if subscriber is not None:
            statement = statement.where(u.name == subscriber)
        if since is not None:
            statement = statement.where(d.created_at >= since)
        if only is not None:
            statement = statement.where(d.id == only)
        with self._transaction("read") as connection:
            rows = connection.execute(statement).all()
        return [delivery_row(row, waits_for=row.waits_for, number=row.number) for row in rows]

    @retried
    def retry_delivery(self, delivery: int, *, now: datetime) -> bool:
        """Make a delivery that ended without success pending again, under the same key; False if it is not such.

        One that failed before and waits for its next attempt need not wait. A channel that was turned off is turned on
        again: whoever asks for a retry has seen to it.
        """
        d = tables.deliveries
        waits = and_(d.c.state == "pending", d.c.attempts > 0)
        statement = (
            d.update()
            .where(d.c.id == delivery, or_(d.c.state.in_(RETRIABLE), waits))
            .values(state="pending", attempts=0, due_at=now, **leases.finished())
        )
        with self._transaction("durable") as connection:
            channel = connection.execute(statement.returning(d.c.channel_id)).scalar_one_or_none()
            if channel is not None:
                sending.turn_on(connection, [channel])
        return channel is not None

    @retried
    def replay_deliveries(
        self, *, since: datetime, states: Sequence[str] = REPLAYABLE, subscriber: str | None = None, now: datetime
    ) -> dict[str, int]:
        """Make deliveries of these states pending again, under the same keys; return how many of each state.

        Those that were made, due or sent at `since` or later; of one subscriber, or all. Their channels are turned on.
        """
        d, c, u = tables.deliveries, tables.channels.c, tables.subscribers.c
        late = or_(d.c.created_at >= since, d.c.due_at >= since, d.c.sent_at >= since)
        whose = select(c.id).join_from(tables.channels, tables.subscribers).where(c.removed_at.is_(None))
        if subscriber is not None:
            whose = whose.where(u.name == subscriber)
        wanted = (late, d.c.channel_id.in_(whose), d.c.due_at <= now)
        counts: dict[str, int] = {}
        with self._transaction("durable") as connection:
            found: set[int] = set()
            for state in states:
                again = leases.chosen(d, leases.locked(d, *wanted, d.c.state == state, skip=False).order_by(d.c.id))
                values = {"state": "pending", "attempts": 0, "due_at": now, **leases.finished()}
                channels = connection.scalars(again.values(**values).returning(d.c.channel_id)).all()
                counts[state] = len(channels)
                found.update(channels)
            sending.turn_on(connection, sorted(found))
        return {state: count for state, count in counts.items() if count}


def number_of_channel() -> Label[int | None]:
    """Select which of its subscriber's channels one is, as `number`, where what is shown of it does not tell that.

    As lists count them, from 1. NULL where it is the only one of its kind, shows its address whole, or is removed.
    """
    c, other = tables.channels.c, tables.channels.alias("other").c
    beside = (other.subscriber_id == c.subscriber_id, other.removed_at.is_(None))
    before = or_(other.position < c.position, and_(other.position == c.position, other.id <= c.id))
    alike = select(func.count()).where(*beside, other.kind == c.kind).correlate(tables.channels).scalar_subquery()
    number = select(func.count()).where(*beside, before).correlate(tables.channels).scalar_subquery()
    return case((and_(c.removed_at.is_(None), c.kind.in_(MASKED), alike > 1), number)).label("number")


def channel_shown(row: Row[*tuple[Any, ...]], number: int | None) -> str:
    """Return a channel, selected with its kind and address, as it is shown; `number` tells it from others like it."""
    shown = f"{row.kind} {shown_address(row.kind, row.address)}".strip()
    return shown if number is None else f"{shown} #{number}"


def delivery_row(row: Row[Any], *, waits_for: int | None = None, number: int | None = None) -> DeliveryRow:
    """Return a delivery, selected with its channel, subscriber and update, as it is shown."""
    return DeliveryRow(
        id=row.id,
        key=row.key,
        subject_kind=row.subject_kind,
        subject=row.subject_id,
        sequence=row.sequence,
        subscriber=row.subscriber,
        channel=channel_shown(row, number),
        state=row.state,
        attempts=row.attempts,
        due_at=row.due_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
        update_kind=row.update_kind,
        waits_for=waits_for if row.state == "pending" else None,
    )


_d = tables.deliveries
_ANY_DUE = select(_d.c.id).where(_d.c.state == "pending", _d.c.due_at <= bindparam("now")).limit(1)


def _next_of_channel() -> tuple[ColumnElement[bool], ...]:
    due = (_d.c.channel_id == bindparam("channel"), _d.c.state == "pending", _d.c.due_at <= bindparam("now"))
    return (*due, leases.free(_d, bindparam("now", type_=UtcDateTime())), in_turn())


@lru_cache
def _next() -> Select[tuple[int]]:
    return select(_d.c.id).where(*_next_of_channel()).order_by(_d.c.due_at, _d.c.id).limit(bindparam("most"))


@lru_cache
def _queueing() -> ReturningUpdate[int, bool, datetime]:
    rows = leases.locked(_d, *_next_of_channel()).order_by(_d.c.due_at, _d.c.id).limit(bindparam("most"))
    return leases.chosen(_d, rows).returning(_d.c.id, _d.c.alone, _d.c.due_at)


@lru_cache
def _begun() -> Select[*tuple[Any, ...]]:
    """Select deliveries with their channels, and the messages that they follow there."""
    d, c, first = tables.deliveries, tables.channels.c, tables.deliveries.alias("first")
    u, a, s, t = tables.subscribers.c, tables.alerts.c, tables.subscriptions.c, tables.stories.c
    o = tables.stories.alias("of").c
    sent = and_(first.c.id == d.c.first_id, first.c.state == "sent")
    breaks = exists().where(
        d.c.subject_kind == "alert",
        or_(a.lead_id == d.c.subject_id, and_(d.c.sequence > 0, a.id == d.c.subject_id)),
        s.id == a.subscription_id,
        o.id == a.story_id,
        t.id == func.coalesce(o.merged_into, o.id),
        t.independent_reports >= s.break_through,
    )
    return (
        select(d, c.kind, c.address, c.secret, c.at_most_once, c.template, u.timezone, u.quiet_hours)
        .add_columns(first.c.key.label("first_key"), first.c.sent_at.label("first_sent_at"))
        .add_columns(and_(u.quiet_hours.is_not(None), breaks.correlate(d)).label("breaks_through"))
        .join_from(d, tables.channels)
        .join(tables.subscribers)
        .join(first, sent, isouter=True)
        .where(d.c.id.in_(bindparam("ids", expanding=True)))
        .order_by(d.c.due_at, d.c.id)
    )


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(
        id=row.id,
        token=row.lease_token,
        key=row.key,
        subject_kind=row.subject_kind,
        subject=row.subject_id,
        attempts=row.attempts,
        channel=Address(row.channel_id, row.kind, row.address, row.secret, row.at_most_once, row.template),
        sequence=row.sequence,
        first_key=row.first_key,
        first_sent_at=row.first_sent_at,
        timezone=row.timezone,
        quiet=quiet_of(row.quiet_hours),
        breaks_through=bool(row.breaks_through),
    )


def _fail_disabled(connection: Connection, ids: Sequence[int]) -> None:
    """Deliveries of channels that are turned off fail, visibly."""
    d, c = tables.deliveries, tables.channels.c
    turned_off = select(c.id).where(c.state == "disabled")
    mine = leases.locked(d, d.c.id.in_(ids), d.c.state == "pending", d.c.channel_id.in_(turned_off))
    failed = {"state": "failed", "last_error": "the channel is turned off", "leased_until": None}
    connection.execute(leases.chosen(d, mine.order_by(d.c.id)).values(**failed))


def _told(connection: Connection, kind: str, subject: int) -> None:
    """Set the alerts that a message told of to "told"."""
    a = tables.alerts
    if kind == "alert":
        mine = and_(a.c.lead_id == subject, a.c.state == "new")
    elif kind == "digest":
        mine = and_(a.c.digest_id == subject, a.c.state == "held")
    else:
        return
    rows = leases.locked(a, mine, skip=False).order_by(a.c.id)
    connection.execute(leases.chosen(a, rows).values(state="told"))
