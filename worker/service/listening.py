"""The socket that the web role listens on: taken before anything starts, handed down by its number."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from worker.errors import ConfigurationError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

Listener = socket.socket
"""For rooms that may know none themselves."""

BACKLOG = 512
"""So many connections wait while the web role comes up, or is started anew."""


def listen(host: str, port: int) -> Listener:
    """Listen at an address; connections wait from then on.

    Raises:
        ConfigurationError: `host` is no address of this machine.
        Unavailable: Somebody else listens there, or we may not.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise ConfigurationError(f"--host {host}: {error.strerror or error}") from error
    opened = socket.socket(family, kind, protocol)
    try:
        # What is left of connections of before does not keep a service from coming back at once.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise Unavailable(
            f"port {port} of {host} cannot be had ({os.strerror(error.errno or 0).lower()}); --port names another"
        ) from error
    return opened


def handed_down(number: int) -> Listener:
    """Take over the listening socket that the parent has opened under this number."""
    return socket.socket(fileno=number)


def port_of(listener: Listener) -> int:
    """Return the port that a socket listens on."""
    name: Sequence[object] = listener.getsockname()
    return int(str(name[1]))
