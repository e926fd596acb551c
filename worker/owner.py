"""Who holds a lease: "place:pid:start", and whether that process, or another that was heard of, is gone."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path


def owner_name() -> str:
    """Return the lease owner's name of this process."""
    return f"{_place()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(owner: str) -> bool:
    """Say whether `owner` was a process of this machine that has ended.

    A process of another machine or container is never called gone: its leases run out by themselves.
    """
    place, pid, started = owner.rsplit(":", 2)
    if place != _place():
        return False
    if not _alive(int(pid)):
        return True
    now = _started(int(pid))
    return bool(now) and now != started  # "": other users' processes are hidden here, and it may be the same one


def has_ended(host: str, pid: int) -> bool:
    """Say whether a process that was heard of on this machine has ended; of other machines only heartbeats tell."""
    return host == platform.node() and not _alive(pid)


@cache
def _place() -> str:
    """Return where a PID means a process: this machine's name and, on Linux, the PID namespace.

    Two containers may share a name, but not their processes.
    """
    try:
        namespace = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return platform.node()
    return f"{platform.node()}/{namespace}"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _started(pid: int) -> str:
    """Start time in clock ticks since boot (proc(5), field 22), or "" where the system does not tell.

    A PID alone is not enough: it is given to another process sooner or later.
    """
    fields = _stat(pid)
    return fields[19] if fields else ""


def _state(pid: int) -> str:
    fields = _stat(pid)
    return fields[0] if fields else ""


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command's name, which may hold spaces and parentheses."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
