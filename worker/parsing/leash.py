"""The bounds that the parser process sets itself: its life, its CPU time, its memory."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread of `parent` that started it ends; exit if it has ended already.

    prctl(2), Linux. Elsewhere the end of standard input tells.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def bound_memory(size: int) -> None:
    """Cap the address space at `size` bytes: beyond it there is a MemoryError. A crash leaves no core file behind."""
    _set_soft(resource.RLIMIT_AS, size)
    _set_soft(resource.RLIMIT_CORE, 0)


def allow_cpu(seconds: int) -> None:
    """Have the kernel end this process (SIGXCPU) once it has spent `seconds` more of CPU time, rounded up."""
    # Both may come down from whoever started the worker.
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGXCPU})
    _set_soft(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds))


def lift_cpu() -> None:
    """Take the bound of `allow_cpu` back."""
    _set_soft(resource.RLIMIT_CPU, resource.RLIM_INFINITY)


def resident() -> int:
    """Return how many bytes of memory this process holds now; 0 where the system does not say (proc(5), statm)."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * resource.getpagesize()
    return 0


def _set_soft(what: int, wanted: int) -> None:
    """Set a soft limit, as far as the hard one lets; that one stays, so that the soft one can go up again."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY and (wanted == resource.RLIM_INFINITY or wanted > hard):
        wanted = hard
    resource.setrlimit(what, (wanted, hard))
