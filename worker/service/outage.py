"""Something that the service needs is away: said once, and once more when it is back."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from worker.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = structlog.get_logger(__name__)


SETTLED_S = 10.0
"""Seconds without a failure after which an outage is over: on a full disk what only reads succeeds all the time."""


class Outage:
    """Carries a process over times in which `what` is away. One for all threads of a process."""

    def __init__(self, what: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._lock = threading.Lock()
        self._failed_at: float | None = None

    @property
    def lasts(self) -> bool:
        """Whether it is away, as far as is known."""
        with self._lock:
            return self._failed_at is not None

    @contextmanager
    def endured(self) -> Iterator[None]:
        """Let Unavailable pass: what was tried is given up, for it is tried again anyhow."""
        try:
            yield
        except Unavailable as error:
            if self._begins():
                log.warning("%s is away (said once; trying again until it is back)", self._what, error=str(error))
        else:
            if self._ends():
                log.info("%s is back", self._what)

    def _begins(self) -> bool:
        """Write a failure down, and say whether it is the first."""
        with self._lock:
            before, self._failed_at = self._failed_at, self._clock()
        return before is None

    def _ends(self) -> bool:
        """Say whether a success ends an outage."""
        with self._lock:
            if self._failed_at is None or self._clock() - self._failed_at < SETTLED_S:
                return False
            self._failed_at = None
        return True
