"""Posting a message to a receiver's URL, for channels."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import httpx

from worker.errors import DeadlineExceeded, Unreachable
from worker.fetch.head import Head
from worker.fetch.model import Answer, PostLimits
from worker.fetch.opening import read_opening
from worker.fetch.retry_after import retry_after
from worker.fetch.target import target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from worker.fetch.egress import Egress

EXCERPT = 1000


class GuardedPoster:
    """Fulfils the channels' port for a guarded client. Several clients may share an `egress`; close each.

    Safe to call from many threads at once.
    """

    def __init__(self, egress: Egress, *, limits: PostLimits | None = None) -> None:
        self._egress = egress
        self._limits = limits or PostLimits()

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send `body` once and return the answer, whatever its status; redirects are not followed.

        The status decides: of the answer's body only the opening is read, and however it goes on is no error. Raises
        Refused, Unreachable, BadResponse, or DeadlineExceeded where no answer began in time.
        """
        posting = self._egress.start(self, lambda: self._post(url, headers, body))
        try:
            return posting.result()
        except CancelledError:
            raise Unreachable("the client was closed while it was posting") from None
        finally:
            posting.cancel()  # does nothing once it is done; the caller may have been interrupted

    def close(self) -> None:
        """Cancel what is in flight here; the last client of the egress to close closes the connections."""
        self._egress.leave(self)

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        target = target_of(url)
        sent = httpx.Headers({"user-agent": self._egress.user_agent, "accept": "*/*", "accept-encoding": "identity"})
        if target.authorization is not None:
            sent["authorization"] = target.authorization
        sent.update(headers)
        request = httpx.Request("POST", target.wire, headers=sent, content=body)
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                response = await self._egress.transport.handle_async_request(request)
        except TimeoutError:
            raise DeadlineExceeded(f"{target.place}: no answer within {self._limits.total_seconds:g} s") from None
        head = Head(response.headers.raw)
        try:
            opening = await read_opening(response.aiter_raw(), head, self._limits.opening)
        finally:
            await response.aclose()
        return Answer(response.status_code, retry_after(head, now=self._egress.clock.now()), opening[:EXCERPT])
