"""The lines that `up` prints for alerts and updates: each once, over restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.records import AlertLine
    from worker.store.store import Store

ANNOUNCED = "announced"
ANNOUNCED_UPDATES = "announced_updates"


class Announcements:
    """What has had its line is remembered in the database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due(self) -> list[AlertLine]:
        """Alerts and updates that have had no line yet; at the very first call earlier ones do not count."""
        alerts = self._up_to(ANNOUNCED, self._store.last_alert)
        updates = self._up_to(ANNOUNCED_UPDATES, self._store.last_update)
        return self._store.alerts_after(alerts) + self._store.updates_after(updates)

    def made(self, line: AlertLine) -> None:
        """Remember that lines of its kind have been printed up to this one."""
        self._store.set_state(ANNOUNCED if line.update is None else ANNOUNCED_UPDATES, str(line.id))

    def _up_to(self, state: str, last: Callable[[], int]) -> int:
        after = self._store.get_state(state)
        if after is None:
            after = str(last())
            self._store.set_state(state, after)
        return int(after)
