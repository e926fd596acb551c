"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path,
    typer.Option("--config", envvar="TOCSIN_CONFIG", metavar="DIR", help="The folder of configuration files."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1_000_000, metavar="N", help="Rows at most.")]

FOLDER = Path("config")
"""Where the configuration lies unless told otherwise."""

PORT = 8000
"""Where the web role listens unless told otherwise."""
