"""The process tree of `up`: starts the children, restarts what dies or hangs, stops all in order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from worker.service.watchdog import Every

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from worker.service.child import Child
    from worker.service.notify import Above
    from worker.service.watchdog import Watchdog

log = structlog.get_logger(__name__)

STOP_WITHIN_S = 16.0
"""The workers' share of the 20 s in which everything must have stopped (INTERFACE 1)."""

BROKER_STOP_S = 2.0
LOOK_EVERY_S = 0.2
SIGNS_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Watch:
    """What the supervisor asks and tells the rest of the service at every turn.

    Attributes:
        on_reaped: Called after children have ended, to free what they held.
        on_turn: Called at every turn, for heartbeats and alert lines.
        signs: Signs of life by the name of their watchdog; each changes while the part it stands for works.
        can_work: Whether work may be expected: not while the broker is away, which no restart would mend.
    """

    on_reaped: Callable[[], None]
    on_turn: Callable[[], None]
    signs: Callable[[], Mapping[str, object]]
    can_work: Callable[[], bool] = lambda: True


class Supervisor:
    """Runs `children` until told to stop. The broker, if there is one, comes first and goes last."""

    def __init__(
        self,
        broker: Child | None,
        children: Sequence[Child],
        watch: Watch,
        *,
        ready: Callable[[], None],
        watchdogs: Mapping[str, Watchdog],
        above: Above,
    ) -> None:
        self._broker = broker
        self._children = children
        self._watch = watch
        self._ready = ready
        self._watchdogs = watchdogs
        self._above = above
        self._looks = Every(SIGNS_EVERY_S)

    @property
    def pids(self) -> dict[str, list[int]]:
        """PIDs of the running children, by role."""
        found: dict[str, list[int]] = {}
        for child in self._all:
            if child.pid is not None:
                found.setdefault(child.role.role, []).append(child.pid)
        return found

    @property
    def _all(self) -> list[Child]:
        return [*([self._broker] if self._broker is not None else []), *self._children]

    def restart_broker(self) -> None:
        """Start the broker anew, whatever it is doing."""
        if self._broker is not None:
            self._broker.kill()
            self._broker.start()

    def run(self, stop: Callable[[float], bool]) -> None:
        """Run until `stop(seconds)`, which waits so long for an order to stop, says yes; then stop everything."""
        try:
            if self._broker is not None:
                self._broker.start()
            self._ready()
            for child in self._children:
                child.start()
            self._above.ready()
            while not stop(LOOK_EVERY_S):
                self._turn()
                self._above.alive(time.monotonic())  # last: a turn that hangs is no sign of life
        finally:
            self._above.stopping()
            self._stop()

    def _turn(self) -> None:
        ended = [child for child in self._all if child.reap() is not None]
        if ended:
            self._watch.on_reaped()
        for child in self._all:
            if child.restart_if_due():
                self._expect_a_pause()
        if self._looks.is_due(time.monotonic()):
            self._look_for_life()
        self._watch.on_turn()

    def _expect_a_pause(self) -> None:
        for watchdog in self._watchdogs.values():
            watchdog.expect_a_pause(now=time.monotonic())

    def _look_for_life(self) -> None:
        for name, sign in self._watch.signs().items():
            at_fault = self._watchdogs[name].overdue(sign, now=time.monotonic())
            for child in self._children:
                if child.role.name == at_fault and self._watch.can_work():
                    log.warning("stands still, so it is started anew", role=at_fault, sign=name)
                    child.kill()

    def _stop(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in self._children:
            child.wait(deadline)
        if self._broker is not None:
            self._broker.ask_to_stop()
            self._broker.wait(time.monotonic() + BROKER_STOP_S)
