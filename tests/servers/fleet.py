"""Processes that whoever started them starts again when they die, and that a test kills."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from servers.tocsin import Running

DECK = ("parent", "beat", "broker", "worker", "worker", "worker", *["pool"] * 6)
"""How often each kind of process is killed, for a dozen kills."""

_WORKER = "-m tasks worker"


class Fleet:
    """`start`: how to begin each process, by its name; they run from the construction on."""

    def __init__(self, start: Mapping[str, Callable[[], Running]]) -> None:
        self._start = start
        self._running = {name: begin() for name, begin in start.items()}

    def living(self) -> dict[str, list[int]]:
        """PIDs of all living processes by their kind: parent, beat, broker, worker, pool (parsers too)."""
        found: dict[str, list[int]] = {}
        for process in self._running.values():
            if process.returncode is None:
                family = process.descendants()
                lines = {process.pid: _line(process.pid), **family}
                for pid, line in lines.items():
                    found.setdefault(_kind(pid, line, lines), []).append(pid)
        return found

    def kill_one(self, kind: str, chance: random.Random, *, within: float = 30.0) -> str:
        """kill -9 one of this kind, where there is such a kind, else any; return what it was."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self.revive()
            living = self.living()
            wanted = kind if kind in living else "worker" if kind == "broker" else None
            if wanted in living:
                with suppress(ProcessLookupError):  # ended by itself in between: that was no kill of ours
                    os.kill(chance.choice(sorted(living[wanted])), signal.SIGKILL)
                    return wanted
            time.sleep(0.05)
        raise AssertionError(f"no {kind} came to life within {within:g} s")

    def wait_for(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until `ready()`; fail, with all that was said, where that takes longer than a start may."""
        next(iter(self._running.values())).wait_for(ready, what)

    def revive(self) -> None:
        """Start again what has ended, as an operator or systemd would."""
        for name, process in list(self._running.items()):
            if process.returncode is not None:
                process.close()
                self._running[name] = self._start[name]()


def deck(kills: int, chance: random.Random) -> list[str]:
    """The kinds of so many kills, in an order of chance."""
    cards = [DECK[number % len(DECK)] for number in range(kills)]
    chance.shuffle(cards)
    return cards


def _kind(pid: int, line: str, family: Mapping[int, str]) -> str:
    if _WORKER in line:
        return "pool" if _WORKER in family.get(_parent(pid), "") else "worker"
    if "-m tasks beat" in line:
        return "beat"
    if "broker.sock" in line:
        return "broker"
    return "parent" if " up" in line else "pool"


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
