"""One document: from its URL over every redirect to a whole, trustworthy response, within one deadline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from worker.errors import BadResponse, DeadlineExceeded, FetchError, Refused
from worker.fetch.body import read_body
from worker.fetch.deadline import Deadline
from worker.fetch.differences import IM_USED, is_new_items
from worker.fetch.freshness import fresh_for
from worker.fetch.head import Head
from worker.fetch.opening import read_opening
from worker.fetch.question import question
from worker.fetch.retry_after import retry_after
from worker.fetch.room import Room
from worker.fetch.target import target_of
from worker.fetch.trail import REDIRECTS, Trail
from worker.fetch.validators import freshened, received_validators
from worker.records import FetchResponse

if TYPE_CHECKING:
    from worker.fetch.alarm import Alarm
    from worker.fetch.budget import Share
    from worker.fetch.egress import Egress
    from worker.fetch.model import FetchLimits
    from worker.fetch.question import Question
    from worker.fetch.received import Received
    from worker.fetch.target import Target
    from worker.records import FetchRequest, Validators

SUCCESS = 200
PARTIAL_CONTENT = 206
REDIRECTION = 300
NOT_MODIFIED = 304


async def fetch_document(
    egress: Egress, request: FetchRequest, limits: FetchLimits, share: Share, alarm: Alarm
) -> FetchResponse:
    """Fetch `request.url`, following redirects; validators go only to the URL they belong to.

    Where the request does not follow them, a redirect is the response, once it is sure that we would ask there.

    The body takes what it needs of its `share`; how long it waits for that is not the server's time.

    A status of 400 and above is a response like any other, with the opening of its body. So is one without a body
    where anything is wanted (an empty robots.txt says something); feeds and pages are not empty. Raises Refused,
    Unreachable, DeadlineExceeded or BadResponse, whose messages name host and port, never userinfo, path or query.
    """
    configured = target_of(request.url)
    trail = Trail(configured, longest=limits.redirects)
    deadline = Deadline(limits.total_seconds, patience=limits.hold.patience_seconds, alarm=alarm)
    asking = Asking(egress, request, limits, Room(share, deadline))
    try:
        async with deadline:
            while True:
                hop = await _asked(asking, trail.target, configured)
                if isinstance(hop, FetchResponse):
                    return hop if trail.moved_to is None else replace(hop, moved_to=trail.moved_to)
                trail.follow(hop.status, hop.location)
                if not request.follow:
                    return _leading_to(trail.target, hop, configured)
    except TimeoutError:
        raise DeadlineExceeded(f"{trail.target.place}: no whole answer within {limits.total_seconds:g} s") from None


async def _asked(asking: Asking, target: Target, configured: Target) -> FetchResponse | Redirect:
    """One hop; where it is not the first, the error says so."""
    try:
        return await asking.hop(target)
    except Refused as error:
        if target is configured:
            raise
        refused = type(error)(f"{configured.place}: redirected, but {error}")
        refused.redirected = True
        raise refused from error
    except FetchError as error:
        error.redirected = target is not configured
        raise


class Redirect(NamedTuple):
    """An answer that only says where to ask: the Location header as received."""

    status: int
    location: bytes


def _leading_to(there: Target, hop: Redirect, asked: Target) -> FetchResponse:
    return FetchResponse(
        status=hop.status,
        url=asked.url,
        body=b"",
        content_type="",
        validators=None,
        retry_after=None,
        raw_bytes=0,
        location=there.url,
    )


class Asking(NamedTuple):
    """What is the same for every hop."""

    egress: Egress
    request: FetchRequest
    limits: FetchLimits
    room: Room

    async def hop(self, target: Target) -> FetchResponse | Redirect:
        """Ask `target`: the document's response, or where it redirects to."""
        asked = question(target, self.request, user_agent=self.egress.user_agent)
        answer = await self.egress.transport.ask("GET", target, asked.headers)
        try:
            head = Head(answer.fields)
            if answer.status in REDIRECTS:
                return _redirect(answer.status, head, target)
            return await self._read(answer, head, target, asked)
        finally:
            await answer.aclose()

    async def _read(self, answer: Received, head: Head, target: Target, asked: Question) -> FetchResponse:
        status = answer.status
        _refuse_parts(status, head, asked, target)
        content, raw_bytes = b"", 0
        if SUCCESS <= status < REDIRECTION:
            body = await read_body(answer, head, limits=self.limits, place=target.place, room=self.room)
            content, raw_bytes = body.content, body.raw_bytes
            if not content and self.request.purpose != "any":
                raise BadResponse(f"{target.place}: empty body (status {status})")
        elif status != NOT_MODIFIED:
            content = await read_opening(answer, head, self.limits.opening)
            raw_bytes = len(content)
        now = self.egress.clock.now()
        return FetchResponse(
            status=status,
            url=target.url,
            body=content,
            content_type=head.first(b"content-type") or "",
            validators=_validators(status, head, asked, target),
            retry_after=retry_after(head, now=now),
            raw_bytes=raw_bytes,
            fresh_for=fresh_for(head, now=now),
            partial=status == IM_USED,
            links=tuple([value.decode("latin-1") for value in head.values(b"link")]),
        )


def _refuse_parts(status: int, head: Head, asked: Question, target: Target) -> None:
    """Parts and differences that nobody asked for, taken for the whole, would make items vanish (RELIABILITY 12)."""
    if status == NOT_MODIFIED and asked.conditional is None:
        raise BadResponse(f"{target.place}: not modified (304), which nobody asked")
    if status == PARTIAL_CONTENT:
        raise BadResponse(f"{target.place}: a part of the document (206), which nobody asked for")
    if status == IM_USED and (asked.difference_to is None or not is_new_items(head, since=asked.difference_to)):
        raise BadResponse(f"{target.place}: a difference to the document (226), which nobody asked for")


def _validators(status: int, head: Head, asked: Question, target: Target) -> Validators | None:
    said = received_validators(head, target.url)
    if status == NOT_MODIFIED and asked.conditional is not None:
        return freshened(asked.conditional, said)
    return said


def _redirect(status: int, head: Head, target: Target) -> Redirect:
    values = head.values(b"location")
    if not values:
        raise BadResponse(f"{target.place}: a redirect ({status}) without a Location")
    return Redirect(status, values[0])
