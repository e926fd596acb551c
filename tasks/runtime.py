"""What a process keeps between tasks: the engine, made after the fork, never at import; how it wakes others."""

from __future__ import annotations

import mmap
import os
import threading
import time
from typing import TYPE_CHECKING

from celery.signals import (
    beat_init,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_shutting_down,
)
from kombu.exceptions import OperationalError

from config.changes import FolderWatch
from tasks.app import app, config_folder, settings
from tasks.logs import wake_up_not_sent
from tasks.start import begin_beat, begin_worker
from worker.configured import log_to_stderr
from worker.pipeline.claim import delivery_groups
from worker.service.attach import die_with_parent
from worker.service.outage import Outage
from worker.wiring import Engine, open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

HEARTBEAT_S = 5.0

BROKER_REST_S = 2.0
"""After a wake-up that could not be sent none is tried for so long: each try may hang for the socket's timeout, and the
work in hand must not wait for that."""

database = Outage("the database")
"""Of this process; tasks and heartbeats endure it together."""

_stopping = mmap.mmap(-1, 1)  # shared with the pool's processes: they hear nothing of the main process's SIGTERM
_main_pid = os.getpid()  # read before the pool forks
_engine: tuple[int, Engine] | None = None
_making = threading.Lock()  # the heartbeat and the first task may ask at once
_files: FolderWatch | None = None
_broker_rests_until = 0.0


def engine() -> Engine:
    """Return this process's engine, and make it at the first call."""
    global _engine  # noqa: PLW0603 - one per process is the point
    with _making:
        if _engine is None or _engine[0] != os.getpid():
            _engine = (os.getpid(), open_engine(settings()))
        return _engine[1]


def close() -> None:
    """Close this process's engine, if it has one, and forget what was seen: what comes next begins anew."""
    global _engine, _files, _broker_rests_until
    with _making:
        if _engine is not None and _engine[0] == os.getpid():
            _engine[1].close()
        _engine, _files, _broker_rests_until = None, None, 0.0


def is_stopping() -> bool:
    """Say whether this worker was ordered to stop."""
    return _stopping[0] != 0


def reload_changed_files() -> None:
    """Apply the configuration files if they changed since this process last looked."""
    global _files  # noqa: PLW0603 - what a process saw last
    files = _files = _files or FolderWatch(config_folder())
    files.if_changed(lambda: engine().files.reload(files.folder))


def send(task: str, ids: Sequence[int], *, queue: str, expires: timedelta | None = None) -> None:
    """Send a wake-up. If the broker is away the next tick's sweep finds the work, so nothing is retried."""
    global _broker_rests_until  # noqa: PLW0603 - as above
    if time.monotonic() < _broker_rests_until:
        return
    try:
        app.send_task(
            task,
            args=[list(ids)],
            queue=queue,
            expires=None if expires is None else expires.total_seconds(),
            retry=False,
            ignore_result=True,
        )
    except OperationalError as error:
        _broker_rests_until = time.monotonic() + BROKER_REST_S
        wake_up_not_sent(task=task, error=str(error))


def send_deliveries(deliveries: Sequence[int]) -> None:
    """Wake up workers for deliveries that are due now."""
    for batch in delivery_groups(deliveries):
        send("tocsin.deliver", batch, queue="deliver")


@worker_init.connect
def _worker_begins(**_: object) -> None:
    log_to_stderr()  # Celery sets logging up later
    begin_worker()


@worker_shutting_down.connect
def _shutting_down(**_: object) -> None:
    _stopping[0] = 1


@worker_process_init.connect
def _process_begins(**_: object) -> None:
    die_with_parent(_main_pid)
    _beat_heart("worker", _main_pid)


@worker_process_shutdown.connect
def _process_ends(**_: object) -> None:
    close()


@beat_init.connect
def _beat_begins(**_: object) -> None:
    begin_beat()
    _beat_heart("beat", os.getpid())


def _beat_heart(role: str, pid: int) -> Callable[[], None]:
    """Tell the database, from a thread of its own, that the process `pid` of `role` is alive; return what ends that.

    A pool process speaks for its worker's main process, which must not open a database before it forks.
    """
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            with database.endured():
                engine().heartbeat(role, pid)
            ended.wait(HEARTBEAT_S)

    def end() -> None:
        ended.set()
        thread.join()

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    return end
