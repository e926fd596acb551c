"""aiohttp's connector, stricter about which connections are used again.

It overrides two private methods of aiohttp and knows what its connector reads of a request, which is why the version is
pinned; `tests/contract/fetch` fails when one of these is otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import ClientRequest, TCPConnector

from worker.fetch.guarded_socket import GuardedSocket
from worker.fetch.guarded_tls import GuardedTls
from worker.fetch.passage import PASSAGE

if TYPE_CHECKING:
    from asyncio import BaseTransport

    from aiohttp.client_proto import ResponseHandler
    from aiohttp.client_reqrep import ConnectionKey
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace
    from yarl import URL


class Destination(ClientRequest):
    """As much of a request as a connector reads: to make a whole one costs as much as to write it to the socket."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._ssl = True
        self.server_hostname = None
        self.proxy = self.proxy_auth = self.proxy_headers = None


class GuardedConnector(TCPConnector):
    """Keeps at most `idle` connections for reuse, hands out none that holds unasked bytes, and closes at once."""

    def __init__(self, *, idle: int, **options: Any) -> None:  # noqa: ANN401 - aiohttp's own, checked by its signature
        super().__init__(**options)
        self._idle = idle

    async def idle(self, destination: Destination) -> Connection | None:
        """Hand out a connection that is kept for reuse, None without any."""
        return await self._get(destination.connection_key, [])

    async def _get(self, key: ConnectionKey, traces: list[Trace]) -> Connection | None:
        """Hand out an idle connection; one that received bytes meanwhile would answer the wrong request (desync)."""
        while (connection := await super()._get(key, traces)) is not None:
            protocol = connection.protocol
            below = guarded_socket_of(protocol.transport) if protocol is not None else None
            if protocol is not None and not protocol.should_close and below is not None and below.is_quiet():
                below.passage = PASSAGE.get()
                tls = protocol.transport.get_extra_info("ssl_object") if protocol.transport is not None else None
                if isinstance(tls, GuardedTls):
                    tls.serve(below.passage)
                return connection
            connection.close()
        return None

    def _release(self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        """Take a connection back; `limit` bounds only those in use, so bound the idle ones here."""
        if should_close or protocol.should_close:
            # close() on TLS waits half a minute for the peer's farewell; whoever drips bytes never says it.
            protocol.abort()
        super()._release(key, protocol, should_close=should_close)
        if key in self._conns and sum(map(len, self._conns.values())) > self._idle:
            oldest = next(iter(self._conns))
            self._conns[oldest].popleft()[0].abort()
            if not self._conns[oldest]:
                del self._conns[oldest]


def guarded_socket_of(transport: BaseTransport | None) -> GuardedSocket | None:
    """The socket below a transport, or None where it is gone; asyncio wraps it in a TransportSocket."""
    wrapped = transport.get_extra_info("socket") if transport is not None else None
    below = getattr(wrapped, "_sock", None)
    return below if isinstance(below, GuardedSocket) else None
