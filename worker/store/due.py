"""Which feeds are due, whatever their hosts bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.store.tables import feeds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause

UNPOLLED = ("quarantined", "disabled")
"""States of feeds that no tick polls."""


def pollable(now: datetime | ColumnElement[datetime], table: FromClause = feeds) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a feed is due; `table` is `feeds` or an alias of it."""
    f = table.c
    return f.removed_at.is_(None), f.state.not_in(UNPOLLED), f.next_poll_at <= now
