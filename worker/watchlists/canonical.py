"""A query written back: one way to say each thing, and `keywords`/`exclude` said in the language. PURE."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.watchlists.grammar import MAX_CHARACTERS, parse, parse_canonical
from worker.watchlists.leaves import term_of
from worker.watchlists.tokens import FIELDS, OPERATORS, QUOTE, QUOTES, WIDTH
from worker.watchlists.tree import And, Country, Label, ListRef, Node, Not, Or, Pattern, Term, TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.watchlists.tree import Leaf

_BARE = re.compile(r"[^\W_]+(?:[-.'\u2019][^\W_]+)*")
_QUOTE = re.compile(QUOTE)
_SIGNED = re.compile(rf"\s*(?:[=~]|/.+/\s*\Z|(?i:{'|'.join(FIELDS)}):(?=\S))|\s*\S+\*\s*\Z")
"""A keyword that is one thing of the language and no plain phrase."""
_IN_KEYWORD = re.compile(
    rf"^\s*(?P<sign>-)|(?P<mark>[*~])|(?<!\w)(?P<field>(?i:{'|'.join(FIELDS)}):)(?=\S)"
    r"|(?<!\S)(?P<operator>AND|OR|NOT)(?!\S)"
)
_SIGN_OF = {"exact": "=", "stem": "~"}


def canonical(node: Node) -> str:
    """Write `node` as a query: `parse` of it gives an equal tree. AND is a space, NOT is -."""
    return _written(node, within=None)


def shown(node: Leaf) -> str:
    """Say what a leaf looks for, as a reader of an alert likes it: without quotes and field."""
    if isinstance(node, Term):
        return f"{node.text}*" if node.way == "prefix" else node.text
    return _leaf(node)


def field_of(node: Node) -> TextField | None:
    """Return the one text field in which all of `node` looks, if it is so."""
    if isinstance(node, Term | Pattern | Country):
        return node.field
    if isinstance(node, Not):
        return field_of(node.part)
    if isinstance(node, Label | ListRef):
        return None
    first = field_of(node.parts[0])
    return first if all(field_of(part) == first for part in node.parts[1:]) else None


def _written(node: Node, *, within: TextField | None) -> str:
    """Write `node`, where the field `within` is said already."""
    field = field_of(node)
    if field is not None and within is None and not isinstance(node, Not):
        inside = _written(node, within=field)
        return f"{field}:({inside})" if isinstance(node, And | Or) else f"{field}:{inside}"
    if isinstance(node, Not):
        return f"-{_enclosed(node.part, And, Or, Not, within=within)}"
    if isinstance(node, And):
        return " ".join(_enclosed(part, Or, within=within) for part in node.parts)
    if isinstance(node, Or):
        return " OR ".join(_written(part, within=within) for part in node.parts)
    return _leaf(node)


def _leaf(leaf: Leaf) -> str:
    if isinstance(leaf, Term):
        return _term(leaf)
    if isinstance(leaf, Pattern):
        return f"{'=' if leaf.exact else ''}/{leaf.text}/"
    if isinstance(leaf, Country):
        return f"country:{leaf.code}"
    kind, name = ("list", leaf.name) if isinstance(leaf, ListRef) else (leaf.kind, leaf.value)
    return f"{kind}:{_bare_or_quoted(name)}"


def _enclosed(node: Node, *kinds: type[Node], within: TextField | None) -> str:
    """Write `node`, in parentheses if it is one of `kinds` and has none of its field."""
    written = _written(node, within=within)
    fielded = within is None and not isinstance(node, Not) and field_of(node) is not None
    return f"({written})" if isinstance(node, kinds) and not fielded else written


def _term(term: Term) -> str:
    if term.way == "prefix":
        return f"{term.text}*"
    sign = _SIGN_OF.get(term.way, "")
    near = f"~{term.within}" if term.within is not None else ""
    return f'{sign}"{term.text}"{near}' if near else sign + _bare_or_quoted(term.text)


def _bare_or_quoted(text: str) -> str:
    return text if _BARE.fullmatch(text) and text not in OPERATORS else f'"{text}"'


def query_of(keywords: Sequence[str], exclude: Sequence[str], query: str | None) -> str:
    """Return the whole canonical query of a watch list: any of `keywords`, or `query`; and none of `exclude`.

    Each keyword and excluded term is a plain phrase, or one thing of the language: ukrain*, =NATO, ~invade, country:UA,
    a regular expression. Raises QueryError, whose `query` is the very keyword if that is wrong.
    """
    if query is not None and keywords:
        raise QueryError("write either keywords or a query", query, 0, len(query))
    wanted = parse(query) if query is not None else _any_of(keywords)
    parts = wanted.parts if isinstance(wanted, And) else (wanted,)
    whole = canonical(And((*parts, *map(Not, map(term_of_keyword, exclude))))) if exclude else canonical(wanted)
    written = sum(map(len, (*keywords, *exclude, query or "")))
    if written > MAX_CHARACTERS:
        reason = f"write at most {MAX_CHARACTERS:,} characters: this has {written:,} with all that is excluded"
        raise QueryError(reason, whole, 0, len(whole))
    parse_canonical(whole)  # its other limits hold for the whole, too
    return whole


def _any_of(keywords: Sequence[str]) -> Node:
    if not keywords:
        raise QueryError("write keywords or a query", "", 0)
    terms = tuple(map(term_of_keyword, keywords))
    return Or(terms) if len(terms) > 1 else terms[0]


def term_of_keyword(keyword: str) -> Node:
    """Return the phrase, or the one thing of the language, that `keyword` is; raise QueryError if it is neither.

    Its place is the whole keyword.
    """
    plain = keyword.translate(WIDTH)
    if _SIGNED.match(plain):
        node = parse(_sign_and_phrase(keyword))
        if not isinstance(node, And | Or | Not):
            return replace(node, offset=0, length=len(keyword))
    if found := _IN_KEYWORD.search(plain):
        text = found[found.lastgroup or 0]
        hint = " (small, if it is a word of the phrase)" if found["operator"] else ""
        reason = f"a keyword is one word, phrase or term: leave {text} out{hint}, or write a query"
        raise QueryError(reason, keyword, found.end() - len(text), len(text))
    return term_of(_QUOTE.sub(" ", keyword), keyword, 0, len(keyword))


def _sign_and_phrase(keyword: str) -> str:
    """Put the words behind = or ~ in quotes, where there are several."""
    words = keyword.strip()
    several = words[0] in _SIGN_OF.values() and len(words.split()) > 1 and words[1] not in QUOTES + "/"
    return f'{words[0]}"{words[1:]}"' if several else words
