"""What makes the key of a delivery: the message and the channel, said without the numbers of their rows.

A database that was restored from a backup meets what came after the backup once more, and numbers it otherwise. A key
made of numbers would then name two messages, of which a receiver would drop the second, and one message would have two.
So keys are made of what stays: names, addresses, and the identities of items within their feeds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from sqlalchemy import bindparam, select, tuple_

from worker.store.leases import chunks
from worker.store.tables import alert_updates, alerts, digests, feeds, items, notices, subscribers, watch_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import BindParameter, Connection, Row, Select

    from worker.alerts.model import SubjectKind

About = tuple[str, ...]
"""What a message is about, in words that no other message has, but by chance."""

_Subject = tuple["SubjectKind", int, int]
"""Kind, id and sequence (DESIGN 4.1)."""

_a, _p, _g, _n = alerts.c, alert_updates.c, digests.c, notices.c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ALERTS = (
    select(_a.id, watch_lists.c.name.label("watch_list"), subscribers.c.name, feeds.c.url, items.c.identity)
    .join_from(alerts, watch_lists, _a.watch_list_id == watch_lists.c.id)
    .join(subscribers, _a.subscriber_id == subscribers.c.id)
    .join(items, _a.item_id == items.c.id)
    .join(feeds, items.c.feed_id == feeds.c.id)
    .where(_a.id.in_(_IDS))
)
_UPDATES = (
    select(_p.alert_id, _p.sequence, _p.kind, feeds.c.url, items.c.identity, items.c.content)
    .join_from(alert_updates, items, _p.item_id == items.c.id)
    .join(feeds, items.c.feed_id == feeds.c.id)
    .where(tuple_(_p.alert_id, _p.sequence).in_(_IDS))
)
_DIGESTS = select(_g.id, subscribers.c.name, _g.slot).join_from(digests, subscribers).where(_g.id.in_(_IDS))
_NOTICES = (
    select(_n.id, subscribers.c.name, _n.type, _n.created_at, _n.data)
    .join_from(notices, subscribers)
    .where(_n.id.in_(_IDS))
)


def delivery_key(namespace: UUID, about: About, channel: tuple[str, str]) -> str:
    """Return the key of every attempt (DESIGN 4.2): a UUIDv5, in a namespace that no other installation has.

    `channel`: its kind and address. Its secret may be another one by the time a backup is put back.
    """
    return str(uuid5(namespace, json.dumps([*about, *channel], ensure_ascii=False)))


def another_key(key: str, times: int) -> str:
    """Return the key of a message that would have had one that another message has: the `times`-th such."""
    return str(uuid5(UUID(key), str(times)))


def abouts(connection: Connection, subjects: Iterable[_Subject]) -> dict[_Subject, About]:
    """Return what each of these messages is about; their rows are there.

    An alert: its list, its subscriber and the report that it tells. An update: that, and what happened to which report.
    A digest: its subscriber and slot. A notice: what it says, to whom, and when.
    """
    wanted: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for kind, subject, sequence in subjects:
        wanted[kind].add((subject, sequence))
    found: dict[_Subject, About] = {}
    of_alert = _read(connection, _ALERTS, {alert for alert, _ in wanted["alert"]}, _of_alert)
    of_update = _read(connection, _UPDATES, {one for one in wanted["alert"] if one[1]}, _of_update)
    for one in wanted["alert"]:
        found["alert", *one] = of_alert[one[0]] + of_update.get(one, ())
    for digest, about in _read(connection, _DIGESTS, {one for one, _ in wanted["digest"]}, _of_digest).items():
        found["digest", digest, 0] = about
    for notice, about in _read(connection, _NOTICES, {one for one, _ in wanted["notice"]}, _of_notice).items():
        found["notice", notice, 0] = about
    return found


def _read(
    connection: Connection,
    rows: Select[*tuple[Any, ...]],
    ids: set[Any],
    read: Callable[[Row[*tuple[Any, ...]]], tuple[Any, About]],
) -> dict[Any, About]:
    return dict(read(row) for part in chunks(sorted(ids)) for row in connection.execute(rows, {"ids": part}))


def _of_alert(row: Row[*tuple[Any, ...]]) -> tuple[int, About]:
    return row.id, ("alert", row.watch_list, row.name, row.url, row.identity.hex())


def _of_update(row: Row[*tuple[Any, ...]]) -> tuple[tuple[int, int], About]:
    """A report may be corrected several times, so a correction is known by what was written last."""
    said = row.content.hex() if row.kind == "corrected" else ""
    return (row.alert_id, row.sequence), (row.kind, row.url, row.identity.hex(), said)


def _of_digest(row: Row[*tuple[Any, ...]]) -> tuple[int, About]:
    return row.id, ("digest", row.name, row.slot)


def _of_notice(row: Row[*tuple[Any, ...]]) -> tuple[int, About]:
    said = json.dumps(row.data, sort_keys=True, ensure_ascii=False)
    return row.id, ("notice", row.name, row.type, row.created_at.isoformat(), said)
