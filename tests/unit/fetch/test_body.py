"""Bodies gathered piece by piece, within their bounds."""

from __future__ import annotations

import asyncio
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import BadResponse
from worker.fetch.body import Bound, Gathering, pieces_of, read_body
from worker.fetch.inflate import Garbled, inflate
from worker.fetch.model import FetchLimits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

MIB = 1 << 20
PIECE = bytes(range(256)) * 256


class Synchronous(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"x"


def test_only_an_asynchronous_stream_has_pieces() -> None:
    assert pieces_of(httpx.Response(200, content=b"x")) is not None
    with pytest.raises(TypeError, match="asynchronous stream"):
        pieces_of(httpx.Response(200, stream=Synchronous()))


def peak_of_gathering(gathering: Gathering, pieces: list[bytes]) -> tuple[int, int]:
    """Length of the whole, and the most that was held on the way to it, in bytes."""
    tracemalloc.start()
    try:
        for piece in pieces:
            gathering.add(piece)
        length = len(gathering.end())
        return length, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_body_at_its_cap_is_held_once() -> None:
    length, peak = peak_of_gathering(Gathering(None, 20 * MIB), [PIECE] * 320)
    assert length == 20 * MIB
    assert peak < 24 * MIB


def test_an_encoded_body_at_its_cap_is_held_once() -> None:
    packed = zlib.compress(PIECE * 320)
    gathering = Gathering(inflate("deflate"), 20 * MIB, Bound(500, MIB))
    length, peak = peak_of_gathering(gathering, [packed[at : at + 65536] for at in range(0, len(packed), 65536)])
    assert length == 20 * MIB
    assert peak < 24 * MIB


def test_a_bomb_is_held_no_longer_than_it_takes_to_see() -> None:
    packed = zlib.compress(bytes(20 * MIB))
    gathering = Gathering(inflate("deflate"), 20 * MIB, Bound(500, MIB))
    with pytest.raises(Garbled, match="inflates to more than 500 times its size"):
        gathering.add(packed)
    assert gathering.length < 3 * MIB


def test_what_is_small_may_inflate_as_it_likes() -> None:
    packed = zlib.compress(bytes(MIB))
    gathering = Gathering(inflate("deflate"), 20 * MIB, Bound(500, MIB))
    gathering.add(packed)
    assert len(gathering.end()) == MIB > 500 * len(packed)


def test_a_plain_body_does_not_inflate() -> None:
    gathering = Gathering(None, 20 * MIB, Bound(500, 10))
    gathering.add(bytes(MIB))
    assert gathering.so_far() == bytes(MIB)


def test_a_gathering_goes_on_after_a_look_at_it() -> None:
    gathering = Gathering(None, 100)
    gathering.add(b"one")
    assert gathering.so_far() == b"one"
    gathering.add(b"two")
    assert gathering.end() == b"onetwo"


@given(sizes=st.lists(st.integers(0, 12)), cap=st.integers(1, 120), looks=st.sets(st.integers(0, 20)))
def test_whatever_the_pieces_the_whole_is_their_sum(sizes: list[int], cap: int, looks: set[int]) -> None:
    gathering = Gathering(None, cap)
    plain = b""
    for number, size in enumerate(sizes):
        piece = bytes([number % 255 + 1]) * size
        plain += piece
        if len(plain) > cap:
            with pytest.raises(Garbled):
                gathering.add(piece)
            return
        gathering.add(piece)
        if number in looks:
            assert gathering.so_far() == plain
    assert gathering.end() == plain
    assert gathering.length == len(plain)


@pytest.mark.parametrize("announced", ["9", "99999999999999999999999999"])
def test_an_announced_giant_is_refused_before_a_byte_of_it(announced: str) -> None:
    read: list[bytes] = []

    async def pieces() -> AsyncIterator[bytes]:
        read.append(b"x")
        yield b"x"

    reading = read_body(pieces(), {"content-length": announced}, limits=FetchLimits(raw_body=8), place="h:80")
    with pytest.raises(BadResponse, match="h:80: the body is over"):
        asyncio.run(reading)
    assert read == []


@pytest.mark.parametrize("announced", ["", "²²", "many", "8"])
def test_an_announcement_that_is_no_number_is_not_counted(announced: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * 8

    reading = read_body(pieces(), {"content-length": announced}, limits=FetchLimits(raw_body=8), place="h:80")
    assert asyncio.run(reading).content == b"x" * 8
