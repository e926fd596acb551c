"""One request and the head of its answer, over a connection that is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from aiohttp.http import StreamWriter
from multidict import CIMultiDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import StreamReader
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection
    from aiohttp.http import RawResponseMessage

HEADER_LINES = 100
HEADER_FIELD = 73_728  # 64 KB, and what aiohttp counts on top for the line's own bytes
STATUS_LINE = 8_190
READ_AHEAD = 32 * 1024
AT_ONCE = 64 * 1024
"""Of a longer body nobody knows when the last byte has left: system and TLS keep what they cannot send yet."""
INTERIM = frozenset(range(100, 200)) - {101}
"""Statuses that another answer follows (RFC 9110 section 15.2); after 101 it would not be HTTP."""


async def conversation(
    connection: Connection, method: str, path: str, fields: Sequence[tuple[str, str]], body: bytes | None
) -> tuple[RawResponseMessage, StreamReader]:
    """Send a request with these header fields, and the body's length; return its answer's head, and body to be read.

    What aiohttp's `ClientSession` does besides (cookies, redirects, proxies, netrc, tracing, repeats) costs as much
    as the exchange itself, and none of it is wanted here. Raises what aiohttp raises; the connection is cut off then.
    """
    protocol = cast("ResponseHandler", connection.protocol)  # it has one until it is given back
    try:
        protocol.set_response_params(
            skip_payload=method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            read_bufsize=READ_AHEAD,
            max_line_size=STATUS_LINE,
            max_field_size=HEADER_FIELD,
            max_headers=HEADER_LINES,
        )
        await _send(protocol, f"{method} {path} HTTP/1.1", fields, body)
        while True:
            message, content = await protocol.read()
            if message.code not in INTERIM:
                return message, content
    except BaseException:
        connection.close()
        raise


async def _send(protocol: ResponseHandler, line: str, fields: Sequence[tuple[str, str]], body: bytes | None) -> None:
    headers = CIMultiDict(fields)
    writer = StreamWriter(protocol, asyncio.get_running_loop())
    if body is not None:
        headers["Content-Length"] = str(len(body))
        if len(body) > AT_ONCE:
            protocol.force_close()  # an answer may come before all of it is sent, and the next request behind its rest
    await writer.write_headers(line, headers)
    if body:
        await writer.write(body, drain=False)  # an answer is read while the rest of it is sent
    writer.set_eof()
