"""The socket of a service manager, as systemd gives it to a service of Type=notify: hears what is said to it."""

from __future__ import annotations

import socket
import threading
import time


class ServiceManager:
    """Listens at a path, or, without one, at an abstract name that the kernel chooses (unix(7))."""

    def __init__(self, path: str = "") -> None:
        self.said: list[str] = []
        self._arrived = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        name = self._socket.getsockname()
        self.address = name if isinstance(name, str) else "@" + name[1:].decode()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        while said := self._socket.recv(4096):
            with self._arrived:
                self.said.append(said.decode())
                self._arrived.notify_all()

    def wait_for(self, what: str, count: int = 1, timeout: float = 60.0) -> None:
        """Wait until it was said so often; fail with what was said instead."""
        deadline = time.monotonic() + timeout
        with self._arrived:
            while self.said.count(what) < count:
                left = deadline - time.monotonic()
                assert left > 0, f"waited for {what}, heard {self.said}"
                self._arrived.wait(left)

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._listener.join(10)
        self._socket.close()
