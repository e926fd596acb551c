"""A body, whole: capped on the wire and inflated, with at most one coding layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from worker.errors import BadResponse
from worker.fetch.inflate import CODINGS, Garbled, inflate

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Mapping

    from worker.fetch.inflate import Inflate
    from worker.fetch.model import FetchLimits


@dataclass(frozen=True, slots=True)
class Body:
    """Decoded `content`, and the number of bytes it took on the wire."""

    content: bytes
    raw_bytes: int


def pieces_of(response: httpx.Response) -> httpx.AsyncByteStream:
    """The body of what a transport answered, as it comes over the wire."""
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("an asynchronous transport gives an asynchronous stream")
    return response.stream


def coding_of(headers: Mapping[str, str]) -> str | None:
    """The one content coding (RFC 9110 section 8.4), None for none; Garbled for several or an unknown one."""
    named = [name.strip().lower() for name in headers.get("content-encoding", "").split(",")]
    codings = [name for name in named if name not in {"", "identity"}]
    if len(codings) > 1:
        raise Garbled("the body is encoded more than once")
    if codings and codings[0] not in CODINGS:
        raise Garbled(f"unknown content coding {codings[0][:20]!r}")
    return codings[0] if codings else None


async def read_body(
    pieces: AsyncIterable[bytes], headers: Mapping[str, str], *, limits: FetchLimits, place: str
) -> Body:
    """Read to the proper end, or raise BadResponse naming `place`: over a cap, truncated, not what it says it is."""
    try:
        return await _read(pieces, headers, limits)
    except Garbled as error:
        raise BadResponse(f"{place}: {error}") from error


async def _read(pieces: AsyncIterable[bytes], headers: Mapping[str, str], limits: FetchLimits) -> Body:
    coding = coding_of(headers)
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > limits.raw_body:
        raise _over(limits.raw_body)
    whole = Gathering(inflate(coding) if coding else None, limits.decoded_body)
    raw_bytes = 0
    async for piece in pieces:
        raw_bytes += len(piece)
        if raw_bytes > limits.raw_body:
            raise _over(limits.raw_body)
        whole.add(piece)
    return Body(whole.end() if raw_bytes else b"", raw_bytes)


class Gathering:
    """Collects what a body holds, decoded where it is encoded; Garbled once it is more than `cap` bytes."""

    def __init__(self, decoder: Inflate | None, cap: int) -> None:
        self._decoder = decoder
        self._cap = cap
        self._pieces: list[bytes] = []
        self.length = 0

    def add(self, piece: bytes) -> None:
        """Take the next piece from the wire."""
        for plain in self._decoder.feed(piece) if self._decoder else (piece,):
            self.length += len(plain)
            if self.length > self._cap:
                raise _over(self._cap, " inflated")
            self._pieces.append(plain)

    def end(self) -> bytes:
        """Return the whole; Garbled if the coding has not come to its end."""
        if self._decoder:
            self._decoder.end()
        return self.so_far()

    def so_far(self) -> bytes:
        """Return what there is."""
        return b"".join(self._pieces)


def _over(cap: int, what: str = "") -> Garbled:
    return Garbled(f"the body is over {cap / (1 << 20):g} MB{what}")
