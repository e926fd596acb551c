"""Lengths that are wrong or contradict each other (RFC 9112, 6.3): a body that cannot be trusted stores nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.hostile.endpoint import error, new, says
from servers.hostile.feed import COUNT, GOOD, feed

if TYPE_CHECKING:
    from servers.hostile.endpoint import Ending, Endpoint

CUT = "cut short|hung up"
NO_HTTP = "not HTTP|cut short|contradict|framing"


def endpoints() -> list[Endpoint]:
    """The family."""
    whole = _chunks(GOOD)
    size = len(GOOD)

    def framed(name: str, ending: Ending, body: bytes, *lines: str, version: str = "1.1") -> Endpoint:
        head = "\r\n".join([f"HTTP/{version} 200 OK", "Content-Type: application/rss+xml", "Connection: close", *lines])
        return says(f"/framing/{name}", head.encode() + b"\r\n\r\n" + body, ending)

    length, chunked = f"Content-Length: {size}", "Transfer-Encoding: chunked"
    return [
        framed("length-too-long", error(CUT), GOOD, f"Content-Length: {size + 1000}"),
        framed("length-one-too-long", error(CUT), GOOD, f"Content-Length: {size + 1}"),
        framed("length-without-a-body", error(CUT), b"", length),
        framed("length-negative", error(NO_HTTP), GOOD, "Content-Length: -1"),
        framed("length-in-hex", error(NO_HTTP), GOOD, f"Content-Length: {size:#x}"),
        framed("length-with-a-plus", error(NO_HTTP), GOOD, f"Content-Length: +{size}"),
        framed("length-in-words", error(NO_HTTP), GOOD, "Content-Length: enough"),
        framed("two-lengths", error(NO_HTTP), GOOD, length, f"Content-Length: {size - 100}"),
        framed("two-lengths-in-a-list", error(NO_HTTP), GOOD, f"Content-Length: {size}, {size - 100}"),
        framed("length-and-chunked", error(NO_HTTP), whole, length, chunked),
        framed("chunked-and-length", error(NO_HTTP), whole, chunked, "Content-Length: 5"),
        framed("chunked-without-chunks", error(NO_HTTP), GOOD, chunked),
        framed("chunk-cut", error(CUT), whole[:-30], chunked),
        framed("chunk-last-missing", error(CUT), whole.removesuffix(b"0\r\n\r\n"), chunked),
        framed("chunk-size-in-words", error(NO_HTTP), b"many\r\n" + GOOD, chunked),
        framed("chunk-size-negative", error(NO_HTTP), b"-5\r\n" + GOOD, chunked),
        framed("chunk-size-of-17-digits", error(NO_HTTP), b"fffffffffffffffff\r\n" + GOOD, chunked),
        framed("chunk-longer-than-it-says", error(NO_HTTP), b"10\r\n" + GOOD + b"\r\n0\r\n\r\n", chunked),
        framed("chunk-of-2-GB", error(CUT), b"7fffffff\r\n" + GOOD, chunked),
        framed("coding-unknown", error(NO_HTTP), GOOD, "Transfer-Encoding: shouted", length),
        framed("surplus", error(NO_HTTP), GOOD + _answer(feed(2 * COUNT)), length),
        framed("ended-by-the-close", new(), GOOD, version="1.0"),
        framed("chunked-with-a-trailer", new(), whole[:-2] + b"X-Checksum: none\r\n\r\n", chunked),
        framed("chunked-with-zeros", new(), b"0" * 10 + whole, chunked),
    ]


def _chunks(body: bytes) -> bytes:
    middle = len(body) // 2
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:middle], body[middle:])) + b"0\r\n\r\n"


def _answer(body: bytes) -> bytes:
    """A second answer that nobody asked for, in the same breath."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
