"""Content codings (RFC 9110, 8.4): cut, wrong, doubled, unknown; and the odd ones that are right."""

from __future__ import annotations

import gzip
import sys
import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]  # has no stubs
from servers.hostile.endpoint import error, new, serves
from servers.hostile.feed import GOOD

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from servers.hostile.endpoint import Ending, Endpoint

CUT = "cut short"


def in_zstd(data: bytes) -> bytes:
    """One zstd frame of `data`."""
    return zstd.compress(data)


def endpoints() -> list[Endpoint]:
    """The family."""
    zipped = gzip.compress(GOOD)
    bare = zlib.compressobj(wbits=-15)
    raw_deflate = bare.compress(GOOD) + bare.flush()
    br, zst = brotli.compress(GOOD), in_zstd(GOOD)
    stream = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    wide = stream.compress(GOOD) + stream.flush()  # of a stream whose length is unknown the whole window is announced
    broken_crc = zipped[:-8] + bytes(byte ^ 0xFF for byte in zipped[-8:-4]) + zipped[-4:]
    broken_length = zipped[:-4] + b"\xff\xff\xff\x7f"

    def coded(name: str, body: bytes, ending: Ending, *, coding: str) -> Endpoint:
        return serves(f"/codings/{name}", body, ending, f"Content-Encoding: {coding}")

    return [
        coded("gzip", zipped, new(), coding="gzip"),
        coded("gzip-shouted", zipped, new(), coding="GZIP"),
        coded("gzip-in-two-members", gzip.compress(GOOD[:200]) + gzip.compress(GOOD[200:]), new(), coding="gzip"),
        coded("gzip-with-rubbish-behind", zipped + b"\0" * 512, new(), coding="gzip"),
        coded("deflate", zlib.compress(GOOD), new(), coding="deflate"),
        coded("deflate-bare", raw_deflate, new(), coding="deflate"),
        coded("br", br, new(), coding="br"),
        coded("zstd", zst, new(), coding="zstd"),
        coded("identity", GOOD, new(), coding="identity"),
        coded("gzip-cut", zipped[:-20], error(CUT), coding="gzip"),
        coded("gzip-without-trailer", zipped[:-8], error(CUT), coding="gzip"),
        coded("gzip-of-a-cut-document", zipped[: len(zipped) // 2], error(CUT), coding="gzip"),
        coded("gzip-wrong-crc", broken_crc, error("checksum|gzip"), coding="gzip"),
        coded("gzip-wrong-length", broken_length, error("checksum|gzip"), coding="gzip"),
        coded("gzip-of-nothing", gzip.compress(b""), error("empty"), coding="gzip"),
        coded("gzip-5000-members", gzip.compress(b" ") * 5000 + zipped, error("members"), coding="gzip"),
        coded("deflate-cut", zlib.compress(GOOD)[:-12], error(CUT), coding="deflate"),
        coded("br-cut", br[:-5], error(CUT), coding="br"),
        coded("zstd-cut", zst[:-5], error(CUT), coding="zstd"),
        coded("zstd-128-MB-window", wide, error("window"), coding="zstd"),
        coded("plain-called-gzip", GOOD, error("no gzip"), coding="gzip"),
        coded("plain-called-br", GOOD, error("no br|cut short"), coding="br"),
        coded("plain-called-zstd", GOOD, error("no zstd"), coding="zstd"),
        coded("twice", gzip.compress(zipped), error("more than once"), coding="gzip, gzip"),
        coded("gzip-then-br", brotli.compress(zipped), error("more than once"), coding="gzip, br"),
        coded("unknown", GOOD, error("unknown content coding"), coding="rot13"),
        coded("compress", GOOD, error("unknown content coding"), coding="compress"),
        serves("/codings/gzip-unsaid", zipped, error("gzip", 200)),
    ]
