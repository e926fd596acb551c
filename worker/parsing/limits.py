"""What reading one document may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20

LARGE = 4 * MIB
"""A document of so many bytes has a parser process to itself: what others left in it and what this one takes, some
fifteen times its size, would be there at once, and its memory is in pieces that the system does not get back."""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Caps of one parse; sizes in bytes.

    Attributes:
        cpu_seconds: CPU time of the parser process for one document, whole seconds; the kernel counts in whole ones, so
            that a document may take up to one more.
        wall_seconds: Until the answer, by the clock: a machine with much to do gives a parse its CPU time slowly. A
            document may be parsed twice, and all that must end before the task's own limit (tasks/app.py).
        memory: Address space of the parser process. It holds some 50 MiB when everything is loaded.
        in_process: A feed up to this size is read by the caller itself, for under the bounds of `worker.feeds.limits`
            none can spend 10 s on so little. The costliest known are no well-formed XML: of 64 KiB full of `<x`, each
            an element that the lenient parser resolves the base for, reading took 2 s of CPU.
    """

    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    memory: int = 1024 * MIB
    in_process: int = 64 * 1024
