"""The one deadline of a fetch."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType


class Deadline:
    """TimeoutError when what runs inside takes more than `seconds`.

    Its clock stands still while it is `paused`, for `patience` seconds in all: that is how long a server does not
    answer for the wait of others.
    """

    def __init__(self, seconds: float, *, patience: float) -> None:
        self._seconds = seconds
        self._patience = patience

    async def __aenter__(self) -> Self:
        self._clock = asyncio.get_running_loop().time
        self._at = self._clock() + self._seconds
        self._timeout = asyncio.timeout_at(self._at)
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._timeout.__aexit__(kind, error, trace)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is waited for inside is not the server's doing."""
        began = self._clock()
        self._timeout.reschedule(self._at + self._patience)
        try:
            yield
        finally:
            waited = min(self._clock() - began, self._patience)
            self._at += waited
            self._patience -= waited
            if not self._timeout.expired():
                self._timeout.reschedule(self._at)
