"""What watches over the service asks: does the process live, is work done in time, what do the figures say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.status import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from worker.errors import StoreUnavailable
from worker.pipeline.claim import manners_of
from worker.pipeline.health import late_work
from worker.web.exposition import exposed
from worker.web.parts import Remembered, TheParts

if TYPE_CHECKING:
    from worker.store.presence import AgesRow
    from worker.store.rows import StatusRow
    from worker.web.parts import Parts

router = APIRouter()

READY_EVERY_S = 5.0
FIGURES_EVERY_S = 15.0
"""So old may be what is told, however often it is asked for."""


class Figures:
    """What the database says of the service, asked for at most every few seconds."""

    def __init__(self, parts: Parts) -> None:
        engine = parts.engine

        def ages() -> AgesRow:
            return engine.store.ages(now=engine.clock.now(), manners=manners_of(engine.settings))

        def status() -> StatusRow:
            return engine.store.status(now=engine.clock.now(), manners=manners_of(engine.settings))

        self.ages = Remembered(ages, seconds=READY_EVERY_S)
        self.status = Remembered(status, seconds=FIGURES_EVERY_S)
        self.all = Remembered(lambda: engine.store.figures(now=engine.clock.now()), seconds=FIGURES_EVERY_S)


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> Response:
    """Say that the process lives and answers; nothing else is asked."""
    return JSONResponse({"alive": True})


@router.api_route("/readyz", methods=["GET", "HEAD"])
def readyz(request: Request, parts: TheParts) -> Response:
    """Say whether work is done in time: 503 where it is not, or where the database does not answer."""
    try:
        ages = request.app.state.figures.ages.get()
    except StoreUnavailable:
        return JSONResponse({"ready": False, "database": False}, HTTP_503_SERVICE_UNAVAILABLE)
    late = late_work(ages, tick=parts.engine.settings.tick)
    told = {"ready": not late, "database": True, "late": {one.what: round(one.seconds, 1) for one in late}}
    return JSONResponse(told, HTTP_503_SERVICE_UNAVAILABLE if late else HTTP_200_OK)


@router.api_route("/metrics", methods=["GET", "HEAD"])
def metrics(request: Request, parts: TheParts) -> Response:
    """Tell the figures in the format of Prometheus, as they are in the database."""
    figures = request.app.state.figures
    now = parts.engine.clock.now()
    body, kind = exposed(figures.status.get(), figures.all.get(), now=now, accept=request.headers.get("accept", ""))
    return Response(body, media_type=kind)
