"""The clock that every process of one database shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.clock import SystemClock

if TYPE_CHECKING:
    from datetime import datetime

    from worker.clock import Clock
    from worker.store.store import Store


class StoreClock:
    """PostgreSQL's clock, so that machines whose clocks differ agree on leases; with SQLite this machine's own."""

    def __init__(self, store: Store, fallback: Clock | None = None) -> None:
        self._store = store
        self._fallback = fallback or SystemClock()

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._store.current_time() or self._fallback.now()
