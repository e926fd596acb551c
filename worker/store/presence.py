"""Whether the web role is there, where it is reached, the key by which it knows its links; how late work is."""

from __future__ import annotations

import platform
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from worker.store.due import channel_takes, in_turn
from worker.store.status import remember, remembered
from worker.store.tables import deliveries, heartbeats, items, service_state
from worker.store.transactions import Database, insert, retried
from worker.store.waiting import feeds_due_since

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from worker.records import Manners

WEB_ADDRESS = "web_address"
LINK_KEY = "link_key"

THERE = timedelta(minutes=2)
"""So long after its last heartbeat the web role counts as running: it may be on its way back."""


@dataclass(frozen=True, slots=True)
class AgesRow:
    """How long the oldest of each kind of due work has waited, as StatusRow has it, in seconds; None where none is."""

    oldest_due_feed_s: float | None
    oldest_pending_delivery_s: float | None
    oldest_unmatched_s: float | None


class Presence(Database):
    """What messages must know of the web role, and what watches over it."""

    def last_heard(self, role: str) -> datetime | None:
        """When any process of this role on this machine was last heard of."""
        h = heartbeats.c
        with self._transaction("read") as connection:
            latest: datetime | None = connection.scalar(
                select(func.max(h.heartbeat_at)).where(h.role == role, h.host == platform.node())
            )
        return latest

    def ages(self, *, now: datetime, manners: Manners | None = None) -> AgesRow:
        """Return how long due work has waited, as `status` does, without a look at what has ended."""
        i = items.c
        with self._transaction("read") as connection:
            unmatched = connection.scalar(select(func.min(i.unmatched_since)).where(i.unmatched_since.is_not(None)))
            moments = feeds_due_since(connection, now, manners), _delivery_due_since(connection, now), unmatched
        return AgesRow(*((now - moment).total_seconds() if moment and moment <= now else None for moment in moments))

    @retried
    def announce_web(self, address: str) -> None:
        """Say where people reach the web role that has just begun."""
        with self._transaction("write") as connection:
            remember(connection, WEB_ADDRESS, address)

    def web_address(self, *, now: datetime) -> str | None:
        """Where people reach the web role, on whatever machine it runs; None while none does."""
        h = heartbeats.c
        alive = select(h.pid).where(h.role == "web", h.heartbeat_at > now - THERE).limit(1)
        with self._transaction("read") as connection:
            if connection.execute(alive).first() is None:
                return None
            return remembered(connection, WEB_ADDRESS)

    @retried
    def link_key(self) -> bytes:
        """Return the secret that signs the links of this installation, made when it is first asked for."""
        with self._transaction("read") as connection:
            found = _key(connection)
        if found is not None:
            return found
        with self._transaction("write") as connection:
            made = insert(connection, service_state).values(key=LINK_KEY, value=secrets.token_hex(32))
            connection.execute(made.on_conflict_do_nothing(index_elements=["key"]))
            return _key(connection) or b""


def _delivery_due_since(connection: Connection, now: datetime) -> datetime | None:
    """Return since when the oldest delivery has been due, in hand or waiting for us; or None.

    State by state, so that either is read in the order of an index, and no further than to the first.
    """
    d = deliveries.c
    due = select(d.due_at).where(d.due_at <= now, in_turn(), channel_takes(now)).order_by(d.due_at).limit(1)
    found = [connection.scalar(due.where(d.state == state)) for state in ("pending", "sending")]
    return min((moment for moment in found if moment is not None), default=None)


def _key(connection: Connection) -> bytes | None:
    kept = remembered(connection, LINK_KEY)
    return None if kept is None else bytes.fromhex(kept)
