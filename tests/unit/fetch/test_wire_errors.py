"""What the wire raises, in our own words; nothing of the URL but host and port."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.http import HttpProcessingError

from worker.errors import BadResponse, FetchError, NameNotFound, Refused, Unreachable
from worker.fetch.passage import Passage
from worker.fetch.wire_errors import OurErrors

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = ConnectionKey("h", 80, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None)


def translated(error: Exception, passage: Passage | None = None) -> FetchError:
    with pytest.raises(FetchError) as caught, OurErrors(passage or Passage("h:80", 1)):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("error", "ours", "message"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(-2, "Name or service not known")), NameNotFound, "h:80: name not found (Name or service not known)"),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "secret")), Unreachable, "h:80: no connection (Connection refused)"),
        (aiohttp.ClientConnectorError(KEY, OSError("secret")), Unreachable, "h:80: no connection"),
        (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "secret")), Unreachable, "h:80: no TLS"),
        (aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("secret")), Unreachable, "h:80: certificate refused"),
        (aiohttp.ClientPayloadError("secret"), BadResponse, "h:80: the body is cut short"),
        (HttpProcessingError(code=400, message="Bad status line:\n\n  b'secret'"), BadResponse, "h:80: an answer that is not HTTP (Bad status line)"),
        (aiohttp.ServerDisconnectedError("secret"), Unreachable, "h:80: the server hung up without an answer"),
        (aiohttp.ConnectionTimeoutError("secret"), Unreachable, "h:80: no connection in time"),
        (aiohttp.ClientOSError(errno.ECONNRESET, "secret"), Unreachable, "h:80: the connection broke (Connection reset by peer)"),
        (aiohttp.InvalidURL("secret"), Refused, "h:80: a request that cannot be written down"),
        (aiohttp.ClientError("secret"), Unreachable, "h:80: ClientError"),
    ],
)  # fmt: skip
def test_each_kind_has_its_words(error: Exception, ours: type[FetchError], message: str) -> None:
    found = translated(error)
    assert type(found) is ours
    assert str(found) == message


def test_the_reason_of_a_failed_handshake() -> None:
    failed = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] secret")
    failed.reason = "WRONG_VERSION_NUMBER"
    assert str(translated(aiohttp.ClientConnectorSSLError(KEY, failed))) == "h:80: no TLS (wrong version number)"


@pytest.mark.parametrize(
    ("number", "known"),
    [(socket.EAI_NONAME, True), (socket.EAI_NODATA, True), (socket.EAI_AGAIN, False), (socket.EAI_FAIL, False)],
)
def test_only_the_system_can_say_that_there_is_no_such_name(number: int, known: bool) -> None:
    found = translated(aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(number, "words")))
    assert isinstance(found, NameNotFound)
    assert found.known is known
    out_of_time = translated(aiohttp.ConnectionTimeoutError("x"), Passage("h:80", 1, naming=True))
    assert isinstance(out_of_time, NameNotFound)
    assert not out_of_time.known


@pytest.mark.parametrize("naming", [True, False])
def test_time_that_ran_out_over_the_name_is_told_apart(naming: bool) -> None:
    found = translated(aiohttp.ConnectionTimeoutError("secret"), Passage("h:80", 1, naming=naming))
    assert type(found) is (NameNotFound if naming else Unreachable)
    assert str(found) == ("h:80: name not found in time" if naming else "h:80: no connection in time")


def over(passage: Passage) -> None:
    with pytest.raises(ConnectionAbortedError):
        passage.took(2)


def elsewhere(passage: Passage) -> None:
    passage.refused = "10.0.0.1:80"


@pytest.mark.parametrize(
    ("breaks", "ours", "message"),
    [
        (over, BadResponse, "h:80: more bytes on the wire than a response may take"),
        (elsewhere, Refused, "h:80: 10.0.0.1:80 refused"),
    ],
)
def test_a_rule_of_ours_explains_a_broken_connection(
    breaks: Callable[[Passage], None], ours: type[FetchError], message: str
) -> None:
    passage = Passage("h:80", 1)
    breaks(passage)
    found = translated(aiohttp.ServerDisconnectedError(), passage)
    assert type(found) is ours
    assert str(found) == message


def test_our_own_errors_pass() -> None:
    refused = Refused("h:80: by the resolver")
    with pytest.raises(Refused) as caught, OurErrors(Passage("h:80", 1)):
        raise refused
    assert caught.value is refused
