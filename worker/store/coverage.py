"""Coverage: how well the feeds behind a subscriber's lists are read; and digests that are sent with nothing in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, or_, select

from config.redaction import shown_url
from worker.alerts.model import Coverage, Gap
from worker.alerts.planned import Hold
from worker.alerts.slots import scheduled_after
from worker.store.alerts import hold_ids
from worker.store.leases import chunks
from worker.store.merging import tags_of
from worker.store.orphans import subscription_stands
from worker.store.outbox import open_digest
from worker.store.subscriptions import quiet_of, schedule_of
from worker.store.tables import alerts, digests, feeds, subscribers, subscriptions, watch_lists
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

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

    def heartbeat_of(self, outgoing: Outgoing, *, now: datetime) -> str | None:
        """Return whom a digest without alerts is to tell that nothing matched (see DeliverStore)."""
        with self._transaction("read") as connection:
            digest = _digest(connection, outgoing.subject)
            if not digest.heartbeat:
                return None
            told = exists().where(
                _a.subscriber_id == digest.subscriber_id,
                _a.created_at >= _silent_since(connection, digest),
                _a.state.in_(("new", "held", "told")),
            )
            named = select(_h.name).where(_h.id == digest.subscriber_id, _h.removed_at.is_(None), ~told)
            return connection.scalar(named.where(_hears(now)))

    @retried
    def open_heartbeats(self, *, now: datetime) -> int:
        """Open a digest for the next heartbeat of each subscriber who wants any and has none open; return how many."""
        with self._transaction("write") as connection:
            waiting = connection.execute(_without_heartbeat(now)).all()
            if waiting:
                hold_ids(connection)
            for row in waiting:
                when, quiet = schedule_of(row.heartbeat), quiet_of(row.quiet_hours)
                if when is not None:
                    slot = scheduled_after(now, when, quiet, ZoneInfo(row.timezone))
                    open_digest(connection, row.id, Hold("when", slot, when, quiet), now=now, heartbeat=True)
        return len(waiting)


def _hears(now: datetime) -> ColumnElement[bool]:
    """Whether a subscriber hears of any list: who has paused all, or each, wants to hear of nothing."""

    def lasts(columns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - of either table
        return and_(columns.paused_since.is_not(None), or_(columns.paused_until.is_(None), columns.paused_until > now))

    line = exists().where(_t.subscriber_id == _h.id, _t.removed_at.is_(None), ~lasts(_t)).correlate(subscribers)
    return and_(~lasts(_h), line)


def _silent_since(connection: Connection, digest: Row[int, int, datetime, bool]) -> datetime:
    """Return when the heartbeat before was told, or when this one was opened."""
    before = select(func.max(_g.closed_at)).where(
        _g.subscriber_id == digest.subscriber_id, _g.heartbeat, _g.id < digest.id
    )
    told: datetime | None = connection.scalar(before)
    return digest.created_at if told is None else told


def _without_heartbeat(now: datetime) -> Select[int, str, str | None, str]:
    beating = exists().where(_g.subscriber_id == _h.id, _g.heartbeat, _g.closed_at.is_(None)).correlate(subscribers)
    return (
        select(_h.id, _h.heartbeat, _h.quiet_hours, _h.timezone)
        .where(_h.heartbeat.is_not(None), _h.removed_at.is_(None), ~beating, _hears(now))
        .order_by(_h.id)
    )


def _digest(connection: Connection, digest: int) -> Row[int, int, datetime, bool]:
    columns = (_g.id, _g.subscriber_id, _g.created_at, _g.heartbeat)
    return connection.execute(select(*columns).where(_g.id == digest)).one()


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
