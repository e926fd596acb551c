"""A query written back: one way to say each thing, and `keywords`/`exclude` said in the language. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.watchlists.foreign import refuse_in_keyword
from worker.watchlists.grammar import And, Node, Not, Or, Term, parse, term_of
from worker.watchlists.tokens import OPERATORS, QUOTES

if TYPE_CHECKING:
    from collections.abc import Sequence

_BARE = re.compile(r"[^\W_]+(?:[-.'\u2019][^\W_]+)*")
_QUOTES_AWAY = str.maketrans(dict.fromkeys(QUOTES, " "))


def canonical(node: Node) -> str:
    """Write `node` as a query: `parse` of it gives an equal tree. AND is a space, NOT is -."""
    if isinstance(node, Term):
        bare = _BARE.fullmatch(node.text) and node.text not in OPERATORS
        return node.text if bare else f'"{node.text}"'
    if isinstance(node, Not):
        return f"-{_enclosed(node.part, And, Or, Not)}"
    if isinstance(node, And):
        return " ".join(_enclosed(part, Or) for part in node.parts)
    return " OR ".join(map(canonical, node.parts))


def _enclosed(node: Node, *kinds: type[Node]) -> str:
    """Write `node`, in parentheses if it is one of `kinds`."""
    return f"({canonical(node)})" if isinstance(node, kinds) else canonical(node)


def query_of(keywords: Sequence[str], exclude: Sequence[str], query: str | None) -> str:
    """Return the whole canonical query of a watch list: any of `keywords`, or `query`; and none of `exclude`.

    Each keyword and excluded term is a phrase. Raises QueryError, whose `query` is the very keyword if that is wrong.
    """
    if query is not None and keywords:
        raise QueryError("write either keywords or a query", query, 0, len(query))
    wanted = parse(query) if query is not None else _any_of(keywords)
    parts = wanted.parts if isinstance(wanted, And) else (wanted,)
    whole = canonical(And((*parts, *map(Not, map(_keyword, exclude))))) if exclude else canonical(wanted)
    parse(whole)  # its limits hold for the whole, too
    return whole


def _any_of(keywords: Sequence[str]) -> Node:
    if not keywords:
        raise QueryError("write keywords or a query", "", 0)
    terms = tuple(map(_keyword, keywords))
    return Or(terms) if len(terms) > 1 else terms[0]


def _keyword(keyword: str) -> Term:
    """The phrase that `keyword` is; what looks like the query language is refused, not taken for punctuation."""
    refuse_in_keyword(keyword)
    return term_of(keyword.translate(_QUOTES_AWAY), keyword, 0, len(keyword))
