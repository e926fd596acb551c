"""One alert with everything of it, and how its subscriber is reached: what commands show, and try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from worker.alerts.model import Address
from worker.store import facts
from worker.store.addresses import shown_address
from worker.store.deliveries import delivery_row
from worker.store.rows import AlertRow, DeliveryRow
from worker.store.tables import alert_updates, alerts, channels, deliveries, items, stories, subscribers, watch_lists
from worker.store.transactions import Database

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from worker.alerts.model import AlertFacts


@dataclass(frozen=True, slots=True)
class ReachedBy:
    """A channel of a subscriber with all that sending takes; `shown` is what may be printed of it."""

    address: Address
    shown: str
    state: str
    disabled_reason: str | None


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """What became of a story under its alert: `sequence` counts from 1, `title` is that of the report concerned."""

    sequence: int
    kind: str
    title: str
    link: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AlertPage:
    """An alert with what it tells, what became of the story, and the messages that carry it.

    Attributes:
        facts: What its message says now; None where nothing is left to tell.
        reason: Why it was held, or cancelled from the first.
        mark: What its subscriber thought of it.
        lead: The alert whose message tells of it, if that is another.
    """

    alert: AlertRow
    facts: AlertFacts | None
    reason: str | None
    mark: str | None
    lead: int | None
    updates: tuple[UpdateRow, ...]
    deliveries: tuple[DeliveryRow, ...]


class AlertPages(Database):
    """Alerts one by one, and the ways to a subscriber."""

    def alert_page(self, alert: int) -> AlertPage | None:
        """Everything of one alert, or None where there is none with this id."""
        with self._transaction("read") as connection:
            row = connection.execute(_rows().add_columns(*_MORE).where(alerts.c.id == alert)).one_or_none()
            if row is None:
                return None
            lead = row.lead_id if row.lead_id not in {None, alert} else None
            return AlertPage(
                alert=_alert_row(row),
                facts=next(iter(facts.of_alert(connection, alert)), None),
                reason=row.reason,
                mark=row.mark,
                lead=lead,
                updates=_updates(connection, alert),
                deliveries=_deliveries(connection, lead or alert, row.digest_id),
            )

    def alerts_since(
        self, alert: int, *, watch_list: str | None = None, subscriber: str | None = None, limit: int = 1000
    ) -> list[AlertRow]:
        """Alerts with greater ids, oldest first, of the list and to the subscriber of these names."""
        wanted = {watch_lists.c.name: watch_list, subscribers.c.name: subscriber}
        chosen = [column == value for column, value in wanted.items() if value is not None]
        statement = _rows().where(alerts.c.id > alert, *chosen).order_by(alerts.c.id).limit(limit)
        with self._transaction("read") as connection:
            return [_alert_row(row) for row in connection.execute(statement)]

    def latest_told(self, subscriber: str) -> AlertFacts | None:
        """What the latest alert to a subscriber says; None where it has none."""
        s = subscribers.c
        latest = select(func.max(alerts.c.id)).join_from(alerts, subscribers, alerts.c.subscriber_id == s.id)
        with self._transaction("read") as connection:
            alert = connection.scalar(latest.where(s.name == subscriber, alerts.c.state != "cancelled"))
            return None if alert is None else next(iter(facts.of_alert(connection, alert)), None)

    def ways_to(self, subscriber: str) -> list[ReachedBy]:
        """The channels of the subscriber of this name, in their order, those that are turned off too."""
        c, s = channels.c, subscribers.c
        statement = (
            select(channels)
            .join_from(channels, subscribers, c.subscriber_id == s.id)
            .where(s.name == subscriber, s.removed_at.is_(None), c.removed_at.is_(None))
            .order_by(c.position, c.id)
        )
        with self._transaction("read") as connection:
            return [
                ReachedBy(
                    Address(row.id, row.kind, row.address, row.secret, row.at_most_once, row.template),
                    f"{row.kind} {shown_address(row.kind, row.address)}".strip(),
                    row.state,
                    row.disabled_reason,
                )
                for row in connection.execute(statement)
            ]


_MORE = (alerts.c.reason, alerts.c.mark, alerts.c.lead_id, alerts.c.digest_id)


def _rows() -> Any:  # noqa: ANN401 - a select of what AlertRow holds
    a, s, told = alerts.c, stories.c, stories.alias("told")
    return (
        select(a.id, watch_lists.c.name.label("watch_list"), subscribers.c.name.label("subscriber"))
        .add_columns(s.id.label("story"), items.c.title, items.c.link, s.reports, s.independent_reports, s.wire)
        .add_columns(a.created_at, a.state)
        .join_from(alerts, watch_lists, a.watch_list_id == watch_lists.c.id)
        .join(subscribers, a.subscriber_id == subscribers.c.id)
        .join(items, a.item_id == items.c.id)
        .join(told, a.story_id == told.c.id)
        .join(stories, s.id == func.coalesce(told.c.merged_into, told.c.id))
    )


def _alert_row(row: Row[Any]) -> AlertRow:
    return AlertRow(
        id=row.id,
        watch_list=row.watch_list,
        subscriber=row.subscriber,
        story=row.story,
        title=row.title,
        link=row.link,
        reports=row.reports,
        independent_reports=row.independent_reports,
        wire=row.wire,
        created_at=row.created_at,
        state=row.state,
    )


def _updates(connection: Connection, alert: int) -> tuple[UpdateRow, ...]:
    p, i = alert_updates.c, items.c
    statement = (
        select(p.sequence, p.kind, i.title, i.link, p.created_at)
        .join_from(alert_updates, items, p.item_id == i.id)
        .where(p.alert_id == alert)
        .order_by(p.sequence)
    )
    return tuple(UpdateRow(*row) for row in connection.execute(statement))


def _deliveries(connection: Connection, alert: int, digest: int | None) -> tuple[DeliveryRow, ...]:
    """The messages of an alert, the first and those of its updates, and of the digest that tells of it."""
    d, c, p = deliveries.c, channels.c, alert_updates.c
    of_update = and_(d.subject_kind == "alert", p.alert_id == d.subject_id, p.sequence == d.sequence)
    mine = [and_(d.subject_kind == "alert", d.subject_id == alert)]
    mine += [] if digest is None else [and_(d.subject_kind == "digest", d.subject_id == digest)]
    statement = (
        select(deliveries, c.kind, c.address, subscribers.c.name.label("subscriber"), p.kind.label("update_kind"))
        .join_from(deliveries, channels, d.channel_id == c.id)
        .join(subscribers, c.subscriber_id == subscribers.c.id)
        .join(alert_updates, of_update, isouter=True)
        .where(or_(*mine))
        .order_by(d.id)
    )
    return tuple(delivery_row(row) for row in connection.execute(statement))
