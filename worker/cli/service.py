"""Running Tocsin: the whole service, or one role of it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, PORT, Config
from worker.service.queues import QUEUES

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.values import Settings
    from worker.service.child import Role

LOOPBACK = "127.0.0.1"


def up(
    config: Config = FOLDER,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Watch a bundled newswire; needs no network.")] = False,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where the web role listens; see `tocsin web --help`.")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, metavar="N", help="Port of the web role.")] = PORT,
    no_web: Annotated[bool, typer.Option("--no-web", help="Run without the web role.")] = False,
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Processes that poll; default: one per core.", show_default=False),
    ] = None,
) -> None:
    """Run the whole service, until Ctrl-C or SIGTERM.

    Broker, timetable, workers and web role in one process tree. One line per alert, and per update, on standard output.
    """
    from worker.cli.configuration import warn
    from worker.cli.session import read
    from worker.configured import log_to_stderr, settings_of
    from worker.service.listening import listen
    from worker.service.lock import one_service
    from worker.service.up import Plan, Up
    from worker.wiring import check_settings, engine

    log_to_stderr()
    stop = _stop_on_signals()
    with ExitStack() as held:
        extra: list[Role] = []

        def web() -> int | None:
            return None if no_web else held.enter_context(listen(host, port)).fileno()

        if demo:
            from worker.cli.demo import fresh_home

            home = settings_of(config).data_dir.absolute() / "demo"
            held.enter_context(one_service(home))
            listener = web()
            config, newswire = fresh_home(home)
            extra = [newswire]
        settings, found = read(config)
        warn(found)
        if not demo:
            check_settings(settings)
            held.enter_context(one_service(settings.data_dir))
            listener = web()
        opened = held.enter_context(engine(settings))
        opened.files.prepare(config, migrate=True)
        opened.release_gone(counted=False)
        plan = Plan(
            settings, config.absolute(), concurrency=concurrency or os.cpu_count() or 2, extra=extra, web=listener
        )
        sys.stderr.write(_greeting(settings, config, demo=demo, web=None if listener is None else (host, port)))
        Up(plan, opened, out=sys.stdout).run(stop)


def beat(config: Config = FOLDER) -> None:
    """Run the timetable only (Celery beat).

    Any number may run; one is enough.
    """
    _become(config, ["beat"])


def worker(
    config: Config = FOLDER,
    *,
    concurrency: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes; default: one per core.", show_default=False)
    ] = None,
    queues: Annotated[
        str | None,
        typer.Option(
            metavar="a,b",
            help=f"Of {', '.join(QUEUES)}; default: all.",
            show_default=False,
            autocompletion=completing.queues,
        ),
    ] = None,
) -> None:
    """Run workers only (Celery worker).

    As many as you like, on as many machines.
    """
    from worker.cli.names import known_name

    command = ["worker", "-n", f"worker-{os.getpid()}@%h"]
    if concurrency is not None:
        command += ["--concurrency", str(concurrency)]
    if queues is not None:
        wanted = [known_name("queue", name.strip(), QUEUES) for name in queues.split(",")]
        command += ["-Q", ",".join(dict.fromkeys(wanted))]
    _become(config, command)


def _stop_on_signals() -> Callable[[float], bool]:
    """Return a wait that ends early, and says yes, once SIGINT or SIGTERM has come, or its terminal was closed."""
    ordered = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # which is what nohup(1) does
            signal.signal(number, lambda *_: ordered.set())
    return ordered.wait


def _become(config: Path, role: list[str]) -> None:
    """Check the configuration, then turn into the role: one process less, and signals go straight to it."""
    from worker.cli.configuration import warn
    from worker.cli.session import read

    _, found = read(config)
    warn(found)
    env = {**os.environ, "TOCSIN_CONFIG": str(config.absolute())}
    os.execve(sys.executable, [sys.executable, "-P", "-m", "tasks", *role], env)  # noqa: S606 - our own command, no shell


def _greeting(settings: Settings, config: Path, *, demo: bool, web: tuple[str, int] | None) -> str:
    """Say on standard error what runs, where it answers, and how to end it. `web`: where its web role listens."""
    what = "the demonstration, on a newswire of its own" if demo else f"the configuration in {config}"
    said = "" if web is None else f"The web role answers at {_address(*web)}. "
    return f"Tocsin watches {what}; state lies in {settings.data_dir}. {said}Alerts appear below; Ctrl-C stops.\n"


def _address(host: str, port: int) -> str:
    """Return where a browser of this machine reaches what listens there."""
    reached = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened at
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"
