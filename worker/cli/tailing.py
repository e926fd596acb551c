"""Alerts as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from worker.store.rows import AlertRow

EVERY_S = 1.0
"""How often it is looked whether there are more."""

AT_ONCE = 1_000


class AlertsStore(Protocol):
    """What following takes."""

    def alerts_list(
        self, *, watch_list: str | None = None, subscriber: str | None = None, limit: int = 100
    ) -> list[AlertRow]:
        """The newest alerts, newest first."""
        ...

    def alerts_since(
        self, alert: int, *, watch_list: str | None = None, subscriber: str | None = None, limit: int = 1000
    ) -> list[AlertRow]:
        """Alerts with greater ids, oldest first."""
        ...

    def last_alert(self) -> int:
        """The greatest id, or 0."""
        ...


def tail(
    store: AlertsStore,
    *,
    watch_list: str | None,
    subscriber: str | None,
    lines: int,
    wait: Callable[[], bool] | None,
) -> Iterator[AlertRow]:
    """Yield the last alerts, oldest first, then those that come; `wait` returns whether to go on, None: do not.

    Ids become visible in their order, so that none is missed.
    """
    last = store.last_alert()
    latest = store.alerts_list(watch_list=watch_list, subscriber=subscriber, limit=lines) if lines else []
    yield from reversed(latest)
    last = max([last, *(one.id for one in latest)])
    while wait is not None and wait():
        found = store.alerts_since(last, watch_list=watch_list, subscriber=subscriber, limit=AT_ONCE)
        yield from found
        last = max([last, *(one.id for one in found)])
