"""Signs of a query in keywords, where they say nothing: a keyword is one phrase. PURE."""

from __future__ import annotations

import re

from worker.errors import QueryError
from worker.watchlists.canonical import canonical, term_of_keyword
from worker.watchlists.doubt import Doubt
from worker.watchlists.grammar import parse
from worker.watchlists.tokens import DASHES, QUOTE, WIDTH
from worker.watchlists.tree import And, Not, Or, Term

_SIGN = re.compile(
    rf"(?P<or>\|\|?)|(?P<and>&&)|(?P<weight>\^)(?=\d)|(?<=\w)(?P<letter>\?)(?=\w)"
    rf"|(?<!\S)(?:(?P<minus>[{DASHES}!])|(?P<plus>\+))(?=[^\W\d_]|\()|(?<!\S)(?P<operator>AND|OR|NOT)(?!\S)"
)
"""A dash before a digit or between words, as in "COVID -19" and "Kyiv - Lviv", is none."""

_ADDRESS = re.compile(r"://|(?<=\w)=")
"""A keyword that holds this has its question mark from an address."""

_IN_QUOTES = re.compile(rf"(?:{QUOTE}).*?(?:{QUOTE})")

_INSTEAD = {
    "or": "write each as a keyword of its own",
    "letter": "write each spelling as a keyword of its own",
    "weight": "leave ^ out",
    "plus": "leave + out",
    "minus": "put what it excludes under exclude",
}
_AS_QUERY = (
    (re.compile(r"\s*\|\|?\s*"), " OR "),
    (re.compile(r"\s*&&\s*"), " AND "),
    (re.compile(r"\^\d+(?:\.\d+)?"), ""),
    (re.compile(r"(?<!\S)\+(?=\S)"), ""),
    (re.compile(rf"(?<!\S)[{DASHES}!](?=\S)"), "-"),
)


def doubt_of_keyword(keyword: str, *, excluded: bool = False) -> Doubt | None:
    """Return what is doubtful in a keyword that can be read, or, `excluded`, in a term of `exclude`; None: nothing."""
    term = term_of_keyword(keyword)
    plain = _IN_QUOTES.sub(lambda found: "x" * len(found[0]), keyword.translate(WIDTH))
    of_address = _ADDRESS.search(plain) is not None
    sign = next((found for found in _SIGN.finditer(plain) if not (of_address and found["letter"])), None)
    if sign is None or not isinstance(term, Term):
        return None
    kind = str(sign.lastgroup)
    advice = [_INSTEAD[kind]] if kind in _INSTEAD else []
    if excluded and kind == "minus" and sign.start() == 0:
        advice = [f"leave {sign[0]} out: what stands here is excluded anyway"]
    elif query := _as_query(keyword, excluded=excluded):
        advice.append(f"write query: '{query}'")
    said = f'{sign[0]} says nothing in a keyword, which is one phrase; this looks for "{" ".join(term.words)}"'
    return Doubt(": ".join(filter(None, (said, ", or ".join(advice)))), sign.start(), len(sign[0]))


def _as_query(keyword: str, *, excluded: bool) -> str | None:
    """What the keyword would say as a query, if it is one."""
    query = keyword.translate(WIDTH)
    for sign, instead in _AS_QUERY:
        query = sign.sub(instead, query)
    try:
        node = parse(query.strip())
    except QueryError:
        return None
    if not isinstance(node, And | Or | Not):
        return None
    return f"... {canonical(Not(node))}" if excluded else canonical(node)
