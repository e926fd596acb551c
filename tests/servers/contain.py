"""Run a command somewhat as a container's: `contain.py HOSTNAME USER COMMAND...`.

It gets a host name of its own, and becomes the user of this number, or stays who it is ("-"). Where it may not have the
one it goes without. As another user it may read all that there is to read, for our interpreter may lie in a home that is
closed to others, and write only what is its own. It dies with its parent. A program of its own, as `leash.py` is.
"""

import ctypes
import os
import signal
import socket
import struct
import sys

CLONE_NEWUTS = 0x04000000
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522


def become(user: int, libc: ctypes.CDLL) -> None:
    """Change the user and keep one capability, over exec too (capabilities(7), "Ambient")."""
    libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    mask = 1 << CAP_DAC_READ_SEARCH
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    sets = struct.pack("=6I", mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; the upper halves
    if libc.capset(header, sets) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0)


def main() -> None:
    parent = os.getppid()
    name, user, *command = sys.argv[1:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if os.geteuid() == 0 and libc.unshare(CLONE_NEWUTS) == 0:
            socket.sethostname(name)
        if user != "-":
            become(int(user), libc)
        libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))  # the change of user has cleared it
        if os.getppid() != parent:
            sys.exit("the process that asked for this has ended")
    os.execvp(command[0], command)  # noqa: S606 - the command is a list, not a line


if __name__ == "__main__":
    main()
