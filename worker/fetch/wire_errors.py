"""The border: what aiohttp and the system raise becomes our own tree, in words that name host and port only."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.http import HttpProcessingError

from worker.errors import BadResponse, FetchError, NameNotFound, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.fetch.passage import Passage

_LONGEST_DETAIL = 120
_THEIRS = (aiohttp.ClientError, HttpProcessingError, OSError, ValueError)

_NO_SUCH_NAME = {socket.EAI_NONAME, socket.EAI_NODATA}
"""What the system says of a name that does not exist, or has no address; the rest may pass (getaddrinfo(3))."""


class OurErrors:
    """Turns whatever the wire raises inside into a FetchError."""

    __slots__ = ("_passage",)

    def __init__(self, passage: Passage) -> None:
        self._passage = passage

    def __enter__(self) -> None:
        """Nothing is set up: most requests end well."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Raise the error in our words."""
        if isinstance(error, _THEIRS):
            raise self._passage.broken_rule() or _translated(error, self._passage) from error


def _translated(error: Exception, passage: Passage) -> FetchError:
    place = passage.place
    if passage.naming and isinstance(error, TimeoutError):
        return NameNotFound(f"{place}: name not found in time")
    for kind, ours, words, detail in _WORDS:
        if isinstance(error, kind):
            more = detail(error) if detail else ""
            found = ours(f"{place}: {words} ({more})" if more else f"{place}: {words}")
            if isinstance(found, NameNotFound) and isinstance(error, OSError):
                found.known = error.errno in _NO_SUCH_NAME
            return found
    return Unreachable(f"{place}: {type(error).__name__}")


def _system(error: Any) -> str:  # noqa: ANN401 - whatever aiohttp wraps
    """The system's words for the number alone: an error's own text may hold anything."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, socket.gaierror):
        return _first_line(cause.strerror or "")
    return os.strerror(cause.errno) if cause.errno is not None and cause.errno > 0 else ""


def _certificate(error: Any) -> str:  # noqa: ANN401 - as above
    return _first_line(getattr(error.certificate_error, "verify_message", ""))


def _tls(error: Any) -> str:  # noqa: ANN401 - as above
    return _first_line((getattr(error.os_error, "reason", None) or "").replace("_", " ").lower())


def _parser(error: Any) -> str:  # noqa: ANN401 - as above
    """The parser's first line says what is wrong; the next ones quote the server."""
    return _first_line(error.message.removeprefix("400, message:"))


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0].rstrip(":")[:_LONGEST_DETAIL] if lines else ""


# The first that fits: aiohttp's classes inherit from one another and from OSError.
_WORDS: tuple[tuple[type[Exception], type[FetchError], str, Callable[[Any], str] | None], ...] = (
    (aiohttp.ClientConnectorDNSError, NameNotFound, "name not found", _system),
    (aiohttp.ClientConnectorCertificateError, Unreachable, "certificate refused", _certificate),
    (aiohttp.ClientConnectorSSLError, Unreachable, "no TLS", _tls),
    (aiohttp.ClientConnectorError, Unreachable, "no connection", _system),
    (aiohttp.ClientPayloadError, BadResponse, "the body is cut short", None),
    (HttpProcessingError, BadResponse, "an answer that is not HTTP", _parser),
    (aiohttp.ServerDisconnectedError, Unreachable, "the server hung up without an answer", None),
    (TimeoutError, Unreachable, "no connection in time", None),
    (OSError, Unreachable, "the connection broke", _system),
    (ValueError, Refused, "a request that cannot be written down", None),
)
