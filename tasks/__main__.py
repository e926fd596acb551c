"""`python -m tasks worker` and `python -m tasks beat`: what `tocsin up`, `tocsin worker` and `tocsin beat` run.

The same as Celery's own commands, without the rest of its command line, whose parts take long to load.
"""

from __future__ import annotations

import argparse
import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from celery.utils.nodenames import default_nodename, host_format

from tasks.app import app

if TYPE_CHECKING:
    from collections.abc import Sequence

LOGLEVEL = "WARNING"
"""Of Celery's own words (see tasks.logs)."""

INTERRUPTED = 130
"""The exit code of who was told to stop by Ctrl-C while it began."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a role until it is told to stop; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tasks", description=__doc__)
    roles = parser.add_subparsers(dest="role", required=True)
    roles.add_parser("beat")
    worker = roles.add_parser("worker")
    worker.add_argument("-n", dest="name", required=True, help="its name as a node; %%h stands for this machine")
    worker.add_argument("-Q", dest="queues", help="as a,b; all of them by default")
    worker.add_argument("--concurrency", type=int, help="processes; one per core by default")
    asked = parser.parse_args(arguments)
    if asked.role == "beat":
        _load("celery.apps.beat")
        app.Beat(loglevel=LOGLEVEL, quiet=True).run()
        return 0
    _load("celery.apps.worker", "worker.wiring.outside")
    running = app.Worker(
        hostname=host_format(default_nodename(asked.name)),
        queues=asked.queues,
        concurrency=asked.concurrency,
        loglevel=LOGLEVEL,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
    )
    running.start()
    return int(running.exitcode or 0)


def _load(*modules: str) -> None:
    """Load these and all tasks, then keep the garbage collector away from them.

    Modules live as long as the process, and pool processes share them: to look through them again and again while they
    load, and at the end, would take a third of a start's time.
    """
    gc.disable()
    for name in modules:
        import_module(name)
    app.loader.init_worker()
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the role has its own way to stop
        sys.exit(INTERRUPTED)
