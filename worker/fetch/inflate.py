"""Undoing one content coding piece by piece, so that no input grows past its cap in memory (RELIABILITY 9)."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Protocol

import brotli  # type: ignore[import-untyped]  # has no stubs

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 64 * 1024
"""Bytes that one call of a decompressor may give (brotli rounds up to its next block, under twice as much)."""
MEMBERS = 1000
"""Members of one gzip stream, frames of one zstd stream: each costs a fresh decompressor, however little it holds."""
DEFLATE_WINDOW = 1 << 15  # RFC 1951
BROTLI_WINDOW = 1 << 24  # RFC 7932 section 9.1
ZSTD_WINDOW_LOG = 23  # 8 MB, all that RFC 9659 lets a server use

CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})


class Garbled(Exception):
    """The bytes are not what their headers say, or are too many; the message fits behind `host:port: `."""


class Inflate(Protocol):
    """Turns encoded pieces into plain ones of about STEP bytes at most.

    Attributes:
        window: So many bytes of what came out last it may keep, to refer to.
    """

    window: int

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what `piece` makes plain; Garbled where it is no such stream."""
        ...

    def end(self) -> None:
        """Check that the stream has ended properly: Garbled for a truncated one."""
        ...


def inflate(coding: str) -> Inflate:
    """Return a fresh decoder for one of CODINGS."""
    match coding:
        case "gzip" | "x-gzip":
            return GzipInflate()
        case "deflate":
            return DeflateInflate()
        case "br":
            return BrotliInflate()
        case _:
            return ZstdInflate()


class GzipInflate:
    """RFC 1952: any number of members, each with its checksum and length; what follows the last is ignored."""

    window = DEFLATE_WINDOW

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._members = 1
        self._between = b""
        self._rubbish = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """See Inflate."""
        piece = self._between + piece
        self._between = b""
        while piece and not self._rubbish:
            if self._member.eof:
                if piece == b"\x1f":
                    self._between = piece
                    return
                if not piece.startswith(b"\x1f\x8b"):
                    self._rubbish = True
                    return
                self._members += 1
                if self._members > MEMBERS:
                    raise Garbled(f"the gzip body has over {MEMBERS} members")
                self._member = zlib.decompressobj(wbits=31)
            yield from _zlib_steps(self._member, piece, "gzip")
            piece = self._member.unused_data

    def end(self) -> None:
        """See Inflate."""
        if not self._member.eof:
            raise Garbled("the gzip body is cut short")


class DeflateInflate:
    """RFC 9110 section 8.4.1.2: the zlib format, or the bare deflate that some servers send under that name."""

    window = DEFLATE_WINDOW

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._head = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """See Inflate."""
        if self._stream is None:
            self._head += piece
            if len(self._head) < 2:  # noqa: PLR2004 - the zlib header
                return
            piece = self._head
            zlib_header = piece[0] & 0x0F == zlib.DEFLATED and int.from_bytes(piece[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
        if not self._stream.eof:
            yield from _zlib_steps(self._stream, piece, "deflate")

    def end(self) -> None:
        """See Inflate."""
        if self._stream is None or not self._stream.eof:
            raise Garbled("the deflate body is cut short")


class BrotliInflate:
    """RFC 7932."""

    window = BROTLI_WINDOW

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """See Inflate."""
        try:
            plain = self._stream.process(piece, output_buffer_limit=STEP)
            while plain or not self._stream.can_accept_more_data():
                yield plain
                plain = self._stream.process(b"", output_buffer_limit=STEP)
        except brotli.error as error:
            raise Garbled("the body is no br stream") from error

    def end(self) -> None:
        """See Inflate."""
        if not self._stream.is_finished():
            raise Garbled("the br body is cut short")


class ZstdInflate:
    """RFC 8878 with the window of RFC 9659, any number of frames."""

    window = 1 << ZSTD_WINDOW_LOG

    def __init__(self) -> None:
        self._frame = _zstd_frame()
        self._frames = 1

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """See Inflate."""
        try:
            while piece:
                if self._frame.eof:
                    self._frames += 1
                    if self._frames > MEMBERS:
                        raise Garbled(f"the zstd body has over {MEMBERS} frames")
                    self._frame = _zstd_frame()
                yield self._frame.decompress(piece, STEP)
                while not (self._frame.eof or self._frame.needs_input):
                    yield self._frame.decompress(b"", STEP)
                piece = self._frame.unused_data if self._frame.eof else b""
        except zstd.ZstdError as error:
            raise Garbled("the body is no zstd stream, or needs too large a window") from error

    def end(self) -> None:
        """See Inflate."""
        if not self._frame.eof:
            raise Garbled("the zstd body is cut short")


def _zlib_steps(stream: zlib._Decompress, piece: bytes, name: str) -> Iterator[bytes]:
    try:
        yield stream.decompress(piece, STEP)
        while stream.unconsumed_tail and not stream.eof:
            yield stream.decompress(stream.unconsumed_tail, STEP)
        # A full last step may leave more inside although all input is consumed.
        while not stream.eof and (rest := stream.decompress(b"", STEP)):
            yield rest
    except zlib.error as error:
        raise Garbled(f"the body is no {name} stream, or its checksum is wrong") from error


def _zstd_frame() -> zstd.ZstdDecompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})
