"""Notices: what the owner is told of the service itself."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select

from config.redaction import shown_url
from worker.alerts.model import NoticeFacts
from worker.store.addresses import shown_address
from worker.store.outbox import Outbound, write_deliveries
from worker.store.tables import channels, notices, subscribers
from worker.store.transactions import Database

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from worker.records import Outgoing, PollRecord


class Notices(Database):
    """Notices as messages see them."""

    def notice_of(self, outgoing: Outgoing) -> NoticeFacts | None:
        """Load the facts of a notice (see DeliverStore); None too where the subscriber has been removed since."""
        if outgoing.subject_kind != "notice":
            return None
        n, u = notices.c, subscribers.c
        statement = (
            select(n.type, u.name, n.created_at, n.data)
            .join_from(notices, subscribers)
            .where(n.id == outgoing.subject, u.removed_at.is_(None))
        )
        with self._transaction("read") as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else NoticeFacts(row.type, row.name, row.created_at, row.data)


def write_feed_notices(
    connection: Connection, records: Sequence[PollRecord], held: Mapping[int, Row[*tuple[Any, ...]]], owner: str | None
) -> dict[int, list[int]]:
    """Write what the owner must be told of feeds, with deliveries due now; return the deliveries' ids by feed.

    `held`: the feeds as they were before. Where there is no subscriber, nobody is told.
    """
    told = [record for record in records if record.notice is not None]
    who = _owner(connection, owner) if told else None
    if who is None:
        return {}
    deliveries: dict[int, list[int]] = {}
    for record in told:
        data = _data(record, held[record.feed])
        deliveries[record.feed] = _write(connection, str(record.notice), data, who, now=record.at)
    return deliveries


def write_notice(
    connection: Connection, kind: str, data: Mapping[str, object], *, owner: str | None, now: datetime
) -> list[int]:
    """Write a notice of type `kind` to the owner; return its deliveries, due now. None where there is no subscriber."""
    who = _owner(connection, owner)
    return [] if who is None else _write(connection, kind, data, who, now=now)


def write_channel_notice(
    connection: Connection, channel: int, reason: str, *, owner: str | None, now: datetime
) -> list[int]:
    """Write that a channel was turned off, to its subscriber and the owner, by other channels that each of them has."""
    c, u = channels.c, subscribers.c
    of_channel = select(c.kind, c.address, c.subscriber_id, u.name).join_from(channels, subscribers)
    row = connection.execute(of_channel.where(c.id == channel)).one()
    shown = f"{row.kind} {shown_address(row.kind, row.address)}".strip()
    data = {"channel": shown, "subscriber": row.name, "reason": reason}
    told = {row.subscriber_id, _owner(connection, owner)} - {None}
    others = select(c.subscriber_id).where(c.id != channel, c.removed_at.is_(None), c.state == "enabled")
    reached = sorted(connection.scalars(others.where(c.subscriber_id.in_(told)).distinct()))
    return [
        delivery
        for who in reached
        for delivery in _write(connection, "channel.disabled", data, who, now=now, enabled_only=True)
    ]


def _write(
    connection: Connection,
    kind: str,
    data: Mapping[str, object],
    who: int,
    *,
    now: datetime,
    enabled_only: bool = False,
) -> list[int]:
    values = {"type": kind, "subscriber_id": who, "created_at": now, "data": dict(data)}
    notice = connection.execute(notices.insert().values(**values).returning(notices.c.id)).scalar_one()
    return write_deliveries(connection, [Outbound("notice", notice, who, now)], now=now, enabled_only=enabled_only)


def _owner(connection: Connection, name: str | None) -> int | None:
    """The subscriber of this name, else the first there is."""
    u = subscribers.c
    named = case((u.name == name, 0), else_=1)
    return connection.scalar(select(u.id).where(u.removed_at.is_(None)).order_by(named, u.id).limit(1))


def _data(record: PollRecord, feed: Row[*tuple[Any, ...]]) -> dict[str, object]:
    since = feed.last_good_at
    url = shown_url(feed.url)
    return {
        "feed": {"name": feed.name or record.title or feed.title or url, "url": url},
        "state": record.condition.state,
        "since": None if since is None else since.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "failures": record.condition.failures,
        "error": record.error,
    }
