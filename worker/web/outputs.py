"""Output feeds: `/out/{token}.atom` and `/out/{token}.json`, for whoever has the token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.status import HTTP_304_NOT_MODIFIED, HTTP_404_NOT_FOUND

from worker.alerts import atom, json_feed
from worker.web.freshness import Freshness, is_fresh, validators
from worker.web.parts import TheParts

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.outfeed import OutFeed
    from worker.web.parts import Parts

__all__ = ["Freshness", "router"]

router = APIRouter()

NO_FEED = "There is no such feed, or it may be read no more."


@router.api_route("/out/{token}.atom", methods=["GET", "HEAD"])
def atom_feed(token: str, request: Request, parts: TheParts) -> Response:
    """Return the latest alerts as Atom."""

    def write(feed: OutFeed) -> bytes:
        return atom.atom(feed, address=f"{parts.address}/out/{token}.atom")

    return _answer(request, parts, token, write, f"{atom.MEDIA_TYPE}; charset=utf-8")


@router.api_route("/out/{token}.json", methods=["GET", "HEAD"])
def json_feed_(token: str, request: Request, parts: TheParts) -> Response:
    """Return the latest alerts as a JSON Feed."""

    def write(feed: OutFeed) -> bytes:
        return json_feed.json_feed(feed, address=f"{parts.address}/out/{token}.json")

    return _answer(request, parts, token, write, json_feed.MEDIA_TYPE)


def _answer(request: Request, parts: Parts, token: str, write: Callable[[OutFeed], bytes], kind: str) -> Response:
    found = parts.engine.store.output_feed(token)
    if found is None:
        raise HTTPException(HTTP_404_NOT_FOUND, NO_FEED)
    body, freshness = write(found), request.app.state.freshness
    now = parts.engine.clock.now()
    state = freshness.state_of(request.url.path, body, now=now)
    headers = {"Cache-Control": "private, no-cache", **validators(state, now=now)}
    if is_fresh(request.headers, state):
        return Response(status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(body, media_type=kind, headers=headers)
