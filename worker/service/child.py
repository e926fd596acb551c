"""One child process of `up`: how it is started, watched and stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from worker.service import attach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

log = structlog.get_logger(__name__)

QUICK_DEATH_S = 10.0
"""A child that lived shorter than this waits before it is started again."""

FREE_DEATHS = 2
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Role:
    """What to run: `role` is the word in `status`, `name` tells two children of one role apart in the log.

    `words`: a file for what a foreign program says; None lets its standard error through to ours. What children print
    besides goes nowhere: Tocsin's own say all they have to say on standard error. `kept`: open files of ours, by their
    numbers, that it has too.
    """

    role: str
    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    words: Path | None = None
    kept: Sequence[int] = ()


class Child:
    """A role's process, started again when it dies, with growing pauses while it dies quickly."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._quick_deaths = 0
        self._start_at = 0.0

    @property
    def pid(self) -> int | None:
        """PID while it runs, else None."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process in a session of its own, so that a Ctrl-C meant for us does not reach it."""
        command = [sys.executable, "-I", "-S", attach.__file__, str(os.getpid()), *self.role.command]
        with contextlib.ExitStack() as opened:
            words = opened.enter_context(self.role.words.open("ab")) if self.role.words is not None else None
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if words is None else words,
                stderr=words,
                env=dict(self.role.env),
                start_new_session=True,
                pass_fds=tuple(self.role.kept),
            )
        self._started = time.monotonic()
        log.info("started", role=self.role.name, pid=self._process.pid)

    def reap(self) -> int | None:
        """Return the PID if the process has ended since the last look, and plan its restart; else None."""
        if self._process is None or self._process.poll() is None:
            return None
        pid, code = self._process.pid, self._process.returncode
        self._process = None
        lived = time.monotonic() - self._started
        self._quick_deaths = self._quick_deaths + 1 if lived < QUICK_DEATH_S else 0
        # Two quick deaths cost no wait; after that a child that cannot live must not burn the machine.
        wait = min(2.0 ** (self._quick_deaths - FREE_DEATHS - 1), LONGEST_WAIT_S)
        wait = wait if self._quick_deaths > FREE_DEATHS else 0.0
        self._start_at = time.monotonic() + wait
        log.warning("ended", role=self.role.name, pid=pid, code=code, lived_s=round(lived, 1), restart_in_s=wait)
        return pid

    def restart_if_due(self) -> bool:
        """Start it again if it is down and its pause is over; say whether it was started."""
        if self._process is not None or time.monotonic() < self._start_at:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the main process only: the group holds pool processes with work in hand (RELIABILITY 22)."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, deadline: float) -> None:
        """Wait until it has ended, but at most until `deadline` (monotonic seconds); then kill it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("did not stop in time, killed", role=self.role.name, pid=self._process.pid)
            self.kill()
        self._process = None

    def kill(self) -> None:
        """Kill it and everything in its session, and collect the main process."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            log.debug("already gone", role=self.role.name)
        self._process.wait()
