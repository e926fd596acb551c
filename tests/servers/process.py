"""A server in a process of its own: started on a leash, ended by its PID, its output kept for the failure message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LEASH = Path(__file__).with_name("leash.py")
_PAUSE_S = 0.01


class CannotStart(Exception):
    """A server did not come up: the run fails, nothing is skipped."""


class Process:
    """One running command.

    Its standard output and error go to `log`. `orphan_signal` is what it gets when the test process dies first.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        user: int | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        orphan_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.log = log
        leash = [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), str(int(orphan_signal))]
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [*leash, "-" if user is None else str(user), *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=environment,
                start_new_session=True,  # Ctrl-C at the terminal goes to pytest, which then ends us in order
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    def alive(self) -> bool:
        return self._child.poll() is None

    def send(self, what: signal.Signals) -> None:
        self._child.send_signal(what)

    def wait_until(self, ready: Callable[[], bool], *, timeout: float = 30.0) -> None:
        """Wait until `ready()`; end the process and raise CannotStart when it dies or takes too long."""
        deadline = time.monotonic() + timeout
        while not ready():
            # What is waited for may be its very end, which may have come since.
            if (not self.alive() and not ready()) or time.monotonic() >= deadline:
                code = self.stop(signal.SIGKILL)
                raise CannotStart(f"exit code {code}; it said:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(_PAUSE_S)

    def stop(self, how: signal.Signals = signal.SIGTERM, *, timeout: float = 10.0) -> int:
        """Signal it, wait for its end (SIGKILL after `timeout` seconds), return its exit code."""
        if self.alive():
            self._child.send_signal(how)
            self._child.send_signal(signal.SIGCONT)  # one that was stopped would never hear of it
        try:
            return self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait()
