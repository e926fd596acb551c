"""The first bytes of a body that decides nothing: an error page, a receiver's answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from worker.errors import FetchError
from worker.fetch.body import Gathering, coding_of
from worker.fetch.inflate import STEP, Garbled, inflate

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from worker.fetch.head import Head
    from worker.fetch.model import OpeningLimits


async def read_opening(pieces: AsyncIterable[bytes], head: Head, limits: OpeningLimits) -> bytes:
    """Return, decoded, what arrives within `limits`; never an error, for the status stands."""
    try:
        coding = coding_of(head)
    except Garbled:
        return b""
    # Room for the piece that crosses the limit; the end is cut to size.
    gathered = Gathering(inflate(coding) if coding else None, limits.size + max(limits.size, STEP))
    try:
        async with asyncio.timeout(limits.seconds):
            async for piece in pieces:
                gathered.add(piece[: limits.size])
                if gathered.length >= limits.size:
                    break
    except (FetchError, Garbled, TimeoutError):
        pass  # what came before it is good enough
    return gathered.so_far()[: limits.size]
