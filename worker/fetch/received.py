"""An answer whose body is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from worker.errors import BadResponse
from worker.fetch.wire_errors import OurErrors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import StreamReader
    from aiohttp.connector import Connection
    from aiohttp.http import RawResponseMessage

    from worker.fetch.passage import Passage


class Received(httpx.AsyncByteStream):
    """The head of an answer; iterate for the body as it comes over the wire, unframed but still encoded. Close it.

    A body that neither Content-Length nor chunks bound ends with the connection, and is whole only where that ended
    in order (RFC 9112 section 8).

    Attributes:
        status: HTTP status.
        fields: Header fields in the order received, as received.
    """

    def __init__(
        self, message: RawResponseMessage, content: StreamReader, connection: Connection, passage: Passage
    ) -> None:
        self.status: int = message.code
        self.fields: Sequence[tuple[bytes, bytes]] = message.raw_headers
        self._message = message
        self._content = content
        self._connection = connection
        self._passage = passage
        content.on_eof(connection.release)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._next():
            self._passage.gave(len(piece))
            yield piece
        if not self._has_own_end() and (fault := self._passage.faulty_close()):
            raise fault

    async def _next(self) -> bytes:
        with OurErrors(self._passage):
            try:
                return await self._content.readany()
            except RuntimeError as error:  # aiohttp's word where the connection went while nobody was reading
                raise BadResponse(f"{self._passage.place}: the body is cut short (the connection broke)") from error

    async def aclose(self) -> None:
        """Cut the connection off unless the body has ended, which gave it back for reuse."""
        self._connection.close()

    def _has_own_end(self) -> bool:
        return "Content-Length" in self._message.headers or framing(self._message) == "chunked"


def framing(message: RawResponseMessage) -> str:
    """The transfer codings of a message, in lower case; "" for none (RFC 9112 section 6.1)."""
    named = message.headers.getall("Transfer-Encoding", None)
    return ",".join(named).strip().lower() if named else ""
