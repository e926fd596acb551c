"""The process tree of `up`: starts the children, restarts what dies or hangs, stops all in order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from worker.service.child import Child

log = structlog.get_logger(__name__)

STOP_WITHIN_S = 16.0
"""The workers' share of the 20 s in which everything must have stopped (INTERFACE 1)."""

BROKER_STOP_S = 2.0
LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Watch:
    """What the supervisor asks and tells the rest of the service at every turn.

    Attributes:
        on_reaped: Called after children have ended, to free what they held.
        on_turn: Called at every turn, for heartbeats and alert lines.
        last_tick: A value that changes with every tick of the timetable, or None while it cannot be read.
        can_tick: Whether ticks may be asked for: not while the broker is away, which no restart would mend.
    """

    on_reaped: Callable[[], None]
    on_turn: Callable[[], None]
    last_tick: Callable[[], object]
    can_tick: Callable[[], bool] = lambda: True


class Supervisor:
    """Runs `children` until told to stop. The broker, if there is one, comes first and goes last."""

    def __init__(
        self,
        broker: Child | None,
        children: Sequence[Child],
        watch: Watch,
        *,
        ready: Callable[[], None],
        patience_s: float,
    ) -> None:
        self._broker = broker
        self._children = children
        self._watch = watch
        self._ready = ready
        self._watchdog = Watchdog(patience_s)

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
            while not stop(LOOK_EVERY_S):
                self._turn()
        finally:
            self._stop()

    def _turn(self) -> None:
        ended = [child for child in self._all if child.reap() is not None]
        if ended:
            self._watch.on_reaped()
        for child in self._all:
            child.restart_if_due()
        for name in self._watchdog.overdue(self._watch.last_tick(), now=time.monotonic()):
            for child in self._children:
                if child.role.name == name and self._watch.can_tick():
                    log.warning("no tick, so it is started anew", role=name)
                    child.kill()
        self._watch.on_turn()

    def _stop(self) -> None:
        for child in self._children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN_S
        for child in self._children:
            child.wait(deadline)
        if self._broker is not None:
            self._broker.ask_to_stop()
            self._broker.wait(time.monotonic() + BROKER_STOP_S)


class Watchdog:
    """Notices from outside that the timetable stands still, by the monotonic clock (RELIABILITY 23).

    A backward jump of the wall clock stops Celery beat, and a worker may be connected but deaf. So first beat is
    started anew, then, if that did not help, the worker that ticks. `patience_s`: seconds without a tick that are too
    many; four times as many while processes come up.
    """

    STEPS = ("beat", "deliver")

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._seen: object = None
        self._since: float | None = None
        self._coming_up = True
        self._step = 0

    def overdue(self, last_tick: object, *, now: float) -> tuple[str, ...]:
        """Return the names of children to start anew, given the last tick's value and monotonic seconds."""
        if self._since is None:
            self._seen, self._since = last_tick, now
        elif last_tick != self._seen:
            self._seen, self._since, self._coming_up, self._step = last_tick, now, False, 0
        if now - self._since < self._patience_s * (4 if self._coming_up else 1):
            return ()
        name = self.STEPS[self._step % len(self.STEPS)]
        self._step += 1
        self._since = now
        self._coming_up = True
        return (name,)
