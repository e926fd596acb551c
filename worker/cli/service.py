"""Running Tocsin: the whole service, or one role of it; and how it is."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.values import Settings
    from worker.service.child import Role


def up(
    config: Config = FOLDER,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Watch a bundled newswire; needs no network.")] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the web page.")] = 8000,  # noqa: ARG001 - accepted, no web role yet
    no_web: Annotated[bool, typer.Option("--no-web", help="Run without the web page.")] = False,  # noqa: ARG001 - as port
) -> None:
    """Run the whole service in one process tree, until SIGINT or SIGTERM. One line per alert on standard output."""
    from worker.configured import everything_of, log_to_stderr, settings_of
    from worker.service.lock import one_service
    from worker.service.up import Plan, Up
    from worker.wiring import engine

    log_to_stderr()
    stop = _stop_on_signals()
    extra: list[Role] = []
    if demo:
        config, extra = _demo(settings_of(config))
    settings, _ = everything_of(config)
    with one_service(settings.data_dir), engine(settings) as opened:
        opened.prepare(config, migrate=True)
        opened.release_gone(counted=False)
        plan = Plan(settings, config.absolute(), concurrency=os.cpu_count() or 2, extra=extra)
        sys.stderr.write(_greeting(settings, config, demo=demo))
        Up(plan, opened, out=sys.stdout).run(stop)


def beat(config: Config = FOLDER) -> None:
    """Run the timetable only (Celery beat). Any number may run; one is enough."""
    _become_celery(config, ["beat", "--loglevel", "WARNING"])


def worker(
    config: Config = FOLDER,
    *,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Processes; default: one per core.")] = None,
    queues: Annotated[str | None, typer.Option(help="Queues to serve, as a,b; default: all.")] = None,
) -> None:
    """Run workers only (Celery worker), as many as you like, on as many machines."""
    command = ["worker", "-n", f"worker-{os.getpid()}@%h", "--without-gossip", "--without-mingle"]
    if concurrency is not None:
        command += ["--concurrency", str(concurrency)]
    if queues is not None:
        command += ["-Q", queues]
    _become_celery(config, [*command, "--loglevel", "WARNING"])


def status(config: Config = FOLDER, *, json: Json = False) -> None:
    """Tell how the service is. Exit code 1 when something is wrong."""
    from worker.cli.health import print_status
    from worker.cli.session import session

    with session(config) as engine:
        healthy = print_status(engine, as_json=json)
    raise typer.Exit(0 if healthy else 1)


def _stop_on_signals() -> Callable[[float], bool]:
    """Return a wait that ends early, and says yes, once SIGINT or SIGTERM has come."""
    ordered = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ordered.set())
    return ordered.wait


def _become_celery(config: Path, command: list[str]) -> None:
    """Check the configuration, then turn into Celery: one process less, and signals go straight to it."""
    from worker.configured import everything_of

    everything_of(config)
    env = {**os.environ, "TOCSIN_CONFIG": str(config.absolute())}
    arguments = [sys.executable, "-P", "-m", "celery", "-A", "tasks", "--quiet", *command]
    os.execve(sys.executable, arguments, env)  # noqa: S606 - our own command, no shell


def _demo(settings: Settings) -> tuple[Path, list[Role]]:
    """Make a fresh home for the demonstration; return its configuration folder and its newswire's role."""
    import shutil
    import time

    from worker.service.child import Role
    from worker.service.newswire import free_port, write_demo_configuration

    home = settings.data_dir.absolute() / "demo"
    shutil.rmtree(home, ignore_errors=True)
    folder = home / "config"
    folder.mkdir(parents=True)
    port = free_port()
    write_demo_configuration(folder, port=port)
    # The demonstration has its own configuration whole: nothing of the operator's environment may change it.
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        del os.environ[name]
    os.environ["TOCSIN_DATA_DIR"] = str(home)
    command = [
        sys.executable,
        "-P",
        "-m",
        "worker.service.newswire",
        "--port",
        str(port),
        "--start",
        str(int(time.time())),
    ]
    return folder, [Role("newswire", "newswire", command, dict(os.environ))]


def _greeting(settings: Settings, config: Path, *, demo: bool) -> str:
    """Say on standard error what runs, and how to end it."""
    what = "the demonstration, on a newswire of its own" if demo else f"the configuration in {config}"
    return f"Tocsin watches {what}; state lies in {settings.data_dir}. Alerts appear below; Ctrl-C stops.\n"
