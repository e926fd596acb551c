"""Listens where nobody may come: on loopback addresses that no allow list names."""

from __future__ import annotations

import errno
import selectors
import socket
import threading
from dataclasses import dataclass

ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.1.2.3", "::1")
_ABSENT = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}  # a machine without IPv6 has no [::1] to be reached at
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """A connection that should not have been; `said`: the first bytes of it, as far as they came at once."""

    address: str
    said: bytes


class Canary:
    """One port, the same on every address of ADDRESSES that this machine has; records each connection until `close`."""

    def __init__(self) -> None:
        self._listeners = _listeners()
        self.port: int = self._listeners[0].getsockname()[1]
        self.addresses: list[str] = [listener.getsockname()[0] for listener in self._listeners]
        self._seen: list[Seen] = []
        self._changed = threading.Condition()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="canary", daemon=True)
        self._thread.start()

    @property
    def seen(self) -> list[Seen]:
        """Every connection so far."""
        with self._changed:
            return list(self._seen)

    def wait_for(self, count: int, timeout: float = 5.0) -> list[Seen]:
        """Wait until so many connections came; return them all."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._seen) >= count, timeout), f"saw {self._seen}"
        return self.seen

    def close(self) -> None:
        """End the thread and free the port."""
        self._wake.send(b"\0")
        self._thread.join(10)
        for one in (*self._listeners, self._wake, self._woken):
            one.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for one in (*self._listeners, self._woken):
                selector.register(one, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        return
                    self._meet(key.fileobj)  # type: ignore[arg-type]

    def _meet(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(0.5)
            try:
                said = connection.recv(1024)
            except OSError:
                said = b""
        with self._changed:
            self._seen.append(Seen(listener.getsockname()[0], said))
            self._changed.notify_all()


def _listeners() -> list[socket.socket]:
    """Sockets that listen at one port on all addresses; another port is tried where somebody else has it on one."""
    for _ in range(_TRIES):
        listeners = [socket.create_server((ADDRESSES[0], 0))]
        port = listeners[0].getsockname()[1]
        try:
            for address in ADDRESSES[1:]:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                try:
                    listeners.append(socket.create_server((address, port), family=family))
                except OSError as error:
                    if error.errno not in _ABSENT:
                        raise
        except OSError:
            for listener in listeners:
                listener.close()
            continue
        return listeners
    raise AssertionError("no port is free on all of the canary's addresses")
