"""All families, under one roof."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from servers.hostile import (
    bombs,
    codings,
    dates,
    drips,
    encodings,
    endless,
    framing,
    heads,
    ids,
    json_documents,
    manners,
    markup,
    redirects,
    resets,
    sizes,
    statuses,
    targets,
)

if TYPE_CHECKING:
    from servers.hostile.endpoint import Endpoint

FAMILIES = (
    bombs,
    codings,
    dates,
    drips,
    encodings,
    endless,
    framing,
    heads,
    ids,
    json_documents,
    manners,
    markup,
    redirects,
    resets,
    sizes,
    statuses,
    targets,
)


@cache
def every_endpoint() -> tuple[Endpoint, ...]:
    """Make every endpoint, with its bodies, once a process; takes a second or two."""
    return tuple(chain.from_iterable(family.endpoints() for family in FAMILIES))
