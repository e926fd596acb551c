"""Subscribers and their channels."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, null, or_, select

from config.hours import write_quiet_hours, write_schedule
from config.values import ChannelLine
from worker.errors import ConfigurationError
from worker.store import tables
from worker.store.addresses import shown_address
from worker.store.leases import chunks
from worker.store.orphans import cancel_orphans
from worker.store.outbox import give_open_digests
from worker.store.rows import ChannelRow, PauseRow, RemovedSubscriber, SubscriberRow
from worker.store.sending import ENABLED
from worker.store.status import bump_version
from worker.store.subscriptions import quiet_of, schedule_of
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from config.values import SubscriberLine


class Subscribers(Database):
    """Subscribers as commands see them."""

    def subscribers_list(self, *, now: datetime | None = None) -> list[SubscriberRow]:
        """All subscribers that are not removed, by name; with what each has paused `now`, if that is asked."""
        u, c = tables.subscribers, tables.channels
        with self._transaction("read") as connection:
            rows = connection.execute(select(u).where(u.c.removed_at.is_(None)).order_by(u.c.name)).all()
            of: dict[int, list[ChannelRow]] = {}
            for row in connection.execute(select(c).where(c.c.removed_at.is_(None)).order_by(c.c.position, c.c.id)):
                shown = ChannelRow(row.kind, shown_address(row.kind, row.address), row.state, row.disabled_reason)
                of.setdefault(row.subscriber_id, []).append(shown)
            pauses = {} if now is None else _pauses(connection, now)
        return [
            SubscriberRow(
                row.id,
                row.name,
                row.timezone,
                tuple(of.get(row.id, ())),
                row.managed_by,
                quiet_hours=quiet_of(row.quiet_hours),
                heartbeat=schedule_of(row.heartbeat),
                pauses=tuple(pauses.get(row.id, ())),
            )
            for row in rows
        ]

    def subscriber_names(self) -> list[str]:
        """All names that alerts may bear, those of removed subscribers too."""
        u = tables.subscribers.c
        with self._transaction("read") as connection:
            return list(connection.scalars(select(u.name).order_by(u.name)))

    @retried
    def add_subscriber(self, line: SubscriberLine, *, now: datetime) -> int:
        """Add a subscriber by command, or bring back a removed one; return its id.

        Raises:
            ConfigurationError: It is there already.
        """
        with self._transaction("write") as connection:
            bump_version(connection)
            known = _named(connection, line.name)
            if known is not None and known.removed_at is None:
                raise ConfigurationError(f"subscriber {line.name!r} is there already (managed by {known.managed_by})")
            return write_subscriber(connection, line, known, managed_by="command", now=now)

    @retried
    def remove_subscriber(self, name: str, *, now: datetime) -> RemovedSubscriber:
        """Remove a subscriber made by command: what was not sent to it is cancelled, its history stays.

        Raises:
            ConfigurationError: There is no such subscriber, it is managed by file, or a list tells nobody else.
        """
        with self._transaction("write") as connection:
            bump_version(connection)
            known = _named(connection, name)
            if known is None or known.removed_at is not None:
                raise ConfigurationError(f"there is no subscriber {name!r}")
            if known.managed_by == "file":
                raise ConfigurationError(f"subscriber {name!r} is managed by file: take it out of subscribers.yaml")
            lists = _lists_that_tell(connection, known.id)
            alone = [f"{of!r}" for of, others in lists.items() if not others]
            if alone:
                raise ConfigurationError(
                    f"{name} alone hears of {', '.join(alone)}: `tocsin watch edit NAME --notify SUBSCRIBER` names "
                    "somebody else, `tocsin watch remove NAME` removes a list"
                )
            cancelled = _unsent(connection, known.id)
            s = tables.subscriptions
            mine = s.c.subscriber_id == known.id
            connection.execute(s.update().where(mine, s.c.removed_at.is_(None)).values(removed_at=now))
            remove_subscribers(connection, [known.id], now=now)
            cancel_orphans(connection, now=now)
        return RemovedSubscriber(tuple(lists), cancelled)


def _named(connection: Connection, name: str) -> Row[Any] | None:
    u = tables.subscribers
    return connection.execute(select(u).where(u.c.name == name)).one_or_none()


def _pauses(connection: Connection, now: datetime) -> dict[int, list[PauseRow]]:
    """Load the pauses that last, by subscriber: that of all lists first, the others by name."""
    u, s, w = tables.subscribers.c, tables.subscriptions.c, tables.watch_lists.c
    of_all = select(u.id, null().label("name"), u.paused_until).where(*_lasts(u, now))
    of_lists = (
        select(s.subscriber_id, w.name, s.paused_until)
        .join_from(tables.subscriptions, tables.watch_lists, s.watch_list_id == w.id)
        .where(s.removed_at.is_(None), w.removed_at.is_(None), *_lasts(s, now))
        .order_by(w.name)
    )
    found: dict[int, list[PauseRow]] = {}
    for statement in (of_all, of_lists):
        for subscriber, name, until in connection.execute(statement):
            found.setdefault(subscriber, []).append(PauseRow(name, until))
    return found


def _lasts(columns: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - of either table
    return columns.paused_since.is_not(None), or_(columns.paused_until.is_(None), columns.paused_until > now)


def _lists_that_tell(connection: Connection, subscriber: int) -> dict[str, int]:
    """Return the lists that tell a subscriber, by name, each with how many others it tells."""
    s, w, u = tables.subscriptions.c, tables.watch_lists.c, tables.subscribers.c
    told = select(s.watch_list_id).where(s.subscriber_id == subscriber, s.removed_at.is_(None))
    statement = (
        select(w.name, func.count())
        .join_from(tables.subscriptions, tables.watch_lists, s.watch_list_id == w.id)
        .join(tables.subscribers, s.subscriber_id == u.id)
        .where(w.id.in_(told), w.removed_at.is_(None), s.removed_at.is_(None), u.removed_at.is_(None))
        .group_by(w.name)
        .order_by(w.name)
    )
    return {row[0]: row[1] - 1 for row in connection.execute(statement)}


def _unsent(connection: Connection, subscriber: int) -> int:
    """Count the messages to a subscriber that wait."""
    d, c = tables.deliveries.c, tables.channels.c
    mine = select(c.id).where(c.subscriber_id == subscriber)
    return connection.scalar(select(func.count()).where(d.state == "pending", d.channel_id.in_(mine))) or 0


def remove_subscribers(connection: Connection, subscribers: Sequence[int], *, now: datetime) -> None:
    """Remove subscribers; what is pending for them is for `cancel_orphans`."""
    u = tables.subscribers
    for part in chunks(subscribers):
        connection.execute(u.update().where(u.c.id.in_(part)).values(removed_at=now))


def channel_lines(connection: Connection) -> dict[int, tuple[ChannelLine, ...]]:
    """Load the channels of all subscribers as lines, in their order."""
    c = tables.channels
    lines: dict[int, tuple[ChannelLine, ...]] = {}
    for row in connection.execute(select(c).where(c.c.removed_at.is_(None)).order_by(c.c.position, c.c.id)):
        line = ChannelLine(row.kind, row.address, row.secret, row.at_most_once, row.template)
        lines[row.subscriber_id] = (*lines.get(row.subscriber_id, ()), line)
    return lines


def write_subscriber(
    connection: Connection, line: SubscriberLine, known: Row[Any] | None, *, managed_by: str, now: datetime
) -> int:
    """Insert, change or bring back one subscriber with its channels; return its id."""
    u = tables.subscribers
    values: dict[str, Any] = {
        "timezone": line.timezone,
        "quiet_hours": None if line.quiet_hours is None else write_quiet_hours(line.quiet_hours),
        "heartbeat": None if line.heartbeat is None else write_schedule(line.heartbeat),
        "managed_by": managed_by,
        "removed_at": None,
    }
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
        values: dict[str, Any] = {
            "position": position,
            "at_most_once": channel.at_most_once,
            "template": channel.template,
            "removed_at": None,
        }
        if row is None or row.removed_at is not None or row.hash != channel_hash(channel):
            values |= {"secret": channel.secret, "hash": channel_hash(channel)}
            values |= ENABLED
        if row is None:
            values |= {"subscriber_id": subscriber, "kind": channel.kind, "address": channel.address}
            connection.execute(c.insert().values(**values))
        else:
            connection.execute(c.update().where(c.c.id == row.id).values(**values))
    gone = [id_ for id_, row in left.items() if row.removed_at is None]
    if gone:
        connection.execute(c.update().where(c.c.id.in_(gone)).values(removed_at=now))
    give_open_digests(connection, subscriber, now=now)


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
