"""A real Redis-protocol server on a loopback port."""

from __future__ import annotations

import shutil
import signal
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import redis
import redis.backoff
import redis.exceptions
import redis.retry
from servers.process import CannotStart, Process

from worker.service.broker import server_binary

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRIES = 5


def free_port() -> int:
    """A loopback TCP port that was free just now, as the system chose it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """Keeps its port and its append-only file over `restart`, so that clients and messages find it again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Process | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Start it: the first time on a port that is free, later on the same one."""
        if self.port:
            self._start()
            return
        for attempt in range(1, _TRIES + 1):
            self.port = free_port()
            try:
                self._start()
            except CannotStart:  # somebody may have taken the port in between
                if attempt == _TRIES:
                    raise
            else:
                return

    def stop(self) -> None:
        """End it in order; its data stay for `start`."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Let it hang: connections stay, nothing is answered until `resume`."""
        assert self._process is not None, "the server is not running"
        self._process.send(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None, "the server is not running"
        self._process.send(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """A client that does not try again; the caller closes it."""
        return redis.Redis(port=self.port, host="127.0.0.1", retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0))

    def clear(self) -> None:
        """Forget all data."""
        with self.client() as client:
            client.flushall()

    def _start(self) -> None:
        assert self._process is None, "the server is running"
        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self._folder,
            "save": "",
            "appendonly": "yes",
            "appendfsync": "no",
        }
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        process = Process([server_binary(), *words], log=self._folder / "log")
        process.wait_until(lambda: self._answers(process.pid))
        self._process = process

    def _answers(self, pid: int) -> bool:
        """Whether our server, not a stranger on the same port, takes commands."""
        with self.client() as client:
            try:
                return bool(client.info("server")["process_id"] == pid)
            except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
                return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.stop(how)
            self._process = None


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A running server with a folder of its own; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-redis-"))
    server = RedisServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
