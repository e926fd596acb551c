"""A real Redis-protocol server on a loopback port."""

from __future__ import annotations

import signal
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import redis
import redis.backoff
import redis.exceptions
import redis.retry
from servers.process import CannotStart, Process
from servers.server import Server, serving

from worker.service.broker import server_binary

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_TRIES = 5


def free_port() -> int:
    """A loopback TCP port that was free just now, as the system chose it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer(Server):
    """Keeps its port and its append-only file over `restart`, so that clients and messages find it again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def pause(self) -> None:
        """Let it hang: connections stay, nothing is answered until `resume`."""
        self._running.send(signal.SIGSTOP)

    def resume(self) -> None:
        self._running.send(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """A client that does not try again; the caller closes it."""
        return redis.Redis(port=self.port, host="127.0.0.1", retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0))

    def clear(self) -> None:
        """Forget all data."""
        with self.client() as client:
            client.flushall()

    def _started(self) -> Process:
        """Start it: the first time on a port that is free, later on the same one."""
        if self.port:
            return self._listening()
        tries = _TRIES
        while True:
            self.port = free_port()
            try:
                return self._listening()
            except CannotStart:  # somebody may have taken the port in between
                tries -= 1
                if not tries:
                    raise

    def _listening(self) -> Process:
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
        return process

    def _answers(self, pid: int) -> bool:
        """Whether our server, not a stranger on the same port, takes commands."""
        with self.client() as client:
            try:
                return bool(client.info("server")["process_id"] == pid)
            except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
                return False


def redis_server() -> AbstractContextManager[RedisServer]:
    """A running server with a folder of its own; both are gone afterwards."""
    return serving(RedisServer, Path(tempfile.mkdtemp(prefix="tocsin-redis-")))
