"""What reading one document may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Caps of one parse; sizes in bytes.

    Attributes:
        cpu_seconds: CPU time of the parser process for one document, whole seconds; the kernel counts in whole ones, so
            that a document may take up to one more.
        wall_seconds: Until the answer, by the clock: a machine with much to do gives a parse its CPU time slowly.
        memory: Address space of the parser process. It holds some 50 MiB when everything is loaded.
        in_process: A feed up to this size is read by the caller itself, for no parser can spend 10 s on so little: even
            where its time grows with the square of the document, as with attributes without number (23 s for 500 KB,
            FIGURES), 64 KiB take half a second.
    """

    cpu_seconds: int = 10
    wall_seconds: float = 60.0
    memory: int = 1024 * MIB
    in_process: int = 64 * 1024
