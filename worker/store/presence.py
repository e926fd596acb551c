"""Whether the web role is there, at which address it is reached, and the key by which it knows its links."""

from __future__ import annotations

import platform
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from worker.store.status import remember, remembered
from worker.store.tables import heartbeats, service_state
from worker.store.transactions import Database, insert, retried

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

WEB_ADDRESS = "web_address"
LINK_KEY = "link_key"

THERE = timedelta(minutes=2)
"""So long after its last heartbeat the web role counts as running: it may be on its way back."""


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


def _key(connection: Connection) -> bytes | None:
    kept = remembered(connection, LINK_KEY)
    return None if kept is None else bytes.fromhex(kept)
