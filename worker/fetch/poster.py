"""Posting a message to a receiver's URL, for channels."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import httpx

from worker.errors import DeadlineExceeded, FetchError, Unreachable
from worker.fetch.head import Head
from worker.fetch.model import Answer, PostLimits, Reply
from worker.fetch.opening import read_opening
from worker.fetch.retry_after import retry_after
from worker.fetch.target import target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from worker.fetch.egress import Egress
    from worker.fetch.target import Target

EXCERPT = 1000
BODILESS = frozenset({"GET", "HEAD"})
"""Methods whose requests have no body (RFC 9110 section 9.3); the others say how long theirs is, be it empty."""


class GuardedPoster:
    """Fulfils the channels' ports for a guarded client. Several clients may share an `egress`; close each.

    Safe to call from many threads at once.
    """

    def __init__(self, egress: Egress, *, limits: PostLimits | None = None) -> None:
        self._egress = egress
        self._limits = limits or PostLimits()

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send `body` once and return the answer, whatever its status; redirects are not followed.

        The status decides: of the answer's body only the opening is read, and however it goes on is no error. Raises
        Refused, Unreachable, BadResponse, or DeadlineExceeded where no answer began in time; each says whether
        anything was `sent` by then.
        """
        reply = self.request("POST", url, headers=headers, body=body)
        return Answer(reply.status, reply.retry_after, reply.content[:EXCERPT])

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float | None = None
    ) -> Reply:
        """Ask as `post` does, by any method, and return of the body what `PostLimits.opening` allows.

        `seconds` until the answer begins, where these are fewer than usual.
        """
        limit = self._limits.total_seconds if seconds is None else min(seconds, self._limits.total_seconds)
        sent = threading.Event()
        posting = self._egress.start(self, lambda: self._request(method, url, headers, body, limit, sent))
        try:
            return posting.result()
        except CancelledError:
            closed = Unreachable("the client was closed while it was posting")
            closed.sent = sent.is_set()
            raise closed from None
        finally:
            posting.cancel()  # does nothing once it is done; the caller may have been interrupted

    def close(self) -> None:
        """Cancel what is in flight here; the last client of the egress to close closes the connections."""
        self._egress.leave(self)

    async def _request(  # noqa: PLR0917 - what a request is, and where it is noted that it went out
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float, sent: threading.Event
    ) -> Reply:
        target = target_of(url)
        response = await self._response(method, target, headers, body, seconds, sent)
        head = Head(response.headers.raw)
        try:
            content = await read_opening(response.aiter_raw(), head, self._limits.opening)
        finally:
            await response.aclose()
        return Reply(response.status_code, head.firsts(), content, retry_after(head, now=self._egress.clock.now()))

    async def _response(  # noqa: PLR0917 - as above
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float,
        sent: threading.Event,
    ) -> httpx.Response:
        given = httpx.Headers({"user-agent": self._egress.user_agent, "accept": "*/*", "accept-encoding": "identity"})
        if target.authorization is not None:
            given["authorization"] = target.authorization
        given.update(headers)
        content = None if method in BODILESS else body
        extensions = {"sending": sent.set}
        request = httpx.Request(method, target.wire, headers=given, content=content, extensions=extensions)
        try:
            async with asyncio.timeout(seconds):
                return await self._egress.transport.handle_async_request(request)
        except TimeoutError:
            late = DeadlineExceeded(f"{target.place}: no answer within {seconds:g} s")
            late.sent = sent.is_set()
            raise late from None
        except FetchError as error:
            error.sent = sent.is_set()
            raise
