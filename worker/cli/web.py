"""`tocsin web`: the web role alone."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from worker.cli.options import FOLDER, PORT, Config


def web(
    config: Config = FOLDER,
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Listen there; 0.0.0.0 and :: are all addresses of this machine.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="Listen on this port.")] = PORT,
) -> None:
    """Run the web role only: output feeds, subscribers' links, /healthz, /readyz and /metrics.

    One is enough. Where people reach it by another address than this machine's, set base_url.
    """
    from worker.cli.configuration import warn
    from worker.cli.session import read
    from worker.service.listening import listen
    from worker.wiring import check_settings

    settings, found = read(config)
    warn(found)
    check_settings(settings)
    number = listen(host, port).detach()  # it stays open
    os.set_inheritable(number, True)  # noqa: FBT003 - its only form
    # It turns into the role: one process less, and signals go straight to it.
    env = {**os.environ, "TOCSIN_CONFIG": str(config.absolute())}
    command = [sys.executable, "-P", "-m", "worker.web", "--fd", str(number)]
    os.execve(sys.executable, command, env)  # noqa: S606 - our own command, no shell
