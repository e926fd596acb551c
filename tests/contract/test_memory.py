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

LISTS = """
import gc, sys, tempfile
from datetime import timedelta
from pathlib import Path
from config.values import ChannelLine, Configuration, NotifyLine, Settings, SubscriberLine, WatchListLine
from worker.wiring.engine import MANY_LISTS, open_engine

class Ring:
    def __init__(self):
        self.itself = self

def lists(count):
    return tuple(
        WatchListLine(f"list {n}", keywords=(f"word{n}",), notify=(NotifyLine("desk", None),)) for n in range(count)
    )

engine = open_engine(Settings(data_dir=Path(tempfile.mkdtemp())))
engine.files.ready_schema(migrate=True)
desk = (SubscriberLine("desk", channels=(ChannelLine("log"),)),)
kept = []
for count in (MANY_LISTS - 1, MANY_LISTS, MANY_LISTS + 1):
    engine.files.apply(Configuration(watch_lists=lists(count), subscribers=desk))
    Ring()
    engine.match([])
    kept.append(gc.get_freeze_count())
    engine.match([])
    assert gc.get_freeze_count() == kept[-1] or kept[-1] == 0, "kept once for each change"
gc.unfreeze()
print(*kept, sum(isinstance(one, Ring) for one in gc.get_objects()))
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


def test_many_watch_lists_are_kept_from_the_collector_and_nothing_that_is_garbage_with_them() -> None:
    few, many, changed, rings = map(int, said(LISTS))
    assert few == 0
    assert many > 10_000
    assert changed > 10_000
    assert rings == 0
