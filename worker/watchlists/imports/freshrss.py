"""FreshRSS: user queries, which stand in `data/users/NAME/config.php` under `queries`.

That is the only place: FreshRSS exports feeds (OPML) and items, but no queries (its issues 851 and 4278). How searches
are written stands in its docs/en/users/10_filter.md and app/Models/Search.php, `get` and `state` in UserQuery.php.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Final

from worker.errors import ParseError
from worker.feeds.limits import MAX_NAME
from worker.text.clean import one_line
from worker.watchlists.imports.model import Found, FoundList, LeftOut, NoCounterpart
from worker.watchlists.imports.search_text import Ways, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_QUERIES: Final = 10_000

FIELDS: Final = {
    "intitle:": "title:",
    "intext:": "text:",
    "inurl:": "link:",
    "author:": "author:",
    "#": "category:",
}
"""Left out: dates, labels, which a person gives in FreshRSS, and what has a number there: `f:`, `c:`, `e:`, `L:`."""

_PLACES: Final = {
    "c": "its category {}",
    "f": "its feed {}",
    "t": "its label {}",
    "T": "what has a label",
    "s": "favourites",
    "i": "important feeds",
}
_GET: Final = re.compile(r"([A-Za-z])(?:_([0-9]{1,20}))?")

READ, NOT_READ, FAVOURITE, NOT_FAVOURITE = 1, 2, 4, 8
"""Bits of `state`: FreshRSS_Entry::STATE_READ and so on."""


@dataclass(frozen=True, slots=True)
class _Query:
    """A user query as FreshRSS keeps it."""

    name: str
    search: str
    get: str
    state: int


def user_queries(configuration: object) -> Found:
    """Return what becomes of the user queries of a configuration: a mapping with `queries`, or these alone.

    Raises:
        ParseError: It is neither, or there are more than 10,000.
    """
    queries = list(_queries(configuration))
    if len(queries) > MOST_QUERIES:
        raise ParseError(f"there are more than {MOST_QUERIES:,} queries")
    outcomes: dict[str, FoundList | LeftOut] = {}
    needs: dict[str, set[str]] = {}
    left_out: list[LeftOut] = []
    for query in queries:
        if query.name in outcomes:
            left_out.append(LeftOut(query.name, "another query of the file has this name"))
            continue
        asked: set[str] = set()
        outcomes[query.name] = _outcome(query, queries, asked)
        needs[query.name] = asked
    _drop_needy(outcomes, needs)
    lists = tuple(one for one in outcomes.values() if isinstance(one, FoundList))
    left = (*(one for one in outcomes.values() if isinstance(one, LeftOut)), *left_out)
    return Found("FreshRSS", lists, left_out=left)


def _queries(configuration: object) -> Iterator[_Query]:
    found = configuration.get("queries") if isinstance(configuration, dict) else configuration
    queries = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(queries, list):
        raise ParseError("there are no `queries` in it, as in FreshRSS's data/users/NAME/config.php")
    for number, query in enumerate(queries, 1):
        if not isinstance(query, dict):
            raise ParseError(f"its query {number} is none of FreshRSS's")
        name = one_line(_text(query, "name"))[:MAX_NAME].strip()
        state = query.get("state")
        yield _Query(
            name=name or f"FreshRSS query {number}",
            search=_text(query, "search"),
            get=_text(query, "get"),
            state=state if isinstance(state, int) else 0,
        )


def _text(query: Mapping[object, object], key: str) -> str:
    """Return a text, which FreshRSS keeps as HTML would have it."""
    value = query.get(key)
    return unescape(value).strip() if isinstance(value, str) else ""


def _outcome(query: _Query, queries: list[_Query], asked: set[str]) -> FoundList | LeftOut:
    """Translate one query; the names of those that it refers to go into `asked`."""

    def reference(field: str, value: str) -> str | None:
        if field == "search:":
            asked.add(value)
            return value
        if field == "S:" and value.isascii() and value.isdigit() and 0 < int(value[:9]) <= len(queries):
            asked.add(queries[int(value[:9]) - 1].name)
            return queries[int(value[:9]) - 1].name
        return None

    if not query.search:
        return LeftOut(query.name, "it looks for no words")
    ways = Ways("FreshRSS", FIELDS, patterns=True, any_case=True, reference=reference)
    try:
        ours = translated(query.search, ways)
    except NoCounterpart as error:
        return LeftOut(query.name, str(error))
    if place := _place(query):
        return LeftOut(query.name, f"it looks at {place} of FreshRSS only", ours)
    return FoundList(query.name, ours)


def _place(query: _Query) -> str | None:
    """Say which part of FreshRSS a query looks at, in which what is new would not be or cannot be told; or None."""
    get = _GET.fullmatch(query.get)
    if query.get and (get is None or get[1] not in "aA"):
        return _PLACES.get(get[1], query.get).format(get[2] or "") if get else query.get
    if query.state & READ and not query.state & NOT_READ:
        return "read items"
    if query.state & FAVOURITE and not query.state & NOT_FAVOURITE:
        return "favourites"
    return None


def _drop_needy(outcomes: dict[str, FoundList | LeftOut], needs: Mapping[str, set[str]]) -> None:
    """Leave out lists that refer to what is no list, and those that refer to them."""
    dropped = True
    while dropped:
        dropped = False
        for name, outcome in outcomes.items():
            missing = sorted(one for one in needs[name] if not isinstance(outcomes.get(one), FoundList))
            if missing and isinstance(outcome, FoundList):
                outcomes[name] = LeftOut(name, f"it refers to the query {missing[0]!r}, which is left out")
                dropped = True
