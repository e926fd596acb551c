"""Updates: what becomes of stories that were told, written with the match."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, select, union_all

from worker.store import leases
from worker.store.alerts import hold_ids
from worker.store.outbox import Outbound, open_digests, write_deliveries
from worker.store.tables import alert_updates, alerts, deliveries, item_revisions
from worker.store.transactions import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Connection
    from sqlalchemy.sql.dml import ReturningInsert

    from worker.alerts.planned import PlannedUpdate

_FURTHER_REPORT = 0
"""The `revision` of an update that no revision brings."""

_a, _u, _d, _r = alerts.c, alert_updates.c, deliveries.c, item_revisions.c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_LAST = select(_a.id, _a.updates).where(_a.id.in_(_IDS)).order_by(_a.id).with_for_update(key_share=True)
_NEWEST = select(_r.item_id, func.max(_r.id)).where(_r.item_id.in_(_IDS)).group_by(_r.item_id)
_FIRSTS = union_all(
    *(
        select(_a.id, _d.channel_id, _d.id)
        .join_from(alerts, deliveries, and_(_d.subject_kind == kind, _d.subject_id == subject, _d.sequence == 0))
        .where(_a.id.in_(_IDS))
        for kind, subject in (("alert", _a.lead_id), ("digest", _a.digest_id))
    )
)
_CHANGED = (
    alert_updates.update()
    .where(_u.id == bindparam("b_update"))
    .values(**{name: bindparam(name) for name in ("lead_id", "messaged_at", "digest_id")})
)
_COUNTED = alerts.update().where(_a.id == bindparam("b_alert")).values(updates=bindparam("last"))

_Numbered = tuple["PlannedUpdate", int]
"""An update with its sequence number."""


@lru_cache
def _inserting(dialect: str) -> ReturningInsert[int, int, int]:
    made = insert(dialect, alert_updates).on_conflict_do_nothing()
    return made.returning(_u.id, _u.alert_id, _u.sequence)


def record_updates(connection: Connection, planned: Sequence[PlannedUpdate], *, now: datetime) -> list[int]:
    """Write updates, digests and deliveries (see MatchTransaction).

    1. Each is numbered after the last of its alert; those that are there already drop out by their unique key.
    2. The others get their lead, or their digest.
    3. Leads get a delivery for each channel of their subscriber, behind the one there of the alert's first message.
    """
    numbered = _numbered(connection, planned)
    ids = _insert_updates(connection, numbered, now=now)
    made = {id_: update for update in numbered if (id_ := ids.get(_key(update))) is not None}
    if not made:
        return []
    digest_of = open_digests(
        connection, ((one.subscriber, one.hold) for one, _ in made.values() if one.hold is not None), now=now
    )
    lead_of = _leads(made)
    changed = [
        {
            "b_update": id_,
            "lead_id": lead_of.get(id_),
            "messaged_at": now if id_ in lead_of else None,
            "digest_id": digest_of[one.subscriber, one.hold] if one.hold is not None else None,
        }
        for id_, (one, _) in made.items()
    ]
    connection.execute(_CHANGED, changed)
    last = {one.alert: sequence for one, sequence in made.values()}
    connection.execute(_COUNTED, [{"b_alert": alert, "last": last[alert]} for alert in sorted(last)])
    led = [made[id_] for id_ in sorted(set(lead_of.values()))]
    firsts = _firsts(connection, {one.alert for one, _ in led})
    messages = [
        Outbound("alert", one.alert, one.subscriber, now, sequence, firsts.get(one.alert)) for one, sequence in led
    ]
    return write_deliveries(connection, messages, now=now)


def _numbered(connection: Connection, planned: Iterable[PlannedUpdate]) -> list[_Numbered]:
    """Number updates. Nobody else does so meanwhile, for whoever tells of a story holds its lock."""
    last: dict[int, int] = {}
    for part in leases.chunks(sorted({one.alert for one in planned})):
        last.update((row.id, row.updates) for row in connection.execute(_LAST, {"ids": part}))
    numbered: list[_Numbered] = []
    for one in planned:
        last[one.alert] += 1
        numbered.append((one, last[one.alert]))
    return numbered


def _insert_updates(
    connection: Connection, numbered: Sequence[_Numbered], *, now: datetime
) -> dict[tuple[int, int], int]:
    revision_of: dict[int, int] = {}
    for part in leases.chunks(sorted({one.item for one, _ in numbered if one.kind == "corrected"})):
        revision_of.update((item, revision) for item, revision in connection.execute(_NEWEST, {"ids": part}))
    if not numbered:
        return {}
    values = [
        {
            "alert_id": one.alert,
            "sequence": sequence,
            "subscription_id": one.subscription,
            "kind": one.kind,
            "item_id": one.item,
            "revision": revision_of[one.item] if one.kind == "corrected" else _FURTHER_REPORT,
            "reason": None if one.hold is None else one.hold.by,
            "created_at": now,
        }
        for one, sequence in numbered
    ]
    hold_ids(connection)
    rows = connection.execute(_inserting(connection.dialect.name), values)
    return {(alert, sequence): id_ for id_, alert, sequence in rows}


def _key(update: _Numbered) -> tuple[int, int]:
    one, sequence = update
    return one.alert, sequence


def _leads(made: Mapping[int, _Numbered]) -> dict[int, int]:
    """Return the leading update of each that is told now: of those that share a message the first."""
    lead_of: dict[int, int] = {}
    first: dict[tuple[int, int, str], int] = {}
    for id_, (one, _) in made.items():
        if one.lead is not None:
            lead_of[id_] = first.setdefault((one.lead, one.item, one.kind), id_)
    return lead_of


def _firsts(connection: Connection, of: Iterable[int]) -> dict[int, dict[int, int]]:
    """Return, of each alert, channel -> the delivery by which it was told there first."""
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for part in leases.chunks(sorted(of)):
        for alert, channel, delivery in connection.execute(_FIRSTS, {"ids": part}):
            found[alert][channel] = delivery
    return found
