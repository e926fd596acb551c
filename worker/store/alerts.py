"""Alerts and digests: the outbox that is written with the match."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from sqlalchemy import bindparam, select
from sqlalchemy import text as sql

from worker.alerts.model import Past
from worker.alerts.slots import slots_from
from worker.store import leases
from worker.store.status import installation
from worker.store.tables import alerts, channels, deliveries, digests, subscribers
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlalchemy.sql.dml import ReturningInsert

    from worker.alerts.model import PlannedAlert, SubjectKind, Subscription

ALERTS_LOCK = 0x70C51A
"""Number of the advisory lock under which PostgreSQL gives out alert ids."""

_Key = tuple[int, int, int]
"""Story, watch list, subscriber: what makes an alert unique."""

_a, _c = alerts.c, channels.c
_MADE = select(_a.watch_list_id, _a.story_id, _a.subscriber_id, _a.state).where(
    _a.story_id.in_(bindparam("stories", expanding=True))
)
_MESSAGED = (
    select(_a.subscription_id, _a.messaged_at)
    .where(_a.subscription_id.in_(bindparam("ids", expanding=True)), _a.messaged_at >= bindparam("since"))
    .order_by(_a.subscription_id, _a.messaged_at)
)
_CHANGED = (
    alerts.update()
    .where(_a.id == bindparam("b_alert"))
    .values(**{name: bindparam(name) for name in ("lead_id", "messaged_at", "digest_id")})
)
_CHANNELS = (
    select(_c.subscriber_id, _c.id)
    .where(_c.subscriber_id.in_(bindparam("subscribers", expanding=True)), _c.removed_at.is_(None))
    .order_by(_c.position, _c.id)
)


@lru_cache
def _alerting(dialect: str) -> ReturningInsert[int, int, int, int]:
    made = insert(dialect, alerts).on_conflict_do_nothing()
    return made.returning(_a.id, _a.story_id, _a.watch_list_id, _a.subscriber_id)


@lru_cache
def _delivering(dialect: str) -> ReturningInsert[int]:
    return insert(dialect, deliveries).on_conflict_do_nothing().returning(deliveries.c.id)


def delivery_key(namespace: UUID, kind: SubjectKind, subject: int, sequence: int, channel: int) -> str:
    """Return the key of every attempt (DESIGN 4.2): a UUIDv5, in a namespace that no other database has."""
    return str(uuid5(namespace, f"{kind}:{subject}:{sequence}:{channel}"))


def past(
    connection: Connection, stories: Iterable[int], subscriptions: Sequence[Subscription], *, since: datetime
) -> Past:
    """Load earlier alerts of these stories to these subscribers, and recent messages of these subscriptions.

    Of subscriptions without a limit no messages are counted, so none are loaded.
    """
    subscribers = {subscription.subscriber for subscription in subscriptions}
    made: set[tuple[int, int, int]] = set()
    cancelled: set[tuple[int, int, int]] = set()
    for part in leases.chunks(sorted(set(stories))):
        for watch_list, story, who, state in connection.execute(_MADE, {"stories": part}):
            if who in subscribers:
                made.add((watch_list, story, who))
                if state == "cancelled":
                    cancelled.add((watch_list, story, who))
    messaged: dict[int, list[datetime]] = {}
    limited = {subscription.id for subscription in subscriptions if subscription.at_most}
    for ids in leases.chunks(sorted(limited)):
        for subscription, at in connection.execute(_MESSAGED, {"ids": ids, "since": since}):
            messaged.setdefault(subscription, []).append(at)
    return Past(
        alerts=frozenset(made),
        messaged=tuple((subscription, tuple(times)) for subscription, times in messaged.items()),
        cancelled=frozenset(cancelled),
    )


def record_alerts(connection: Connection, planned: Sequence[PlannedAlert], *, now: datetime) -> list[int]:
    """Write alerts, digests and deliveries (see MatchTransaction).

    1. Alerts that are there already drop out by their unique key.
    2. New ones get their lead, held ones their digest.
    3. Leads get a delivery for each channel of their subscriber; digests got theirs when they were made.
    """
    ids = _insert_alerts(connection, planned, now=now)
    made = [(ids[_key(alert)], alert) for alert in planned if _key(alert) in ids]
    digest_of = {
        slot: _open_digest(connection, *slot, now=now)
        for slot in sorted({(alert.subscriber, alert.slot) for _, alert in made if alert.slot is not None})
    }
    lead_of = _leads(made, ids)
    changed = [
        {
            "b_alert": id_,
            "lead_id": lead_of.get(id_),
            "messaged_at": now if id_ in lead_of else None,
            "digest_id": digest_of[alert.subscriber, alert.slot] if alert.slot is not None else None,
        }
        for id_, alert in made
    ]
    if changed:
        connection.execute(_CHANGED, changed)
    subscriber_of = {id_: alert.subscriber for id_, alert in made}
    leads = {lead: subscriber_of[lead] for lead in lead_of.values()}
    return write_deliveries(connection, "alert", leads, due_at=now, now=now)


def write_deliveries(
    connection: Connection, kind: SubjectKind, subjects: Mapping[int, int], *, due_at: datetime, now: datetime
) -> list[int]:
    """Make a delivery of each subject (id -> subscriber) for each channel; return the ids of new ones.

    For a channel that is turned off too: there it will fail, where a person sees it and can retry it.
    """
    of_subscriber: dict[int, list[int]] = {}
    for part in leases.chunks(sorted(set(subjects.values()))):
        for subscriber, channel in connection.execute(_CHANNELS, {"subscribers": part}):
            of_subscriber.setdefault(subscriber, []).append(channel)
    namespace = installation(connection)
    values = [
        {
            "key": delivery_key(namespace, kind, subject, 0, channel),
            "subject_kind": kind,
            "subject_id": subject,
            "sequence": 0,
            "channel_id": channel,
            "state": "pending",
            "due_at": due_at,
            "created_at": now,
        }
        for subject, subscriber in sorted(subjects.items())
        for channel in of_subscriber.get(subscriber, ())
    ]
    if not values:
        return []
    return sorted(connection.scalars(_delivering(connection.dialect.name), values))


def _insert_alerts(connection: Connection, planned: Sequence[PlannedAlert], *, now: datetime) -> dict[_Key, int]:
    if not planned:
        return {}
    if connection.dialect.name == "postgresql":
        # Until commit, so that ids become visible in their order: who tails alerts may go on from the last id seen.
        connection.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ALERTS_LOCK})
    values = [
        {
            "story_id": alert.story,
            "watch_list_id": alert.watch_list,
            "subscriber_id": alert.subscriber,
            "subscription_id": alert.subscription,
            "item_id": alert.item,
            "state": alert.state,
            "created_at": now,
        }
        for alert in planned
    ]
    rows = connection.execute(_alerting(connection.dialect.name), values)
    return {(story, watch_list, subscriber): id_ for id_, story, watch_list, subscriber in rows}


def _key(alert: PlannedAlert) -> _Key:
    return alert.story, alert.watch_list, alert.subscriber


def _leads(made: Sequence[tuple[int, PlannedAlert]], ids: Mapping[_Key, int]) -> dict[int, int]:
    """Return the leading alert of each new one; where the planned lead was there already, the group's first leads."""
    lead_of: dict[int, int] = {}
    first: dict[_Key, int] = {}
    for id_, alert in made:
        if alert.state == "new":
            lead = alert.watch_list if alert.lead is None else alert.lead
            group = alert.story, lead, alert.subscriber
            lead_of[id_] = first.setdefault(group, ids.get(group, id_))
    return lead_of


def _open_digest(connection: Connection, subscriber: int, slot: datetime, *, now: datetime) -> int:
    """Return the subscriber's open spill digest of the slot, or of the next one whose digest is not closed yet."""
    d = digests.c
    timezone = connection.execute(select(subscribers.c.timezone).where(subscribers.c.id == subscriber)).scalar_one()
    for due_at, name in slots_from(slot, timezone):
        values: dict[str, Any] = {"subscriber_id": subscriber, "kind": "spill", "slot": name}
        statement = insert(connection, digests).values(**values, due_at=due_at, created_at=now)
        made: int | None = connection.scalar(statement.on_conflict_do_nothing().returning(d.id))
        if made is not None:
            write_deliveries(connection, "digest", {made: subscriber}, due_at=due_at, now=now)
            return made
        # Locked, so that it cannot be closed before this transaction's alerts are in it.
        there = select(d.id, d.closed_at).filter_by(**values).with_for_update(key_share=True)
        row = connection.execute(there).one()
        if row.closed_at is None:
            found: int = row.id
            return found
    raise AssertionError("slots never end")
