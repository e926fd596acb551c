"""Run a command that dies with the process that asked for it: `leash.py PARENT SIGNAL USER COMMAND...`.

USER is a user id to become first, or "-". A program of its own, because `preexec_fn` is not safe in a process with
threads. Where there is no prctl (outside Linux) the command lives until it is stopped.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, signal, user, *command = sys.argv[1:]
    if user != "-":
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    if sys.platform == "linux":
        # After the change of user, which clears it; exec keeps it (prctl(2)).
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal))
    if os.getppid() != int(parent):
        sys.exit("the process that asked for this has ended")
    os.execv(command[0], command)  # noqa: S606 - the command is a list, not a line


if __name__ == "__main__":
    main()
