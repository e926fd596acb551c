"""The first bytes of a body that decides nothing: an error page, a receiver's answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from worker.errors import FetchError
from worker.fetch.body import Gathering, coding_of
from worker.fetch.inflate import STEP, Garbled, inflate

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Mapping


async def read_opening(
    pieces: AsyncIterable[bytes], headers: Mapping[str, str], *, limit: int, seconds: float
) -> bytes:
    """Return up to `limit` bytes, decoded, of what arrives within `seconds`; never an error, for the status stands."""
    try:
        coding = coding_of(headers)
    except Garbled:
        return b""
    # Room for the piece that crosses the limit; the end is cut to size.
    gathered = Gathering(inflate(coding) if coding else None, limit + max(limit, STEP))
    try:
        async with asyncio.timeout(seconds):
            async for piece in pieces:
                gathered.add(piece[:limit])
                if gathered.length >= limit:
                    break
    except (FetchError, Garbled, TimeoutError):
        pass  # what came before it is good enough
    return gathered.so_far()[:limit]
