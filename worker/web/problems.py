"""What goes wrong, told: as RFC 9457 JSON, to people as a small page. Neither says anything that was not for all."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from worker.errors import StoreUnavailable
from worker.web.pages import page

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

log = structlog.get_logger(__name__)

FOR_PEOPLE = "/links/"
"""What lies below this path is read by people."""

RETRY_AFTER_S = 5


def tell_problems(app: FastAPI) -> None:
    """Have the application answer its errors so."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(StoreUnavailable, _database_away)
    app.add_exception_handler(Exception, _our_mistake)


def problem(
    request: Request, status: int, detail: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    """Return the answer for an error."""
    title = HTTPStatus(status).phrase
    if request.url.path.startswith(FOR_PEOPLE):
        return page("problem.html", {"title": title, "detail": detail}, status=status, headers=headers)
    told = {"type": "about:blank", "title": title, "status": status} | ({"detail": detail} if detail else {})
    return JSONResponse(told, status, headers, media_type="application/problem+json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    detail = None if error.detail == HTTPStatus(error.status_code).phrase else error.detail
    return problem(request, error.status_code, detail, dict(error.headers or {}))


async def _not_understood(request: Request, _: Exception) -> Response:
    return problem(request, HTTPStatus.BAD_REQUEST)  # what was sent is not repeated


async def _database_away(request: Request, error: Exception) -> Response:
    log.warning("the database is away", error=str(error))
    detail = "The database does not answer; try again in a moment."
    return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(RETRY_AFTER_S)})


async def _our_mistake(request: Request, _: Exception) -> Response:
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR)  # the log has the rest
