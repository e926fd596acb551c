"""What is let go of goes back to the system, whatever came before it."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

MIXED = """
import re
from pathlib import Path
from worker.memory import return_large_blocks

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

told = return_large_blocks()
before = resident()
bytearray(b"x") * (20 << 20)  # from its end on the C library would cut blocks up to this size from its heaps
small = []
for size in (8 << 20, 6 << 20, 2 << 20, 1 << 20, 300 << 10):
    large = bytearray(b"x") * size
    small.append(bytearray(100_000))  # holds down whatever lies below it
    del large
print(told, resident() - before)
"""


PIECES = """
import re
from pathlib import Path
from worker.memory import return_what_is_free

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = resident()
pieces = [bytearray(b"x") * 4000 for _ in range(10_000)]
last = pieces[-1]  # holds down whatever lies below it
del pieces
held = resident() - before
print(return_what_is_free(), held, resident() - before)
"""

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left as they are")


def said(program: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


@glibc
def test_large_blocks_go_back_at_once() -> None:
    told, grown = said(MIXED)
    assert told == "True"
    assert int(grown) < 4 << 10


@glibc
def test_pieces_that_others_hold_down_go_back_when_asked_for() -> None:
    done, held, left = said(PIECES)
    assert done == "True"
    assert int(held) > 20 << 10
    assert int(left) < 4 << 10
