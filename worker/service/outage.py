"""Something that the service needs is away: said once, and once more when it is back."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from worker.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger(__name__)


class Outage:
    """Carries a process over times in which `what` is away. One for all threads of a process."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._lasts = False

    @contextmanager
    def endured(self) -> Iterator[None]:
        """Let Unavailable pass: what was tried is given up, for it is tried again anyhow."""
        try:
            yield
        except Unavailable as error:
            if self._turned(lasts=True):
                log.warning("%s is away (said once; trying again until it is back)", self._what, error=str(error))
        else:
            if self._turned(lasts=False):
                log.info("%s is back", self._what)

    def _turned(self, *, lasts: bool) -> bool:
        """Write down how it is, and say whether that is new."""
        with self._lock:
            before, self._lasts = self._lasts, lasts
        return before != lasts
