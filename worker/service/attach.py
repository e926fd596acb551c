"""A child that cannot outlive its parent: `python attach.py PARENT_PID COMMAND...` becomes COMMAND.

Linux sends the signal when the parent's spawning thread ends (prctl(2), PR_SET_PDEATHSIG); it survives exec. Elsewhere
nothing is set, and an orphan notices its parent's end when the broker goes away. Standard library only, so that it
starts in milliseconds; a pre-exec hook in the parent would not be safe beside its threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends; exit at once if it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def main() -> None:
    """Attach, then become the command."""
    parent, *command = sys.argv[1:]
    die_with_parent(int(parent))
    os.execv(command[0], command)  # noqa: S606 - the supervisor's own command, no shell


if __name__ == "__main__":
    main()
