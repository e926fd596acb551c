"""A pseudo terminal with a command at it: what it writes there, and keys pressed meanwhile."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

CTRL_C = b"\x03"
SHOWN, HIDDEN = "\x1b[?25h", "\x1b[?25l"
"""What shows the cursor, and what hides it."""

_AT = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
"""Makes the terminal that of the command, so that a key can interrupt it."""


class Terminal:
    """A terminal at which one command runs.

    `changed`: variables beside or in the place of those of `env`; None: not set.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        columns: int = 80,
        changed: Mapping[str, str | None] | None = None,
    ) -> None:
        self._ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (40, columns))
        unset = {"COLUMNS": None, "LINES": None, "NO_COLOR": None, "TERM": "xterm", **(changed or {})}
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _AT, *command],
            env={**{name: value for name, value in env.items() if name not in unset}, **_set(unset)},
            cwd=cwd,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._written = b""

    @property
    def screen(self) -> str:
        """Everything that was written so far."""
        return self._written.decode(errors="replace")

    def press(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._ours, keys)

    def wait_for(self, seen: str | Callable[[str], object], timeout: float = 60.0) -> None:
        """Read until something is written; fail with the screen if the command ends before, or it takes longer."""
        deadline = time.monotonic() + timeout
        while not (seen in self.screen if isinstance(seen, str) else seen(self.screen)):
            if not self._read(deadline):
                raise AssertionError(f"waited for {seen!r}; the screen is:\n{self.screen!r}")

    def end(self, timeout: float = 60.0) -> int:
        """Read to the command's end; return its exit code. It is killed, and this fails, if it takes longer."""
        deadline = time.monotonic() + timeout
        while self._read(deadline):
            pass
        try:
            return self._child.wait(max(0.1, deadline - time.monotonic()))
        finally:
            self.close()

    def close(self) -> None:
        """Leave nothing behind."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        if self._ours >= 0:
            os.close(self._ours)
            self._ours = -1

    def _read(self, deadline: float) -> bool:
        """Read some more; False where there is nothing more, or not in time."""
        ready, _, _ = select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            some = os.read(self._ours, 65536)
        except OSError:  # EIO: the last process has closed its side (pty(7))
            return False
        self._written += some
        return bool(some)


def _set(variables: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if value is not None}
