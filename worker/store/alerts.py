"""Alerts: written with the match, and with them what goes out."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import text as sql

from worker.store.outbox import Outbound, open_digests, write_deliveries
from worker.store.tables import alerts
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlalchemy.sql.dml import ReturningInsert

    from worker.alerts.planned import PlannedAlert, PlannedBreak

ALERTS_LOCK = 0x70C51A
"""Number of the advisory lock under which PostgreSQL gives out ids of alerts and updates."""

_Key = tuple[int, int, int]
"""Story, watch list, subscriber: what makes an alert unique."""

_Made = tuple[int, "PlannedAlert"]
"""An alert that is new, with its id."""

_a = alerts.c
_BROKEN_OUT = (
    alerts.update()
    .where(_a.id == bindparam("b_alert"), _a.state == "held")
    .values(state=bindparam("state"), lead_id=bindparam("lead"), messaged_at=bindparam("at"), digest_id=None)
    .values(reason=None)
)
_RELYING = (
    alerts.update()
    .where(_a.lead_id == bindparam("b_alert"), _a.state == "merged")
    .values(lead_id=bindparam("lead"), digest_id=None)
)
_CHANGED = (
    alerts.update()
    .where(_a.id == bindparam("b_alert"))
    .values(**{name: bindparam(name) for name in ("lead_id", "messaged_at", "digest_id")})
)


@lru_cache
def _alerting(dialect: str) -> ReturningInsert[int, int, int, int]:
    made = insert(dialect, alerts).on_conflict_do_nothing()
    return made.returning(_a.id, _a.story_id, _a.watch_list_id, _a.subscriber_id)


def record_alerts(connection: Connection, planned: Sequence[PlannedAlert], *, now: datetime) -> list[int]:
    """Write alerts, digests and deliveries (see MatchTransaction).

    1. Alerts that are there already drop out by their unique key.
    2. New ones get their lead, held ones their digest; merged ones the lead, and the digest, that they rely on.
    3. Leads get a delivery for each channel of their subscriber; digests got theirs when they were made, and the
       messages that new alerts join when those were.
    """
    ids = _insert_alerts(connection, planned, now=now)
    made = [(ids[_key(alert)], alert) for alert in planned if _key(alert) in ids]
    holds = ((alert.subscriber, alert.hold) for _, alert in made if alert.hold is not None)
    digest_of = open_digests(connection, holds, now=now)
    lead_of = _leads(made, ids)
    changed = [
        {
            "b_alert": id_,
            "lead_id": lead_of.get(id_),
            "messaged_at": now if alert.state == "new" else None,
            "digest_id": alert.digest if alert.hold is None else digest_of[alert.subscriber, alert.hold],
        }
        for id_, alert in made
    ]
    if changed:
        connection.execute(_CHANGED, changed)
    led = [
        Outbound("alert", id_, alert.subscriber, alert.due_at or now) for id_, alert in made if lead_of.get(id_) == id_
    ]
    for id_, alert in made:
        if lead_of.get(id_) == id_:
            _absorb(connection, alert.absorbs, lead=id_)
    return write_deliveries(connection, led, now=now)


def _absorb(connection: Connection, held: Iterable[int], *, lead: int) -> None:
    """Let alerts that are held, and those that rely on them, rely on a message that tells their story now."""
    for alert in held:
        connection.execute(_RELYING, {"b_alert": alert, "lead": lead})
        connection.execute(_BROKEN_OUT, {"b_alert": alert, "state": "merged", "lead": lead, "at": None})


def record_breaks(connection: Connection, breaks: Sequence[PlannedBreak], *, now: datetime) -> list[int]:
    """Take held alerts out of their digests, and make their messages (see MatchTransaction).

    What is in a digest that is not closed waits there, and is locked by whoever asked for it. Merged alerts that
    relied on one rely on its message now.
    """
    if not breaks:
        return []
    hold_ids(connection)
    for one in breaks:
        told = one.alert == one.lead or one.shares
        values = {"state": "new" if told else "merged", "lead": one.lead, "at": now if told else None}
        connection.execute(_RELYING, {"b_alert": one.alert, "lead": one.lead})
        connection.execute(_BROKEN_OUT, {"b_alert": one.alert, **values})
    led = [Outbound("alert", one.alert, one.subscriber, now) for one in breaks if one.alert == one.lead]
    return write_deliveries(connection, led, now=now)


def _insert_alerts(connection: Connection, planned: Sequence[PlannedAlert], *, now: datetime) -> dict[_Key, int]:
    if not planned:
        return {}
    hold_ids(connection)
    values = [
        {
            "story_id": alert.story,
            "watch_list_id": alert.watch_list,
            "subscriber_id": alert.subscriber,
            "subscription_id": alert.subscription,
            "item_id": alert.item,
            "state": alert.state,
            "reason": alert.ended if alert.hold is None or alert.state != "held" else alert.hold.by,
            "created_at": now,
        }
        for alert in planned
    ]
    rows = connection.execute(_alerting(connection.dialect.name), values)
    return {(story, watch_list, subscriber): id_ for id_, story, watch_list, subscriber in rows}


def hold_ids(connection: Connection) -> None:
    """Give out ids of alerts and updates alone until the end of this transaction.

    So they become visible in their order: who tails them may go on from the last id seen.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ALERTS_LOCK})


def _key(alert: PlannedAlert) -> _Key:
    return alert.story, alert.watch_list, alert.subscriber


def _leads(made: Sequence[_Made], ids: Mapping[_Key, int]) -> dict[int, int]:
    """Return the leading alert of each that has one; where the planned lead was there already, the first new leads."""
    lead_of: dict[int, int] = {}
    first: dict[_Key, int] = {}
    for id_, alert in made:
        if alert.joins is not None:
            lead_of[id_] = alert.joins
        elif alert.state == "new":
            group = _group(alert)
            lead_of[id_] = first.setdefault(group, ids.get(group, id_))
    for id_, alert in made:
        if alert.state == "merged" and alert.lead is not None:
            leader = ids.get(_group(alert)) if alert.hold is not None else first.get(_group(alert))
            if leader is not None:
                lead_of.setdefault(id_, leader)
    return lead_of


def _group(alert: PlannedAlert) -> _Key:
    """Return the key of the alert that leads where this one is told."""
    return alert.story, alert.watch_list if alert.lead is None else alert.lead, alert.subscriber
