"""Large bodies go back to the system, whatever came before them."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

MIXED = """
import re
from pathlib import Path
from worker.fetch.large_blocks import return_large_blocks

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left as they are")
def test_large_blocks_go_back_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", MIXED], capture_output=True, text=True, timeout=60, check=True)
    told, grown = done.stdout.split()
    assert told == "True"
    assert int(grown) < 4 << 10
