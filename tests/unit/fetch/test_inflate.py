"""Each coding, cut into any pieces."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.fetch.inflate import CODINGS, STEP, Garbled, inflate, zstd

if TYPE_CHECKING:
    from collections.abc import Callable

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda plain: gzip.compress(plain[:7]) + gzip.compress(plain[7:]),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda plain: zstd.compress(plain[:7]) + zstd.compress(plain[7:]),
}


def unpack(coding: str, pieces: list[bytes]) -> bytes:
    decoder = inflate(coding)
    plain = []
    for piece in pieces:
        for part in decoder.feed(piece):
            assert len(part) <= 2 * STEP
            plain.append(part)
    decoder.end()
    return b"".join(plain)


def test_every_coding_is_tested() -> None:
    assert set(PACK) == CODINGS


@pytest.mark.parametrize("coding", sorted(PACK))
@given(plain=st.binary(max_size=300), size=st.integers(1, 50))
def test_any_cutting_gives_the_same(coding: str, plain: bytes, size: int) -> None:
    packed = PACK[coding](plain)
    assert unpack(coding, [packed[at : at + size] for at in range(0, len(packed), size)]) == plain


@pytest.mark.parametrize("coding", sorted(PACK))
@pytest.mark.parametrize("length", [0, STEP - 1, STEP, STEP + 1, 10 * STEP])
def test_long_runs_come_in_steps(coding: str, length: int) -> None:
    assert unpack(coding, [PACK[coding](b"x" * length)]) == b"x" * length


@given(plain=st.binary(max_size=300), size=st.integers(1, 50))
def test_bare_deflate(plain: bytes, size: int) -> None:
    packed = zlib.compress(plain, wbits=-15)
    assert unpack("deflate", [packed[at : at + size] for at in range(0, len(packed), size)]) == plain


@pytest.mark.parametrize("coding", sorted(PACK))
def test_whatever_is_cut_off_is_noticed(coding: str) -> None:
    packed = PACK[coding](b"some words, some words, some more words")
    ends = {len(PACK[coding](b"some wo"))}  # a whole first member is a whole stream, and nobody can tell
    for length in range(len(packed)):
        if length not in ends and not (coding in {"x-gzip", "zstd"} and is_whole(coding, packed[:length])):
            with pytest.raises(Garbled):
                unpack(coding, [packed[:length]] if length else [])


def is_whole(coding: str, packed: bytes) -> bool:
    first = len(gzip.compress(b"some wo")) if coding == "x-gzip" else len(zstd.compress(b"some wo"))
    return len(packed) == first or (coding == "x-gzip" and len(packed) == first + 1)


@pytest.mark.parametrize("coding", sorted(PACK))
def test_nonsense_is_garbled(coding: str) -> None:
    with pytest.raises(Garbled):
        unpack(coding, [b"<?xml version='1.0'?><rss/>"])


def test_what_follows_a_gzip_stream_is_ignored() -> None:
    packed = gzip.compress(b"plain")
    assert unpack("gzip", [packed + b"\0\0\0", b"more"]) == b"plain"
    assert unpack("gzip", [packed, b"\x1f", b"no member"]) == b"plain"


def test_what_follows_a_deflate_stream_is_ignored() -> None:
    assert unpack("deflate", [zlib.compress(b"plain"), b"rubbish"]) == b"plain"
