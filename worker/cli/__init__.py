"""The `tocsin` command. Heavy parts are imported inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import sys

from worker.errors import ConfigurationError, TocsinError, Unavailable

DONE, FAILED, WRONG, UNREACHABLE = 0, 1, 2, 3
"""Exit codes (INTERFACE 1)."""


def main() -> None:
    """Run the command line; every error of our own becomes one message and its exit code."""
    from worker.cli.app import app

    try:
        app()
    except TocsinError as error:
        sys.stderr.write(f"tocsin: {error}\n")
        sys.exit(exit_code(error))
    except BrokenPipeError:  # the reader of a pipe left, as `head` does
        sys.stderr.close()
        sys.exit(DONE)


def exit_code(error: TocsinError) -> int:
    """Return the exit code that says what kind of error it was."""
    if isinstance(error, ConfigurationError):
        return WRONG
    return UNREACHABLE if isinstance(error, Unavailable) else FAILED
