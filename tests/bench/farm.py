"""A server of a thousand feeds in a process of its own: `python farm.py FEEDS ITEMS PORT`.

It answers conditional requests by ETag from memory, so that it costs next to nothing beside its clients. The lines
"advance" on its standard input give every fifth feed one new item; each line is answered with "done".
"""

from __future__ import annotations

import asyncio
import sys
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.prose import Prose

EVERY_NTH = 5


class Farm:
    """Feeds by number, each with its items, newest first, as they stand in the document."""

    def __init__(self, feeds: int, items: int) -> None:
        self._prose = Prose()
        self._items = items
        self._now = datetime.now(UTC)
        self._feeds = [[self._item(feed, number) for number in reversed(range(items))] for feed in range(feeds)]
        self._next = items
        self.answers = [self._answer(feed) for feed in range(feeds)]

    def advance(self) -> None:
        for feed in range(0, len(self._feeds), EVERY_NTH):
            self._feeds[feed] = [self._item(feed, self._next), *self._feeds[feed][:-1]]
            self.answers[feed] = self._answer(feed)
        self._next += 1

    def _item(self, feed: int, number: int) -> str:
        at = format_datetime(self._now - timedelta(hours=2) * (self._items - number - 1), usegmt=True)
        link = f"https://f{feed}.example/{number}"
        return (
            f"<item><title>{self._prose.text(9).capitalize()}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{at}</pubDate><description><![CDATA[{self._prose.html(220)}]]></description></item>"
        )

    def _answer(self, feed: int) -> tuple[bytes, bytes]:
        """ETag, and the whole response."""
        head = f"<title>Feed {feed}</title><link>https://f{feed}.example/</link><language>en</language>"
        items = "\n".join(self._feeds[feed])
        body = f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{head}\n{items}\n</channel></rss>\n'.encode()
        etag = b'"%08x"' % zlib.crc32(body)
        kept = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: %s\r\nContent-Length: %d\r\n\r\n"
        return etag, kept % (etag, len(body)) + body


class Client(asyncio.Protocol):
    """One connection: requests in, canned answers out."""

    farm: Farm

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._got = transport, b""

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            head, _, self._got = self._got.partition(b"\r\n\r\n")
            line, _, headers = head.partition(b"\r\n")
            etag, answer = self.farm.answers[int(line.split(b" ")[1].rpartition(b"/")[2])]
            if b"if-none-match: " + etag in headers.lower():
                answer = b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % etag
            self._transport.write(answer)


async def serve(farm: Farm, port: int) -> None:
    Client.farm = farm
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Client, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "advance":
            farm.advance()
        print("done", flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Farm(int(sys.argv[1]), int(sys.argv[2])), int(sys.argv[3])))
