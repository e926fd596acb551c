"""One document: from its URL over every redirect to a whole, trustworthy response, within one deadline."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from worker.errors import BadResponse, DeadlineExceeded, Refused
from worker.fetch.body import pieces_of, read_body
from worker.fetch.opening import read_opening
from worker.fetch.retry_after import retry_after
from worker.fetch.target import redirect_target, target_of
from worker.fetch.validators import conditions, freshened, received_validators
from worker.records import FetchResponse

if TYPE_CHECKING:
    from worker.fetch.egress import Egress
    from worker.fetch.model import FetchLimits
    from worker.fetch.target import Target
    from worker.records import FetchRequest, Validators

ACCEPT = (
    b"application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
ACCEPT_ENCODING = b"gzip, br, zstd"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
# Parts and differences that nobody asked for: taken for the whole they would make items vanish (RELIABILITY 12).
UNASKED = {206: "a part of the document (206)", 226: "a difference to the document (226)"}


async def fetch_document(egress: Egress, request: FetchRequest, limits: FetchLimits) -> FetchResponse:
    """Fetch `request.url`, following redirects; validators go only to the URL they belong to.

    A status of 400 and above is a response like any other, with the opening of its body. Raises Refused, Unreachable,
    DeadlineExceeded or BadResponse, whose messages name host and port, never userinfo, path or query.
    """
    configured = target = target_of(request.url)
    asking = Asking(egress, limits)
    try:
        async with asyncio.timeout(limits.total_seconds):
            for _ in range(limits.redirects + 1):
                hop = await _asked(asking, target, request.validators, configured)
                if isinstance(hop, FetchResponse):
                    return hop
                target = redirect_target(hop, base=target, configured=configured)
    except TimeoutError:
        raise DeadlineExceeded(f"{target.place}: no whole answer within {limits.total_seconds:g} s") from None
    raise BadResponse(f"{configured.place}: more than {limits.redirects} redirects")


async def _asked(
    asking: Asking, target: Target, validators: Validators | None, configured: Target
) -> FetchResponse | bytes:
    """One hop; where a redirect led to what we refuse, the error says that it was one."""
    try:
        return await asking.hop(target, validators)
    except Refused as error:
        if target is configured:
            raise
        raise Refused(f"{configured.place}: redirected, but {error}") from error


@dataclass(frozen=True, slots=True)
class Asking:
    """What is the same for every hop."""

    egress: Egress
    limits: FetchLimits

    async def hop(self, target: Target, validators: Validators | None) -> FetchResponse | bytes:
        """Ask `target`: the document's response, or where it redirects to (its Location)."""
        asked = conditions(validators, target.url)
        headers = [
            (b"Host", target.wire.netloc),
            (b"User-Agent", self.egress.user_agent.encode("ascii", "replace")),
            (b"Accept", ACCEPT),
            (b"Accept-Encoding", ACCEPT_ENCODING),
            *asked,
        ]
        if target.authorization is not None:
            headers.append((b"Authorization", target.authorization))
        asking = httpx.Request("GET", target.wire, headers=headers)
        response = await self.egress.transport.handle_async_request(asking)
        try:
            if response.status_code in REDIRECTS:
                return _location(response, target)
            return await self._read(response, target, validators if asked else None)
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response, target: Target, asked: Validators | None) -> FetchResponse:
        status = response.status_code
        said = received_validators(response.headers.raw, target.url)
        content, raw_bytes = b"", 0
        if status == NOT_MODIFIED:
            if asked is None:
                raise BadResponse(f"{target.place}: not modified (304), which nobody asked")
            said = freshened(asked, said)
        elif status in UNASKED:
            raise BadResponse(f"{target.place}: {UNASKED[status]}, which nobody asked for")
        elif response.is_success:
            body = await read_body(pieces_of(response), response.headers, limits=self.limits, place=target.place)
            content, raw_bytes = body.content, body.raw_bytes
            if not content:
                raise BadResponse(f"{target.place}: empty body (status {status})")
        else:
            content = await read_opening(pieces_of(response), response.headers, self.limits.opening)
            raw_bytes = len(content)
        return FetchResponse(
            status=status,
            url=target.url,
            body=content,
            content_type=response.headers.get("content-type", ""),
            validators=said,
            retry_after=retry_after(response.headers.get("retry-after"), now=self.egress.clock.now()),
            raw_bytes=raw_bytes,
        )


def _location(response: httpx.Response, target: Target) -> bytes:
    for name, value in response.headers.raw:
        if name.lower() == b"location":
            return value
    raise BadResponse(f"{target.place}: a redirect ({response.status_code}) without a Location")
