"""The countries that a query looks for, with some of their names, to be shown beside it. PURE."""

from __future__ import annotations

from contextlib import suppress

from worker.errors import QueryError
from worker.watchlists.grammar import parse_canonical
from worker.watchlists.tree import Country, leaves_of

_MARK = "country"


def countries_named(query: str) -> dict[str, tuple[str, ...]]:
    """Return the countries of a query, code -> some names; nothing where it is wrong."""
    if _MARK not in query.lower():
        return {}
    from worker.watchlists.countries import shown  # noqa: PLC0415 - it loads CLDR

    with suppress(QueryError):
        found = [leaf.code for leaf in leaves_of(parse_canonical(query)) if isinstance(leaf, Country)]
        return {code: shown(code) for code in dict.fromkeys(found)}
    return {}
