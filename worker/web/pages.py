"""Small pages for people: no script, one style sheet of our own, everything escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("worker.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    template: str, shown: Mapping[str, object], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return the page that `template` makes of what is `shown`."""
    return HTMLResponse(_templates().get_template(template).render(shown), status, dict(headers or {}))
