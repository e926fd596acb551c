"""The countries that a query looks for, with some of their names, to be shown beside it. PURE."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.tree import And, Country, Not, Or

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worker.watchlists.tree import Node

_MARK = "country"


def countries_named(query: str) -> dict[str, tuple[str, ...]]:
    """Return the countries of a query, code -> some names; nothing where it is wrong."""
    if _MARK not in query.lower():
        return {}
    from worker.watchlists.countries import shown  # noqa: PLC0415 - it loads CLDR

    with suppress(QueryError):
        return {code: shown(code) for code in dict.fromkeys(_codes(parse_canonical(query)))}
    return {}


def _codes(node: Node) -> Iterator[str]:
    if isinstance(node, Country):
        yield node.code
    elif isinstance(node, Not):
        yield from _codes(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _codes(part)
