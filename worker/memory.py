"""Memory: what is let go of goes back to the system, what stays is not looked through again and again.

The first is glibc's doing; other C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
LARGE = 256 * 1024
"""Bytes from which a block is mapped by itself. A larger body is then extended without being copied, too."""
TRIM = 1024 * 1024
"""Free bytes at the top of the heap that are kept: what small bodies come and go in."""


def return_large_blocks() -> bool:
    """Have this process map blocks of LARGE bytes and more by themselves; return whether the C library can be told so.

    By itself glibc does so only until the first of them is freed: from then on blocks of up to that size are cut from
    its heaps (mallopt(3), M_MMAP_THRESHOLD), where a body of 20 MB leaves a hole that the next one seldom fits.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(M_MMAP_THRESHOLD, LARGE) and mallopt(M_TRIM_THRESHOLD, TRIM))


def return_what_is_free() -> bool:
    """Give back whole pages that nothing is left in, wherever they lie (malloc_trim(3)); return whether that was done.

    Takes some milliseconds: for the end of something that held much in small pieces.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))


def keep_what_is_there() -> None:
    """Have the garbage collector look no more through what lives now (gc.freeze), after one last look.

    For after something large was made that stays: of 10,000 watch lists each full collection takes half a second.
    What was kept before and is garbage by now is found first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def making_much_that_stays() -> Iterator[None]:
    """Have the garbage collector wait meanwhile: of what is made none is garbage, and each look goes through all of it.

    Looking again and again doubles what 100,000 watch lists cost to compile.
    """
    waited = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if waited:
            gc.enable()
