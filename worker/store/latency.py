"""How long alerts took of late, by a bounded sample; the figures of `/metrics` beside those of `status`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from worker.alerts.latency import Took
from worker.feeds.dates import trusted
from worker.store import tables
from worker.store.choosers import marks
from worker.store.leases import chunks
from worker.store.transactions import Database
from worker.store.web_rows import FiguresRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

DAY = timedelta(days=1)

SAMPLE = 2_000
"""So many alerts are looked at, evenly spread over the last day."""


UNENDED = ("pending", "sending", "held", "failed", "quarantined", "ambiguous")
"""States of deliveries that somebody may still have to see to."""


class Latencies(Database):
    """What is measured."""

    def latencies(self, *, now: datetime) -> list[Took]:
        """Return how long alerts of the last day took; of many an even sample."""
        with self._transaction("read") as connection:
            return _sample(connection, since=now - DAY)

    def figures(self, *, now: datetime) -> FiguresRow:
        """Return what `/metrics` tells beside the figures of `status`."""
        a, i = tables.alerts.c, tables.items.c
        with self._transaction("read") as connection:
            return FiguresRow(
                unended=_by_kind(connection, tables.deliveries.c.state.in_(UNENDED)),
                deliveries_24h=_by_kind(connection, _within(connection, tables.deliveries.c, now - DAY)),
                alerts=connection.scalar(select(func.count()).select_from(tables.alerts)) or 0,
                alerts_24h=_since(connection, a, now - DAY)[1],
                items_24h=connection.scalar(select(func.count()).where(i.first_seen >= now - DAY)) or 0,
                unmatched_items=connection.scalar(select(func.count()).where(i.unmatched_since.is_not(None))) or 0,
                marks=marks(connection, now=now),
                took=_sample(connection, since=now - DAY),
            )


def _by_kind(connection: Connection, wanted: ColumnElement[bool]) -> dict[tuple[str, str], int]:
    """Count these deliveries by kind of channel and state."""
    d, c = tables.deliveries.c, tables.channels.c
    of = select(d.channel_id, d.state, func.count()).where(wanted).group_by(d.channel_id, d.state)
    kinds = {row.id: row.kind for row in connection.execute(select(c.id, c.kind))}
    found: dict[tuple[str, str], int] = {}
    for channel, state, count in connection.execute(of):
        key = (kinds[channel], state)
        found[key] = found.get(key, 0) + count
    return found


def _within(connection: Connection, table: Any, since: datetime) -> ColumnElement[bool]:  # noqa: ANN401 - its columns
    condition: ColumnElement[bool] = table.id >= _since(connection, table, since)[0]
    return condition


def _sample(connection: Connection, *, since: datetime) -> list[Took]:
    a = tables.alerts.c
    first, many = _since(connection, a, since)
    step = max(1, -(-many // SAMPLE))
    ids = range(first, first + many, step)
    rows = [row for part in chunks(ids) for row in connection.execute(_told().where(a.id.in_(part)))]
    delivered = _delivered(connection, {row.lead_id for row in rows if row.lead_id is not None})
    return [_took(row, None if row.state == "merged" else delivered.get(row.lead_id)) for row in rows]


def _since(connection: Connection, table: Any, since: datetime) -> tuple[int, int]:  # noqa: ANN401 - its columns
    """Return the id of the first row made since then, and how many ids there are from it on.

    Ids and times grow together, so it is found by halving: their times have no index.
    """
    last = connection.scalar(select(func.max(table.id))) or 0
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        at = connection.scalar(select(table.created_at).where(table.id >= middle).order_by(table.id).limit(1))
        if at is not None and at < since:
            low = middle + 1
        else:
            high = middle
    return low, last + 1 - low


def _told() -> Any:  # noqa: ANN401 - a select of alerts with their moments
    a, i, f, w = tables.alerts.c, tables.items.c, tables.feeds.c, tables.watch_lists.c
    feed_name = func.coalesce(f.name, f.title).label("feed_name")
    return (
        select(a.id, a.state, a.lead_id, a.created_at, i.published, i.first_seen, f.id.label("feed"), feed_name)
        .add_columns(f.created_at.label("feed_since"), w.name.label("watch_list"))
        .join_from(tables.alerts, tables.items, a.item_id == i.id)
        .join(tables.feeds, i.feed_id == f.id)
        .join(tables.watch_lists, a.watch_list_id == w.id)
        .order_by(a.id)
    )


def _delivered(connection: Connection, leads: Iterable[int]) -> dict[int, datetime]:
    """Return when the messages of these alerts first reached a channel; of those that waited for nothing."""
    d = tables.deliveries.c
    found: dict[int, datetime] = {}
    for part in chunks(sorted(leads)):
        sent = select(d.subject_id, func.min(d.sent_at)).where(d.subject_kind == "alert", d.subject_id.in_(part))
        rows = connection.execute(sent.where(d.sequence == 0, d.state == "sent").group_by(d.subject_id))
        found |= {row[0]: row[1] for row in rows}
    return found


def _took(row: Row[*tuple[Any, ...]], delivered: datetime | None) -> Took:
    published = trusted(row.published, row.first_seen)
    if published is not None and published < row.feed_since:
        published = None  # nobody could have seen it when it came
    return Took(
        feed=row.feed_name or f"feed {row.feed}",
        watch_list=row.watch_list,
        published_to_seen_s=_seconds(published, row.first_seen),
        seen_to_alert_s=_seconds(row.first_seen, row.created_at),
        alert_to_delivered_s=_seconds(row.created_at, delivered),
    )


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    return None if since is None or until is None else max(0.0, (until - since).total_seconds())
