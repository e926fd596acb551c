"""A body, whole: capped on the wire and inflated, with at most one coding layer."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.errors import BadResponse
from worker.fetch.inflate import CODINGS, Garbled, inflate

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterator

    from worker.fetch.head import Head
    from worker.fetch.inflate import Inflate
    from worker.fetch.model import FetchLimits
    from worker.fetch.room import Room


SLICE = 4096
"""Bytes that go into a decoder at once: the ratio is looked at after each, so that a bomb ends soon after it shows."""


@dataclass(frozen=True, slots=True)
class Body:
    """Decoded `content`, and the number of bytes it took on the wire."""

    content: bytes
    raw_bytes: int


def coding_of(head: Head) -> str | None:
    """The one content coding (RFC 9110 section 8.4), None for none; Garbled for several or an unknown one."""
    named = [name.strip().lower() for name in head.joined(b"content-encoding").split(",")]
    codings = [name for name in named if name not in {"", "identity"}]
    if len(codings) > 1:
        raise Garbled("the body is encoded more than once")
    if codings and codings[0] not in CODINGS:
        raise Garbled(f"unknown content coding {codings[0][:20]!r}")
    return codings[0] if codings else None


async def read_body(pieces: AsyncIterable[bytes], head: Head, *, limits: FetchLimits, place: str, room: Room) -> Body:
    """Read to the proper end, or raise BadResponse naming `place`: over a cap, truncated, not what it says it is.

    Reads on only as `room` grows; the body goes on holding what it has of it.
    """
    try:
        return await _read(pieces, head, limits, room)
    except Garbled as error:
        raise BadResponse(f"{place}: {error}") from error


async def _read(pieces: AsyncIterable[bytes], head: Head, limits: FetchLimits, room: Room) -> Body:
    coding = coding_of(head)
    announced = head.joined(b"content-length")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limits.raw_body:
        raise _over(limits.raw_body)
    decoder = inflate(coding) if coding else None
    cap = limits.decoded_body if decoder else min(limits.raw_body, limits.decoded_body)
    whole = Gathering(decoder, cap, Bound(limits.ratio, limits.ratio_from))
    raw_bytes = 0
    async for piece in pieces:
        raw_bytes += len(piece)
        if raw_bytes > limits.raw_body:
            raise _over(limits.raw_body)
        for held in whole.steps(piece):
            if held > room.share.allowed:
                await room.grow(held)
    room.share.settle(whole.length)
    return Body(whole.end() if raw_bytes else b"", raw_bytes)


@dataclass(frozen=True, slots=True)
class Bound:
    """No body grows more than `ratio` times by inflating, from `start` bytes of it on."""

    ratio: int
    start: int


class Gathering:
    """Collects what a body holds, decoded where it is encoded.

    Garbled once it is more than `cap` bytes, or inflates beyond `bound`. Holds the bytes once, and gives away what it
    holds: a list of pieces to join would hold them twice at its end.
    """

    def __init__(self, decoder: Inflate | None, cap: int, bound: Bound | None = None) -> None:
        self._decoder = decoder
        self._cap = cap
        self._bound = bound
        self._raw = 0
        self._gathered = io.BytesIO()
        self.length = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece from the wire."""
        for _ in self.steps(piece):
            pass

    def steps(self, piece: bytes) -> Iterator[int]:
        """Take the next piece from the wire bit by bit; yield how many bytes are held after each, decoder included."""
        if self._decoder is None:
            self._take(piece)
            yield self.length
            return
        for start in range(0, len(piece), SLICE):
            part = piece[start : start + SLICE]
            self._raw += len(part)
            for plain in self._decoder.feed(part):
                self._take(plain)
                yield self.length + min(self.length, self._decoder.window)

    def _take(self, plain: bytes) -> None:
        self.length += len(plain)
        if self.length > self._cap:
            raise _over(self._cap, " inflated" if self._decoder else "")
        if self._decoder and self._bound and self.length > max(self._bound.start, self._bound.ratio * self._raw):
            raise Garbled(f"the body inflates to more than {self._bound.ratio} times its size")
        self._gathered.write(plain)

    def end(self) -> bytes:
        """Return the whole; Garbled if the coding has not come to its end."""
        if self._decoder:
            self._decoder.end()
        return self.so_far()

    def so_far(self) -> bytes:
        """Return what there is."""
        return self._gathered.getvalue()


def _over(cap: int, what: str = "") -> Garbled:
    return Garbled(f"the body is over {cap / (1 << 20):g} MB{what}")
