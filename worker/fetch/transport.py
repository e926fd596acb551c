"""The guarded transport: the one way out for HTTP (DESIGN 4.7, RELIABILITY 9 to 12, 27)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import httpx
from aiohttp import ClientTimeout

from worker.errors import BadResponse, NotPublic, Refused
from worker.fetch.connector import Destination, GuardedConnector
from worker.fetch.conversation import conversation
from worker.fetch.guarded_socket import guarded_socket
from worker.fetch.guarded_tls import GuardedTls
from worker.fetch.model import WireLimits
from worker.fetch.names import SystemNames
from worker.fetch.passage import PASSAGE, Passage
from worker.fetch.received import Received, framing
from worker.fetch.resolver import LookUp, VettingResolver
from worker.fetch.target import target_at
from worker.fetch.wire_errors import OurErrors

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from aiohttp.connector import Connection
    from aiohttp.http import RawResponseMessage

    from worker.fetch.policy import Policy
    from worker.fetch.target import Target

FINAL = 200
"""The first status of a final answer; what is below is informational (RFC 9110 section 15.2), or no status."""
FRAMINGS = frozenset({"", "identity", "chunked"})
"""Transfer codings that we can undo (RFC 9112 section 6.1); "identity" is of old, and undoes nothing."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends one request and returns the answer unread, undecoded, redirects not followed.

    It connects only to addresses that `policy` admits, resolves once and connects to what it vetted, takes nothing
    from the environment, keeps no cookies, repeats nothing by itself and cuts off whoever sends too much. Raises
    Refused, Unreachable or BadResponse; a deadline is the caller's business. Close each response.

    Belongs to the event loop and the process that first use it; RuntimeError after a fork.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        look_up: LookUp | None = None,
        tls: ssl.SSLContext | None = None,
        limits: WireLimits | None = None,
    ) -> None:
        self._policy = policy
        self._look_up = look_up
        self._tls = tls
        self._limits = limits or WireLimits()
        self._timeout = ClientTimeout(total=None, connect=self._limits.connect_seconds)
        self._connector: GuardedConnector | None = None
        self._pid = os.getpid()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and return the response once its head is there, as httpx has it.

        Of its extensions "sending" is looked at, as below.
        """
        target = target_at(request.url)
        if target.userinfo:
            raise Refused(f"{target.place}: userinfo does not belong on the wire")
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        body = await request.aread() or None
        answer = await self.ask(request.method, target, fields, body, sending=request.extensions.get("sending"))
        return httpx.Response(answer.status, headers=list(answer.fields), stream=answer, request=request)

    async def ask(
        self,
        method: str,
        target: Target,
        fields: Sequence[tuple[str, str]],
        body: bytes | None = None,
        *,
        sending: Callable[[], None] | None = None,
    ) -> Received:
        """Send a request with these header fields, and return what is received once its head is there.

        The same as above without what httpx makes of a request, which costs as much as to send it. `sending` is called
        when there is a connection, before the first byte leaves.
        """
        if self._pid != os.getpid():
            raise RuntimeError("the transport crossed a fork: make it in the process that uses it")
        passage = Passage(target.place, self._limits.overhead)
        with OurErrors(passage):
            connection = await self._connection(target, passage)
            if sending is not None:
                sending()
            message, content = await conversation(connection, method, target.line.raw_path_qs, fields, body)
        fault = self._fault_of(message)
        if fault:
            connection.close()
            raise BadResponse(f"{target.place}: {fault}")
        return Received(message, content, connection, passage)

    async def aclose(self) -> None:
        """Close every connection, those in use too; the next request would begin anew. Nothing after a fork."""
        if self._connector is not None and self._pid == os.getpid():
            connector, self._connector = self._connector, None
            await connector.close()

    async def _connection(self, target: Target, passage: Passage) -> Connection:
        """One that is kept is to an address that was vetted when it was made, by the same policy."""
        connector, destination = self._connector_here(), Destination(target.line)
        token = PASSAGE.set(passage)
        try:
            connection = await connector.idle(destination)
            if connection is None:
                self._admit(target, passage)
                connection = await connector.connect(destination, traces=[], timeout=self._timeout)
            return connection
        finally:
            PASSAGE.reset(token)

    def _admit(self, target: Target, passage: Passage) -> None:
        """Vet a literal before it is connected to: aiohttp hands only names to the resolver."""
        address = target.host.address
        if address is not None:
            if not self._policy.admits(address, target.port):
                raise NotPublic(f"{target.place} is not a public address")
            passage.endpoints.add((target.host.name, target.port))

    def _fault_of(self, answer: RawResponseMessage) -> str | None:
        """What is wrong with the head of an answer, or None."""
        if answer.code < FINAL:
            return f"status {answer.code} is no answer"
        if framing(answer) not in FRAMINGS:
            return "a transfer coding that nobody asked for"
        size = sum([len(name) + len(value) + 4 for name, value in answer.raw_headers])
        return f"the headers are over {self._limits.head // 1024} KB" if size > self._limits.head else None

    def _connector_here(self) -> GuardedConnector:
        if self._connector is None:
            tls = self._tls or trusting_tls()
            tls.sslobject_class = GuardedTls
            self._connector = GuardedConnector(
                idle=self._limits.idle,
                ssl=tls,
                limit=0,  # the callers bound what is in flight
                keepalive_timeout=self._limits.idle_seconds,
                use_dns_cache=False,
                resolver=VettingResolver(self._policy, self._look_up or SystemNames()),
                socket_factory=guarded_socket,
            )
        return self._connector


def trusting_tls() -> ssl.SSLContext:
    """Certificates are checked against SSL_CERT_FILE or SSL_CERT_DIR where set, else those that come with httpx."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
