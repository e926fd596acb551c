"""What the service manager above us is told (systemd, or another that speaks sd_notify(3)); nothing where none asks."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import structlog

from worker.service.watchdog import Every

if TYPE_CHECKING:
    from collections.abc import Mapping

log = structlog.get_logger(__name__)

VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
"""How it asks (sd_notify(3), sd_watchdog_enabled(3)). Meant for us alone: children shall not speak for us."""

SEND_WITHIN_S = 1.0
"""One that hangs holds nobody up for longer."""


class Above:
    """Tells the manager that `up` runs, is alive, is stopping: datagrams to $NOTIFY_SOCKET.

    Signs of life are sent twice in the time that $WATCHDOG_USEC (microseconds) grants, where it is set and meant for
    this process. What does not arrive is logged, and nothing else: the service goes on.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        granted = environ.get("WATCHDOG_USEC", "")
        is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._signs = Every(int(granted) / 2_000_000) if granted.isdecimal() and is_ours else None

    def ready(self) -> None:
        """Say that the service is up."""
        self._say("READY=1")

    def alive(self, now: float) -> None:
        """Say that the supervisor still turns, where that is due at `now` (monotonic seconds)."""
        if self._signs is not None and self._signs.is_due(now):
            self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the service ends by order."""
        self._say("STOPPING=1")

    def _say(self, what: str) -> None:
        if not self._address.startswith(("/", "@")):  # none, or not of this machine
            return
        # The name of an abstract socket begins with a NUL, which no variable can hold (unix(7)).
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            speaker.settimeout(SEND_WITHIN_S)
            try:
                speaker.sendto(what.encode(), address)
            except OSError as error:
                log.warning("the service manager does not hear us", said=what, error=str(error))


def without_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment as children get it."""
    return {name: value for name, value in environ.items() if name not in VARIABLES}
