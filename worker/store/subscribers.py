"""Subscribers and their channels."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from config.values import ChannelLine
from worker.store import tables
from worker.store.addresses import shown_address
from worker.store.rows import ChannelRow, SubscriberRow
from worker.store.transactions import Database

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from config.values import SubscriberLine


class Subscribers(Database):
    """Subscribers as commands see them."""

    def subscribers_list(self) -> list[SubscriberRow]:
        """All subscribers that are not removed, by name."""
        u, c = tables.subscribers, tables.channels
        with self._transaction("read") as connection:
            rows = connection.execute(select(u).where(u.c.removed_at.is_(None)).order_by(u.c.name)).all()
            of: dict[int, list[ChannelRow]] = {}
            for row in connection.execute(select(c).where(c.c.removed_at.is_(None)).order_by(c.c.position, c.c.id)):
                shown = ChannelRow(row.kind, shown_address(row.kind, row.address), row.state, row.disabled_reason)
                of.setdefault(row.subscriber_id, []).append(shown)
        return [
            SubscriberRow(row.id, row.name, row.timezone, tuple(of.get(row.id, ())), row.managed_by) for row in rows
        ]


def channel_lines(connection: Connection) -> dict[int, tuple[ChannelLine, ...]]:
    """Load the channels of all subscribers as lines, in their order."""
    c = tables.channels
    lines: dict[int, tuple[ChannelLine, ...]] = {}
    for row in connection.execute(select(c).where(c.c.removed_at.is_(None)).order_by(c.c.position, c.c.id)):
        line = ChannelLine(row.kind, row.address, row.secret)
        lines[row.subscriber_id] = (*lines.get(row.subscriber_id, ()), line)
    return lines


def write_subscriber(
    connection: Connection, line: SubscriberLine, known: Row[Any] | None, *, managed_by: str, now: datetime
) -> int:
    """Insert, change or bring back one subscriber with its channels; return its id."""
    u = tables.subscribers
    values: dict[str, Any] = {"timezone": line.timezone, "managed_by": managed_by, "removed_at": None}
    subscriber: int
    if known is None:
        inserted = u.insert().values(name=line.name, created_at=now, **values).returning(u.c.id)
        subscriber = connection.execute(inserted).scalar_one()
    else:
        subscriber = known.id
        connection.execute(u.update().where(u.c.id == subscriber).values(**values))
    _write_channels(connection, subscriber, line, now=now)
    return subscriber


def _write_channels(connection: Connection, subscriber: int, line: SubscriberLine, *, now: datetime) -> None:
    """Make the channels equal to the lines.

    A channel whose secret alone is new stays the same row, so that what is pending is sent under the new secret. One
    that comes back, or gets a new secret, is turned on again: somebody has just seen to it.
    """
    c = tables.channels
    rows = list(connection.execute(select(c).where(c.c.subscriber_id == subscriber).order_by(c.c.id)))
    left = {row.id: row for row in rows}
    matched: dict[int, Row[Any]] = {}
    for exact in (True, False):
        for position, channel in enumerate(line.channels):
            if position not in matched and (row := _found(left, channel, exact=exact)) is not None:
                matched[position] = left.pop(row.id)
    for position, channel in enumerate(line.channels):
        row = matched.get(position)
        values: dict[str, Any] = {"position": position, "removed_at": None}
        if row is None or row.removed_at is not None or row.hash != channel_hash(channel):
            values |= {"secret": channel.secret, "hash": channel_hash(channel)}
            values |= {"state": "enabled", "disabled_reason": None}
        if row is None:
            values |= {"subscriber_id": subscriber, "kind": channel.kind, "address": channel.address}
            connection.execute(c.insert().values(**values))
        else:
            connection.execute(c.update().where(c.c.id == row.id).values(**values))
    gone = [id_ for id_, row in left.items() if row.removed_at is None]
    if gone:
        connection.execute(c.update().where(c.c.id.in_(gone)).values(removed_at=now))


def _found(left: dict[int, Row[Any]], line: ChannelLine, *, exact: bool) -> Row[Any] | None:
    """Find the line's row; a removed one comes back only as exactly itself."""
    for row in left.values():
        same = row.hash == channel_hash(line) if exact else row.removed_at is None
        if same and (row.kind, row.address) == (line.kind, line.address):
            return row
    return None


def channel_hash(line: ChannelLine) -> bytes:
    """Hash address and secret: what makes a channel of a kind unique."""
    lengths = f"{len(line.address)}:{'-' if line.secret is None else len(line.secret)}:"
    return blake2b(f"{lengths}{line.address}{line.secret or ''}".encode(), digest_size=16).digest()
