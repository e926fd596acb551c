"""The one deadline of a fetch."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from worker.fetch.alarm import Alarm


class Deadline:
    """TimeoutError when what runs inside takes more than `seconds`.

    Its clock stands still while it is `paused`, for `patience` seconds in all: that is how long a server does not
    answer for the wait of others. Many may share an `alarm`.

    Attributes:
        at: When it comes, by the loop's clock.
    """

    at: float

    def __init__(self, seconds: float, *, patience: float, alarm: Alarm) -> None:
        self._seconds = seconds
        self._patience = patience
        self._alarm = alarm

    async def __aenter__(self) -> Self:
        self._clock = asyncio.get_running_loop().time
        self.at = self._clock() + self._seconds
        self._timeout = asyncio.timeout(None)
        await self._timeout.__aenter__()
        self._alarm.watch(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._alarm.leave(self)
        await self._timeout.__aexit__(kind, error, trace)

    def expire(self) -> None:
        """Time is up: soon what runs inside is cancelled, once."""
        if not self._timeout.expired():
            self._timeout.reschedule(self.at)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is waited for inside is not the server's doing."""
        began = self._clock()
        self.at += self._patience
        try:
            yield
        finally:
            waited = min(self._clock() - began, self._patience)
            self.at += waited - self._patience
            self._patience -= waited
            self._alarm.watch(self)
