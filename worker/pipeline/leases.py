"""Keeps begun leases alive while their owner works."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

import structlog

from worker.errors import TocsinError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

log = structlog.get_logger(__name__)

RENEW_EVERY_S = 10.0
"""Seconds between renewals; a lease lasts 30 (DESIGN 3.1)."""


class Renewal:
    """Renews leases (row id -> token) from a thread of its own, from entering until leaving the context.

    Or from the first `add` until `end`. Rows that are finished early are taken out with `drop`. A renewal that fails
    is tried again at the next turn: if the lease runs out meanwhile, the fencing token keeps the late work from being
    written. A thread that an error of another kind ended is followed by a new one at the next `add`.
    """

    def __init__(
        self,
        renew: Callable[[Mapping[int, int]], None],
        tokens: Mapping[int, int],
        *,
        every_s: float = RENEW_EVERY_S,
    ) -> None:
        self._renew = renew
        self._tokens = dict(tokens)
        self._every_s = every_s
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread = self._new_thread()

    def __enter__(self) -> Self:
        if self._tokens:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Renew nothing any more."""
        self._done.set()
        if self._thread.ident is not None:
            self._thread.join()

    def add(self, tokens: Mapping[int, int]) -> None:
        """Renew these too."""
        with self._lock:
            self._tokens.update(tokens)
            if not self._tokens or self._thread.is_alive() or self._done.is_set():
                return
            if self._thread.ident is not None:
                log.warning("lease renewal had died and is started again", rows=len(self._tokens))
                self._thread = self._new_thread()
            self._thread.start()

    def drop(self, row: int, token: int | None = None) -> None:
        """Stop renewing this row; with a `token` only that lease of it, not one that was begun since."""
        with self._lock:
            if token is None or self._tokens.get(row) == token:
                self._tokens.pop(row, None)

    def left(self) -> dict[int, int]:
        """The rows still renewed, with their tokens."""
        with self._lock:
            return dict(self._tokens)

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="lease-renewal", daemon=True)

    def _run(self) -> None:
        while not self._done.wait(self._every_s):
            tokens = self.left()
            if not tokens:
                continue
            try:
                self._renew(tokens)
            except TocsinError as error:
                log.warning("lease renewal failed", rows=len(tokens), error=str(error))
