"""Become a command under a unit's restrictions of system calls: `jail.py CALLS FAMILIES COMMAND...`.

CALLS may be made (SystemCallFilter=), sockets be of FAMILIES (RestrictAddressFamilies=), both joined by commas, and no
memory be written and executed (MemoryDenyWriteExecute=). As systemd does it: by libseccomp, which comes along with it.
A program of its own, because nobody gets out of it again.
"""

import ctypes
import os
import socket
import sys

ALLOW = 0x7FFF0000
EPERM = 0x00050001
EQUAL, MASKED_EQUAL = 4, 7
WRITE, EXECUTE = 2, 4
SHM_EXEC = 0o100000
"""Constants of seccomp.h, mman.h and shm.h."""


class Argument(ctypes.Structure):
    """`struct scmp_arg_cmp`: a condition on one argument of a call."""

    _fields_ = [
        ("number", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    ]


library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p


class Filter:
    """What happens at each system call: `otherwise`, where no rule says another thing."""

    def __init__(self, otherwise: int) -> None:
        self._handle = ctypes.c_void_p(library.seccomp_init(otherwise))

    def rule(self, action: int, name: str, *conditions: Argument) -> None:
        call = library.seccomp_syscall_resolve_name(name.encode())
        if call < 0:  # not on this machine
            return
        given = (Argument * len(conditions))(*conditions)
        if library.seccomp_rule_add_array(self._handle, action, call, len(conditions), given):
            sys.exit(f"no rule for {name}")

    def load(self) -> None:
        if library.seccomp_load(self._handle):
            sys.exit("the kernel takes no filter")


def main() -> None:
    calls, families, *command = sys.argv[1:]
    memory = Filter(ALLOW)
    for name, number, forbidden in (
        ("mmap", 2, WRITE | EXECUTE),
        ("mprotect", 2, EXECUTE),
        ("pkey_mprotect", 2, EXECUTE),
        ("shmat", 2, SHM_EXEC),
    ):
        memory.rule(EPERM, name, Argument(number, MASKED_EQUAL, forbidden, forbidden))
    sockets = Filter(ALLOW)
    allowed = {int(getattr(socket, name)) for name in families.split(",")}
    for family in set(range(64)) - allowed:
        sockets.rule(EPERM, "socket", Argument(0, EQUAL, family, 0))
    only = Filter(EPERM)
    for name in calls.split(","):
        only.rule(ALLOW, name)
    for one in (memory, sockets, only):
        one.load()
    os.execv(command[0], command)  # noqa: S606 - the command is a list, not a line


if __name__ == "__main__":
    main()
