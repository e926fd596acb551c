"""The `tocsin` command. Heavy parts are imported inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from worker.errors import ConfigurationError, TocsinError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, FAILED, WRONG, UNREACHABLE = 0, 1, 2, 3
"""Exit codes (INTERFACE 1)."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the signal's number."""

GARBAGE_AFTER = 100_000
"""New objects after which garbage is looked for. Python's own 700 look through all modules again and again while they
load, for nothing: a quarter of what most commands take."""


def main() -> None:
    """Run the command line and end the process."""
    gc.set_threshold(GARBAGE_AFTER, 10, 10)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows its code point; it is no reason to fail.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # both are TextIOWrappers
    try:
        code = run()
    except KeyboardInterrupt:  # while modules are loaded; later on it is typer's to catch
        code = INTERRUPTED
    gc.freeze()  # nor is anything looked through for the last time: the process ends anyway
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command, by default the process's own, and return its exit code.

    Every error of our own becomes one message on standard error; a traceback would be a mistake of ours.
    """
    from worker.cli.app import app

    if "_TOCSIN_COMPLETE" in os.environ:
        from worker.cli.shells import get_ready

        get_ready()
    try:
        app(args=arguments, prog_name="tocsin")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else DONE
    except TocsinError as error:
        from worker.cli.advice import advice

        sys.stderr.write(f"tocsin: {error}{advice(error)}\n")
        return exit_code(error)
    except OSError as error:
        # A full disk, a folder that may not be written: nothing that a traceback would explain better.
        place = f"{error.filename}: " if error.filename else ""
        from worker.cli.advice import advice_of_system

        sys.stderr.write(f"tocsin: {place}{error.strerror or error}{advice_of_system(error)}\n")
        return UNREACHABLE
    return DONE


def exit_code(error: TocsinError) -> int:
    """Return the exit code that says what kind of error it was."""
    if isinstance(error, ConfigurationError):
        return WRONG
    return UNREACHABLE if isinstance(error, Unavailable) else FAILED
