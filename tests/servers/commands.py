"""The command line, built once, serves all commands of a test process: that is a third of what a short one takes."""

from __future__ import annotations

from functools import cache

import typer.main


def share_built() -> None:
    """Have typer build each command line of this process once; what is built keeps nothing of a command that was run."""
    if not hasattr(typer.main.get_command, "cache_info"):
        typer.main.get_command = cache(typer.main.get_command)
