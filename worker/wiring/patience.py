"""Waiting for the database, and for its schema: what a role of its own does before it begins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from worker.errors import StoreUnavailable
from worker.wiring.engine import engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.values import Settings
    from worker.wiring.engine import Engine

log = structlog.get_logger(__name__)

PATIENCE_S = 60.0
"""How long beat, worker and web wait for the database and its schema (INTERFACE 1)."""

LOOK_EVERY_S = 0.5


def wait_until_ready(
    settings: Settings,
    prepare: Callable[[Engine], None],
    *,
    patience_s: float = PATIENCE_S,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Call `prepare` with an engine until it finds the database ready, and close that engine again.

    A pool that forks must not inherit a connection. `pause` waits so many seconds; where it says yes, nobody waits any
    more. Raises StoreUnavailable after `patience_s` seconds.
    """
    until: float | None = None  # counted from the first failure: to load a driver may take a second by itself
    while True:
        try:
            with engine(settings) as opened:
                return prepare(opened)
        except StoreUnavailable as error:
            if until is None:
                until = time.monotonic() + patience_s
                log.warning("waiting for the database", patience_s=patience_s, error=str(error))
            elif time.monotonic() >= until:
                raise
            if pause(LOOK_EVERY_S):
                return None
