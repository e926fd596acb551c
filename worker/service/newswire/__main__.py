"""Run the newswire until it is told to stop: `python -P -m worker.service.newswire --port N`."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from worker.clock import SystemClock
from worker.service.newswire.server import Newswire, bundled_script

if TYPE_CHECKING:
    from collections.abc import Sequence

TAKEN = 3
"""Exit code: something that is needed is not to be had (INTERFACE section 1)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the first line of standard output names the address once it listens."""
    parser = argparse.ArgumentParser(prog="newswire", description="The local newswire of `tocsin up --demo`.")
    parser.add_argument("--port", type=int, required=True, help="loopback port; 0 takes any free one")
    parser.add_argument("--start", type=float, help="Unix time at which the script began, when restarted; default now")
    asked = parser.parse_args(arguments)
    clock = SystemClock()
    start = clock.now().replace(microsecond=0) if asked.start is None else datetime.fromtimestamp(asked.start, UTC)
    try:
        newswire = Newswire(asked.port, bundled_script(), start=start, clock=clock)
    except OSError as error:
        sys.stderr.write(f"the newswire cannot listen on 127.0.0.1:{asked.port}: {error.strerror}\n")
        return TAKEN
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with newswire:
        try:
            sys.stdout.write(f"newswire on {newswire.base}\n")
            sys.stdout.flush()
            newswire.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
