"""`python -m worker.web --fd N`: what `tocsin up` and `tocsin web` run, with the socket that they have opened."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from worker.configured import log_to_stderr, settings_of
from worker.errors import ConfigurationError, Unavailable
from worker.service.listening import handed_down
from worker.wiring import engine
from worker.wiring.patience import PATIENCE_S, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

METRICS_TOKEN = "TOCSIN_METRICS_TOKEN"  # noqa: S105 - the name of a variable
"""The variable that holds the token by which `/metrics` may be asked for from anywhere."""

WRONG, UNREACHABLE = 2, 3
"""Exit codes (INTERFACE 1)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m worker.web", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="number of the listening socket")
    log_to_stderr()
    stop = stop_on_signals()
    try:
        return serve(parser.parse_args(arguments).fd, stop, patience_s=PATIENCE_S)
    except (ConfigurationError, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG if isinstance(error, ConfigurationError) else UNREACHABLE


def serve(number: int, stop: Callable[[float], bool], *, patience_s: float) -> int:
    """Serve on the socket of this number once the database is ready; `stop` waits, and says yes once told to stop."""
    from worker.web.serving import server_of  # noqa: PLC0415 - what is wrong is told before the large parts load

    settings = settings_of(Path(os.environ.get("TOCSIN_CONFIG") or "config"))
    with closing(handed_down(number)) as listener:
        wait_until_ready(
            settings, lambda opened: opened.files.ready_schema(migrate=False), patience_s=patience_s, pause=stop
        )
        with engine(settings) as opened:
            if not stop(0):
                server_of(opened, listener, metrics_token=os.environ.get(METRICS_TOKEN, "")).run([listener])
    return 0


def stop_on_signals() -> Callable[[float], bool]:
    """Return a wait that ends early, and says yes, once SIGINT or SIGTERM has come.

    The server has its own way to hear of them while it runs, and sends them on when it has stopped.
    """
    ordered = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ordered.set())
    return ordered.wait


if __name__ == "__main__":
    sys.exit(main())
