"""Posting a message to a receiver's URL, for channels."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import httpx

from worker.errors import BadResponse, DeadlineExceeded, Unreachable
from worker.fetch.model import Answer, PostLimits
from worker.fetch.opening import read_opening
from worker.fetch.retry_after import retry_after
from worker.fetch.target import target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from worker.clock import Clock
    from worker.fetch.loop_thread import LoopThread
    from worker.fetch.transport import GuardedTransport

EXCERPT = 1000


class GuardedPoster:
    """Fulfils the channels' port for a guarded client; safe to call from many threads at once.

    `thread` may be shared with other clients; `transport` belongs to this one and is closed with it.
    """

    def __init__(
        self,
        thread: LoopThread,
        transport: GuardedTransport,
        *,
        user_agent: str,
        clock: Clock,
        limits: PostLimits | None = None,
    ) -> None:
        self._thread = thread
        self._transport = transport
        self._user_agent = user_agent
        self._clock = clock
        self._limits = limits or PostLimits()

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send `body` once and return the answer, whatever its status; redirects are not followed.

        The status decides: of the answer's body only the opening is read, and however it goes on is no error. Raises
        Refused, Unreachable, BadResponse, or DeadlineExceeded where no answer began in time.
        """
        posting = self._thread.start(self, lambda: self._post(url, headers, body))
        try:
            return posting.result()
        except CancelledError:
            raise Unreachable("the client was closed while it was posting") from None
        finally:
            posting.cancel()  # does nothing once it is done; the caller may have been interrupted

    def close(self) -> None:
        """Cancel what is in flight and close every connection."""
        self._thread.leave(self, self._transport.aclose)

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        target = target_of(url)
        sent = httpx.Headers({"user-agent": self._user_agent, "accept": "*/*", "accept-encoding": "identity"})
        if target.authorization is not None:
            sent["authorization"] = target.authorization.decode("ascii")
        sent.update(headers)
        request = httpx.Request("POST", target.wire, headers=sent, content=body)
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                response = await self._transport.handle_async_request(request)
        except TimeoutError:
            raise DeadlineExceeded(f"{target.place}: no answer within {self._limits.total_seconds:g} s") from None
        try:
            if not isinstance(response.stream, httpx.AsyncByteStream) or response.is_informational:
                raise BadResponse(f"{target.place}: status {response.status_code} is no answer")
            opening = await read_opening(
                response.stream, response.headers, limit=self._limits.opening, seconds=self._limits.opening_seconds
            )
        finally:
            await response.aclose()
        wait = retry_after(response.headers.get("retry-after"), now=self._clock.now())
        return Answer(response.status_code, wait, opening[:EXCERPT])
