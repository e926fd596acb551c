"""Bodies gathered piece by piece, within their bounds."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import BadResponse
from worker.fetch.alarm import Alarm
from worker.fetch.body import Bound, Gathering, read_body
from worker.fetch.budget import Budget, Share
from worker.fetch.deadline import Deadline
from worker.fetch.head import Head
from worker.fetch.inflate import Garbled, inflate, zstd
from worker.fetch.model import FetchLimits, HoldLimits
from worker.fetch.room import Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from worker.fetch.body import Body

MIB = 1 << 20
PIECE = bytes(range(256)) * 256


async def reading(
    pieces: AsyncIterator[bytes], fields: list[tuple[bytes, bytes]], limits: FetchLimits, share: Share | None = None
) -> Body:
    async with Deadline(10, patience=10, alarm=Alarm()) as deadline:
        room = Room(share or Budget(limits.hold).share(), deadline)
        return await read_body(pieces, Head(fields), limits=limits, place="h:80", room=room)


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

    with pytest.raises(BadResponse, match="h:80: the body is over"):
        asyncio.run(reading(pieces(), [(b"Content-Length", announced.encode("latin-1"))], FetchLimits(raw_body=8)))
    assert read == []


@pytest.mark.parametrize("announced", ["", "²²", "many", "8"])
def test_an_announcement_that_is_no_number_is_not_counted(announced: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * 8

    read = asyncio.run(reading(pieces(), [(b"Content-Length", announced.encode("latin-1"))], FetchLimits(raw_body=8)))
    assert read.content == b"x" * 8


HOLD = HoldLimits(unasked=100_000, common=2_000_000, step=1)
PLAIN = PIECE[:60_000] * 10


class Asking(Share):
    """Remembers what it was asked for."""

    async def grow(self, size: int) -> None:
        asked.append(size)
        await super().grow(size)


asked: list[int] = []


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    asked.clear()


@pytest.mark.parametrize(
    ("coding", "packed", "held"),
    [
        ("", PLAIN, 600_000),
        # What the decoder may refer to is held besides.
        ("gzip", gzip.compress(PLAIN), 632_768),
        ("br", brotli.compress(PLAIN), 1_200_000),
        ("zstd", zstd.compress(PLAIN), 1_200_000),
    ],
)
def test_a_large_body_asks_for_what_it_holds(coding: str, packed: bytes, held: int) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(packed), 4_000):
            yield packed[start : start + 4_000]

    share = Asking(Budget(HOLD), HOLD.unasked)
    fields = [(b"Content-Encoding", coding.encode())] if coding else []
    assert asyncio.run(reading(pieces(), fields, FetchLimits(hold=HOLD), share)).content == PLAIN
    assert max(asked) == held
    # Of the decoder nothing is left.
    assert share.allowed == 600_000
    assert share.held == 500_000


def test_a_small_body_asks_for_nothing() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield bytes(100_000)

    share = Asking(Budget(HOLD), HOLD.unasked)
    asyncio.run(reading(pieces(), [], FetchLimits(hold=HOLD), share))
    assert asked == []
    assert not share.is_large


def test_a_body_that_waits_for_room_is_not_read_on() -> None:
    read: list[int] = []

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(10):
            read.append(number)
            yield bytes(60_000)

    async def scenario() -> None:
        budget = Budget(HOLD)
        common, seat, share = budget.share(), budget.share(), budget.share()
        await common.grow(HOLD.unasked + HOLD.common)
        await seat.grow(HOLD.unasked + 1)
        task = asyncio.create_task(reading(pieces(), [], FetchLimits(hold=HOLD), share))
        await asyncio.wait([task], timeout=0.1)
        assert read == [0, 1]
        seat.let_go()
        assert len((await task).content) == 600_000

    asyncio.run(scenario())
