"""What subscribers choose: pauses, mutes, marks; and what becomes of what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select, text

from worker.store import leases, tables
from worker.store.leases import chunks
from worker.store.orphans import cancel_orphans, raise_merged
from worker.store.status import bump_version, hold_version
from worker.store.transactions import Database, insert, retried

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from worker.alerts.model import MarkedAs

NO_PAUSE: dict[str, datetime | None] = {"paused_since": None, "paused_until": None}


class Choices(Database):
    """What subscribers choose (see ChoiceStore)."""

    @retried
    def pause_lists(
        self, subscriber: int, watch_lists: Sequence[int] | None, *, until: datetime | None, now: datetime
    ) -> int:
        """Pause lists of a subscriber, or all, and cancel what waits (see ChoiceStore)."""
        with self._transaction("durable") as connection:
            bump_version(connection)
            _set_pause(connection, subscriber, watch_lists, {"paused_since": now, "paused_until": until})
            return _cancel_unwanted(connection, subscriber, now=now)

    @retried
    def resume_lists(self, subscriber: int, watch_lists: Sequence[int] | None) -> None:
        """End a pause (see ChoiceStore)."""
        with self._transaction("write") as connection:
            bump_version(connection)
            _set_pause(connection, subscriber, watch_lists, NO_PAUSE)

    @retried
    def mute_story(self, subscriber: int, alert: int, *, now: datetime) -> int | None:
        """Mute an alert's story (see ChoiceStore); one that was merged into another is muted as that."""
        a, s = tables.alerts.c, tables.stories.c
        of = select(func.coalesce(s.merged_into, s.id)).join_from(tables.alerts, tables.stories, a.story_id == s.id)
        with self._transaction("durable") as connection:
            hold_version(connection)
            story = connection.scalar(of.where(a.id == alert, a.subscriber_id == subscriber))
            if story is None:
                return None
            mute = insert(connection, tables.story_mutes).values(subscriber_id=subscriber, story_id=story, muted_at=now)
            connection.execute(mute.on_conflict_do_nothing(index_elements=["subscriber_id", "story_id"]))
            return _cancel_unwanted(connection, subscriber, now=now)

    @retried
    def mark_alert(self, subscriber: int, alert: int, mark: MarkedAs, *, now: datetime) -> bool:
        """Mark an alert, and those that its message told of (see ChoiceStore)."""
        a = tables.alerts
        told_with = or_(a.c.id == alert, a.c.lead_id == alert)
        marking = a.update().where(told_with, a.c.subscriber_id == subscriber).values(mark=mark, marked_at=now)
        with self._transaction("write") as connection:
            return connection.execute(marking).rowcount > 0

    @retried
    def void_links(self, subscriber: int) -> None:
        """Begin a new version of a subscriber's links (see ChoiceStore)."""
        u = tables.subscribers
        with self._transaction("write") as connection:
            connection.execute(u.update().where(u.c.id == subscriber).values(links=u.c.links + 1))


def _set_pause(
    connection: Connection, subscriber: int, watch_lists: Sequence[int] | None, values: dict[str, datetime | None]
) -> None:
    u, s = tables.subscribers, tables.subscriptions
    if watch_lists is None:
        connection.execute(u.update().where(u.c.id == subscriber).values(**values))
        return
    for part in chunks(sorted(watch_lists)):
        mine = (s.c.subscriber_id == subscriber, s.c.watch_list_id.in_(part))
        connection.execute(s.update().where(*mine).values(**values))


def _cancel_unwanted(connection: Connection, subscriber: int, *, now: datetime) -> int:
    """Cancel what waits for a subscriber of what it has paused or muted; return how many alerts.

    An alert that relied on one of these, and is wanted, takes its place; one that is not goes the same way. Messages
    of which nobody is left to tell go too, those of updates among them.
    """
    a, s = tables.alerts, tables.subscriptions.c
    # Written out, for SQLite to know the index by it; of all alerts there ever were only a few wait.
    waiting = (
        text("alerts.state IN ('new', 'held')"),
        a.c.subscription_id.in_(select(s.id).where(s.subscriber_id == subscriber)),
    )
    cancelled = 0
    while True:
        gone: set[int] = set()
        for reason, condition in (("paused", _paused(now)), ("muted", _muted())):
            cancelling = a.update().where(*waiting, condition).values(state="cancelled", reason=reason)
            rows = connection.execute(cancelling.returning(a.c.id, a.c.lead_id)).all()
            cancelled += len(rows)
            gone |= {row.id if row.lead_id is None else row.lead_id for row in rows}
        if not gone:
            break
        raise_merged(connection, gone)
    _let_go(connection, subscriber, now=now)
    # Of what waits for others nothing has changed, and a pause holds the version that matching waits for.
    pending = _pending(connection, subscriber)
    for part in chunks(sorted(pending)):
        _cancel_updates(connection, [delivery for delivery in part if pending[delivery]], now=now)
        cancel_orphans(connection, now=now, among=part)
    return cancelled


def _pending(connection: Connection, subscriber: int) -> dict[int, bool]:
    """Return the deliveries that wait for a subscriber, and whether they tell of an update."""
    d, c = tables.deliveries.c, tables.channels.c
    mine = select(c.id).where(c.subscriber_id == subscriber)
    of = select(d.id, and_(d.subject_kind == "alert", d.sequence > 0)).where(d.channel_id.in_(mine))
    # Written out, for SQLite to know the indexes by it; of all messages there ever were only a few wait.
    rows = connection.execute(of.where(text("deliveries.state = 'pending'")))
    return {delivery: bool(update) for delivery, update in rows}


def _cancel_updates(connection: Connection, pending: Sequence[int], *, now: datetime) -> None:
    """Cancel those of these pending messages of updates that tell of none that is wanted."""
    d, a, p = tables.deliveries, tables.alerts.c, tables.alert_updates
    lead = p.alias("lead").c
    of = (
        select(d.c.id, or_(_paused(now), _muted()).label("unwanted"))
        .join_from(d, p.alias("lead"), and_(lead.alert_id == d.c.subject_id, lead.sequence == d.c.sequence))
        .join(p, p.c.lead_id == lead.id)
        .join(tables.alerts, a.id == p.c.alert_id)
        .where(d.c.id.in_(pending))
    )
    wanted: dict[int, bool] = {}
    for delivery, is_unwanted in connection.execute(of):
        wanted[delivery] = wanted.get(delivery, False) or not is_unwanted
    unwanted = [delivery for delivery, is_wanted in wanted.items() if not is_wanted]
    # Whoever is at one of them may wait for alerts that are cancelled here: it is not waited for.
    rows = leases.locked(d, d.c.id.in_(unwanted), d.c.state == "pending").order_by(d.c.id)
    connection.execute(leases.chosen(d, rows).values(state="cancelled", lease_owner=None, leased_until=None))


def _let_go(connection: Connection, subscriber: int, *, now: datetime) -> None:
    """Take out of open digests the updates of which nothing is wanted any more."""
    g, a, p = tables.digests.c, tables.alerts.c, tables.alert_updates
    held = (
        select(p.c.id)
        .join_from(p, tables.digests, p.c.digest_id == g.id)
        .join(tables.alerts, p.c.alert_id == a.id)
        .where(g.subscriber_id == subscriber, g.closed_at.is_(None), or_(_paused(now), _muted()))
        .order_by(p.c.id)
    )
    for part in chunks(list(connection.scalars(held))):
        connection.execute(p.update().where(p.c.id.in_(part)).values(digest_id=None, reason=None))


def _paused(now: datetime) -> ColumnElement[bool]:
    """Whether the subscriber of an alert has paused its list, or all."""
    a, s, u = tables.alerts.c, tables.subscriptions.c, tables.subscribers.c
    of_list = exists().where(s.id == a.subscription_id, *_lasts(s, now)).correlate(tables.alerts)
    return or_(of_list, exists().where(u.id == a.subscriber_id, *_lasts(u, now)).correlate(tables.alerts))


def _muted() -> ColumnElement[bool]:
    """Whether the subscriber of an alert has muted its story."""
    a, q, s = tables.alerts.c, tables.story_mutes.c, tables.stories.c
    story = func.coalesce(s.merged_into, s.id)
    mine = (q.subscriber_id == a.subscriber_id, q.story_id == story, s.id == a.story_id)
    return exists().where(*mine).correlate(tables.alerts)


def _lasts(columns: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - of either table
    until = columns.paused_until
    return columns.paused_since.is_not(None), or_(until.is_(None), until > now)
