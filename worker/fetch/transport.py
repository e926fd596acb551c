"""The guarded transport: the one way out for HTTP (DESIGN 4.7, RELIABILITY 9 to 12, 27)."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from worker.errors import BadResponse, NotPublic, Refused
from worker.fetch.connector import GuardedConnector
from worker.fetch.guarded_socket import guarded_socket
from worker.fetch.guarded_tls import GuardedTls
from worker.fetch.model import WireLimits
from worker.fetch.names import SystemNames
from worker.fetch.passage import PASSAGE, Passage
from worker.fetch.resolver import LookUp, VettingResolver
from worker.fetch.target import target_at
from worker.fetch.wire_errors import OurErrors

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import ClientResponse

    from worker.fetch.policy import Policy
    from worker.fetch.target import Target

FINAL = 200
"""The first status of a final answer; what is below is informational (RFC 9110 section 15.2), or no status."""
FRAMINGS = frozenset({"", "identity", "chunked"})
"""Transfer codings that we can undo (RFC 9112 section 6.1); "identity" is of old, and undoes nothing."""
HEADER_LINES = 100
HEADER_FIELD = 73_728  # 64 KB, and what aiohttp counts on top for the line's own bytes
STATUS_LINE = 8_190
_WRITTEN_BY_US = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


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
        self._session: ClientSession | None = None
        self._pid = os.getpid()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` and return the response once its head is there, as httpx has it."""
        target = target_at(request.url)
        if target.userinfo:
            raise Refused(f"{target.place}: userinfo does not belong on the wire")
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        answer = await self.ask(request.method, target, fields, await request.aread() or None)
        return httpx.Response(answer.status, headers=list(answer.fields), stream=answer.pieces, request=request)

    async def ask(
        self, method: str, target: Target, fields: Sequence[tuple[str, str]], body: bytes | None = None
    ) -> Received:
        """Send a request with these header fields, and return what is received once its head is there.

        The same as above without what httpx makes of a request, which costs as much as to send it.
        """
        if self._pid != os.getpid():
            raise RuntimeError("the transport crossed a fork: make it in the process that uses it")
        passage = Passage(target.place, self._limits.overhead)
        self._admit(target, passage)
        token = PASSAGE.set(passage)
        try:
            with OurErrors(passage):
                answer = await self._session_here().request(
                    method,
                    target.line,
                    headers=fields,
                    data=None if body is None else io.BytesIO(body),
                    allow_redirects=False,
                )
        finally:
            PASSAGE.reset(token)
        fault = self._fault_of(answer)
        if fault:
            answer.close()
            raise BadResponse(f"{target.place}: {fault}")
        return Received(answer.status, answer.raw_headers, WireBody(answer, passage))

    async def aclose(self) -> None:
        """Close every connection, those in use too; the next request would begin anew. Nothing after a fork."""
        if self._session is not None and self._pid == os.getpid():
            session, self._session = self._session, None
            await session.close()

    def _admit(self, target: Target, passage: Passage) -> None:
        """Vet a literal here: aiohttp hands only names to the resolver."""
        address = target.host.address
        if address is not None:
            if not self._policy.admits(address, target.port):
                raise NotPublic(f"{target.place} is not a public address")
            passage.endpoints.add((target.host.name, target.port))

    def _fault_of(self, answer: ClientResponse) -> str | None:
        """What is wrong with the head of an answer, or None."""
        if answer.status < FINAL:
            return f"status {answer.status} is no answer"
        if _framing(answer) not in FRAMINGS:
            return "a transfer coding that nobody asked for"
        size = sum([len(name) + len(value) + 4 for name, value in answer.raw_headers])
        return f"the headers are over {self._limits.head // 1024} KB" if size > self._limits.head else None

    def _session_here(self) -> ClientSession:
        if self._session is None:
            tls = self._tls or trusting_tls()
            tls.sslobject_class = GuardedTls
            connector = GuardedConnector(
                idle=self._limits.idle,
                ssl=tls,
                limit=0,  # the callers bound what is in flight
                keepalive_timeout=self._limits.idle_seconds,
                use_dns_cache=False,
                resolver=VettingResolver(self._policy, self._look_up or SystemNames()),
                socket_factory=guarded_socket,
            )
            self._session = ClientSession(
                connector=connector,
                cookie_jar=DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=ClientTimeout(total=None, connect=self._limits.connect_seconds),
                max_line_size=STATUS_LINE,
                max_field_size=HEADER_FIELD,
                max_headers=HEADER_LINES,
                read_bufsize=32 * 1024,
                skip_auto_headers=_WRITTEN_BY_US,
            )
            # A publisher would see the request twice and the poll count once; there is no public switch.
            self._session._retry_connection = False  # noqa: SLF001
        return self._session


@dataclass(frozen=True, slots=True)
class Received:
    """An answer whose body is still to come; close it.

    Attributes:
        status: HTTP status.
        fields: Header fields in the order received, as received.
        pieces: The body as it comes over the wire.
    """

    status: int
    fields: Sequence[tuple[bytes, bytes]]
    pieces: WireBody

    async def aclose(self) -> None:
        """Give the connection back for reuse if the body has ended, else cut it off."""
        await self.pieces.aclose()


class WireBody(httpx.AsyncByteStream):
    """The body as it comes over the wire, unframed but still encoded.

    One that neither Content-Length nor chunks bound ends with the connection, and is whole only where that ended in
    order (RFC 9112 section 8).
    """

    def __init__(self, answer: ClientResponse, passage: Passage) -> None:
        self._answer = answer
        self._passage = passage

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with OurErrors(self._passage):
            async for piece in self._answer.content.iter_any():
                self._passage.gave(len(piece))
                yield piece
        if not self._has_own_end() and (fault := self._passage.faulty_close()):
            raise fault

    async def aclose(self) -> None:
        """Give the connection back for reuse if the body has ended, else cut it off."""
        if self._answer.content.is_eof():
            self._answer.release()
        else:
            self._answer.close()

    def _has_own_end(self) -> bool:
        return "Content-Length" in self._answer.headers or _framing(self._answer) == "chunked"


def _framing(answer: ClientResponse) -> str:
    return ",".join(answer.headers.getall("Transfer-Encoding", ())).strip().lower()


def trusting_tls() -> ssl.SSLContext:
    """Certificates are checked against SSL_CERT_FILE or SSL_CERT_DIR where set, else those that come with httpx."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
