"""The application: what is served, and how it is guarded."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from importlib import resources
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from starlette.status import HTTP_413_CONTENT_TOO_LARGE

from worker.service.outage import Outage
from worker.web import operations, outputs, subscriber_links
from worker.web.access import admit
from worker.web.guarding import Guarded
from worker.web.problems import tell_problems

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from worker.web.parts import Parts

HEARTBEAT_S = 5.0
STYLE = resources.files("worker.web").joinpath("static", "tocsin.css").read_bytes()


def make_app(parts: Parts) -> Guarded:
    """Return the application. All that it serves hangs on one router, which admits nobody to what is not listed."""
    app = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_beating)
    app.state.parts = parts
    app.state.figures = operations.Figures(parts)
    app.state.freshness = outputs.Freshness()
    root = APIRouter(dependencies=[Depends(admit), Depends(_refuse_too_long)])
    for router in (operations.router, outputs.router, subscriber_links.router, _own):
        root.include_router(router)
    app.include_router(root)
    tell_problems(app)
    return Guarded(app)


_own = APIRouter()


@_own.api_route("/static/tocsin.css", methods=["GET", "HEAD"])
async def style() -> Response:
    """Return the one style sheet."""
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


def _refuse_too_long(request: Request) -> None:
    if request.state.too_long:
        raise HTTPException(HTTP_413_CONTENT_TOO_LARGE)


@asynccontextmanager
async def _beating(app: FastAPI) -> AsyncIterator[None]:
    """Tell the database that we live, from the loop that answers: where that stands still, so do the heartbeats."""
    beating = asyncio.create_task(_beat(app.state.parts))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat(parts: Parts) -> None:
    database = Outage("the database")
    while True:
        await asyncio.to_thread(_beat_once, parts, database)
        await asyncio.sleep(HEARTBEAT_S)


def _beat_once(parts: Parts, database: Outage) -> None:
    with database.endured():
        parts.engine.heartbeat("web", os.getpid())
