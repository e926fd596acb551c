"""What the database servers of the tests have in common."""

from __future__ import annotations

import shutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.process import Process

S = TypeVar("S", bound="Server")


class Server:
    """A database server of the tests: it keeps its folder, its data and its address over `restart`."""

    _ORDERLY = signal.SIGTERM
    _CRASH = signal.SIGKILL
    _END_S = 10.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def _running(self) -> Process:
        assert self._process is not None, "the server is not running"
        return self._process

    def start(self) -> None:
        assert self._process is None, "the server is running"
        self._process = self._started()

    def _started(self) -> Process:
        """Start the program and return it once it answers."""
        raise NotImplementedError

    def stop(self) -> None:
        """End it in order, if it runs; its data stay for `start`."""
        self._end(self._ORDERLY)

    def kill(self) -> None:
        """End it as a crash would, if it runs."""
        self._end(self._CRASH)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.stop(how, timeout=self._END_S)
            self._process = None


@contextmanager
def serving(kind: Callable[[Path], S], folder: Path) -> Iterator[S]:
    """A running server in `folder`, which was made for it; both are gone afterwards."""
    server = kind(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
