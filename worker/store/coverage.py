"""Coverage: how well the feeds behind a subscriber's lists are read; and digests that are sent with nothing in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from config.redaction import shown_url
from worker.alerts.model import Coverage, Gap, Hold
from worker.alerts.slots import scheduled_after
from worker.store.alerts import hold_ids
from worker.store.deliveries import subscription_stands
from worker.store.leases import chunks
from worker.store.merging import tags_of
from worker.store.outbox import open_digest
from worker.store.subscriptions import quiet_of, schedule_of
from worker.store.tables import alerts, digests, feeds, subscribers, subscriptions, watch_lists
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from worker.records import Outgoing

AT_LEAST = timedelta(days=1)
"""Gaps of so long are told, or of all the time since a digest was opened."""

_f, _g, _a, _h, _t, _w = feeds.c, digests.c, alerts.c, subscribers.c, subscriptions.c, watch_lists.c


class Coverages(Database):
    """What digests say of the feeds, and when they are sent with nothing else to say."""

    def coverage(self, subscriber: int, *, since: datetime, now: datetime) -> Coverage:
        """Return how well the feeds behind a subscriber's lists are read `now`, with the gaps `since` then."""
        with self._transaction("read") as connection:
            return _coverage(connection, subscriber, since=since, now=now)

    def coverage_of(self, outgoing: Outgoing, *, now: datetime) -> Coverage | None:
        """Return the same for a digest (see DeliverStore)."""
        with self._transaction("read") as connection:
            digest = _digest(connection, outgoing.subject)
            since = min(digest.created_at, now - AT_LEAST)
            return _coverage(connection, digest.subscriber_id, since=since, now=now)

    def heartbeat_of(self, outgoing: Outgoing) -> str | None:
        """Return whom a digest without alerts is to tell that nothing matched (see DeliverStore)."""
        with self._transaction("read") as connection:
            digest = _digest(connection, outgoing.subject)
            told = exists().where(
                _a.subscriber_id == digest.subscriber_id,
                _a.created_at >= digest.created_at,
                _a.state.in_(("new", "held", "told")),
            )
            named = select(_h.name).where(_h.id == digest.subscriber_id, _h.removed_at.is_(None), ~told)
            return connection.scalar(named) if digest.heartbeat else None

    @retried
    def open_heartbeats(self, *, now: datetime) -> int:
        """Open a digest for the next heartbeat of each subscriber who wants any and has none open; return how many."""
        with self._transaction("write") as connection:
            waiting = connection.execute(_without_heartbeat()).all()
            if waiting:
                hold_ids(connection)
            for row in waiting:
                when, quiet = schedule_of(row.heartbeat), quiet_of(row.quiet_hours)
                if when is not None:
                    slot = scheduled_after(now, when, quiet, ZoneInfo(row.timezone))
                    open_digest(connection, row.id, Hold("when", slot, when, quiet), now=now, heartbeat=True)
        return len(waiting)


def _without_heartbeat() -> Select[int, str, str | None, str]:
    beating = exists().where(_g.subscriber_id == _h.id, _g.heartbeat, _g.closed_at.is_(None)).correlate(subscribers)
    return (
        select(_h.id, _h.heartbeat, _h.quiet_hours, _h.timezone)
        .where(_h.heartbeat.is_not(None), _h.removed_at.is_(None), ~beating)
        .order_by(_h.id)
    )


def _digest(connection: Connection, digest: int) -> Row[int, datetime, bool]:
    return connection.execute(select(_g.subscriber_id, _g.created_at, _g.heartbeat).where(_g.id == digest)).one()


def _coverage(connection: Connection, subscriber: int, *, since: datetime, now: datetime) -> Coverage:
    feeds_by_state: dict[str, int] = {}
    worst: tuple[timedelta, str] | None = None
    gaps: list[Gap] = []
    for row in _behind(connection, subscriber):
        feeds_by_state[row.state] = feeds_by_state.get(row.state, 0) + 1
        name = row.name or row.title or shown_url(row.url)
        if row.state == "ok" and row.last_good_at is not None:
            worst = max(worst or (timedelta(0), name), (now - row.last_good_at, name))
        if row.gap_until is not None and row.gap_from is not None and row.gap_until >= since:
            gaps.append(Gap(name, row.gap_from, row.gap_until))
    gaps.sort(key=lambda gap: gap.until, reverse=True)
    delay, feed = worst or (None, None)
    return Coverage(feeds_by_state, delay, feed, tuple(gaps))


def _behind(connection: Connection, subscriber: int) -> Iterator[Row[*tuple[object, ...]]]:
    """Yield the feeds that any list of a subscriber looks at."""
    lists = select(_w.feed_tags).join_from(subscriptions, watch_lists).where(_t.subscriber_id == subscriber)
    scopes = [set(tags) for tags in connection.scalars(lists.where(subscription_stands(), _h.id == subscriber))]
    if not scopes:
        return
    wanted: set[str] = set().union(*scopes)
    rows = connection.execute(
        select(*(_f.id, _f.tags, _f.state, _f.name, _f.title, _f.url, _f.last_good_at, _f.gap_from, _f.gap_until))
        .where(_f.removed_at.is_(None))
        .order_by(_f.id)
    ).all()
    if not all(scopes):  # one of them looks at all feeds
        yield from rows
        return
    for part in chunks(rows):
        tags = tags_of(connection, {row.id: row.tags for row in part})
        yield from (row for row in part if tags[row.id] & wanted)
