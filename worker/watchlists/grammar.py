"""The language's grammar: a query's tokens as a tree. PURE.

`parse` is the one way in; it refuses, with a caret, whatever INTERFACE 3 does not allow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.watchlists.leaves import MAX_WORDS, Scope, leaf
from worker.watchlists.tokens import OPERATORS, WIDTH, Kind, Token, tokens_of
from worker.watchlists.tree import LABELS, TEXT_FIELDS, And, Node, Not, Or, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 10_000
MAX_TERMS = 500
MAX_COSTLY = 50
COSTLY = 'regular expressions, "..."~n and phrases with *'
"""Each may be asked of all words of a text; there are MAX_COSTLY of all of them together."""
MAX_COUNTRIES = 60
"""Each has some hundred names, which are made when the first query needs them."""
MAX_DEPTH = 50
"""Parentheses and NOTs inside one another."""

MAX_CANONICAL = MAX_CHARACTERS + 20 * MAX_TERMS
"""Characters of what `canonical` writes: to each term it may add a field, quotes, OR and parentheses."""
_DEPTH_CANONICAL = 2 * MAX_DEPTH + 2
"""NOT NOT a is -(-a) there, and what is excluded, or in one field, may get parentheses of its own."""

_PLAIN = re.compile(rf'[A-Za-z0-9]+|"[A-Za-z0-9]+(?: [A-Za-z0-9]+){{0,{MAX_WORDS - 1}}}"')
"""A word or phrase of nothing but ASCII letters and digits, as most lists are: a short cut past the descent."""

_LEAVES: tuple[Kind, ...] = ("word", "prefix", "phrase", "pattern")


def parse(query: str) -> Node:
    """Return the tree of `query`; raise QueryError at the first thing that is wrong.

    query = or end
    """
    return _tree(query, longest=MAX_CHARACTERS, deepest=MAX_DEPTH)


def parse_canonical(query: str) -> Node:
    """Return the tree of the full query of a watch list, as `canonical` wrote it; raise QueryError if it is wrong.

    How long and how deep a query may be holds for what somebody writes, which is shorter and flatter now and then.
    """
    return _tree(query, longest=MAX_CANONICAL, deepest=_DEPTH_CANONICAL)


def _tree(query: str, *, longest: int, deepest: int) -> Node:
    if len(query) > longest:
        raise QueryError(f"write at most {longest:,} characters: this has {len(query):,}", query, longest)
    if words := plain_words(query):
        return Term(query.strip('"'), words, length=len(query))
    node = _Parser(query, deepest).query()
    if open_part := satisfied_by_nothing(node):
        raise QueryError(
            "write a word beside what is excluded: NOT alone would match nearly everything",
            query,
            open_part.offset,
            open_part.length,
        )
    return node


def plain_words(query: str) -> tuple[str, ...] | None:
    """Return the words of a query that is nothing but one plain word or phrase, else None."""
    if _PLAIN.fullmatch(query) and query not in OPERATORS:
        return tuple(query.strip('"').lower().split(" "))
    return None


def satisfied_by_nothing(node: Node, *, negated: bool = False) -> Node | None:
    """Return the part that makes a text without any of the terms match, or None if there is none.

    `negated`: it is the opposite of `node` that counts.
    """
    if isinstance(node, Not):
        inner = satisfied_by_nothing(node.part, negated=not negated)
        return node if inner and not negated else inner
    if not isinstance(node, And | Or):
        return node if negated else None
    found = [part for part in (satisfied_by_nothing(each, negated=negated) for each in node.parts) if part]
    if isinstance(node, And) is negated:  # one such part is enough
        return found[0] if found else None
    return node if len(found) == len(node.parts) else None


class _Parser:
    """Recursive descent with one token of look-ahead; at most `deepest` parentheses and NOTs deep."""

    def __init__(self, query: str, deepest: int) -> None:
        self._deepest = deepest
        self._query = query
        self._tokens: Iterator[Token] = tokens_of(query)
        self._next = next(self._tokens)
        self._last = self._next
        self._terms = 0
        self._costly = self._countries = 0
        self._depth = 0
        self._scope: Scope | None = None

    def query(self) -> Node:
        if self._at("end"):
            raise QueryError("write at least one word", self._query, 0)
        node = self._or()
        if self._at("close"):
            raise self._wrong('write a "(" for this ")", or leave it out', self._next)
        return node

    def _or(self) -> Node:
        """Alternatives.

        or = and ("OR" and)*
        """
        parts = [self._and()]
        while self._at("OR"):
            self._advance()
            parts.append(self._and())
        return _join(Or, parts)

    def _and(self) -> Node:
        """What must come together.

        and = not ("AND"? not)*
        """
        parts = [self._not()]
        while not self._at("OR", "close", "end"):
            if self._at("AND"):
                self._advance()
            parts.append(self._not())
        return _join(And, parts)

    def _not(self) -> Node:
        """What must, or must not, be there.

        not = ("NOT" | "-") not | scoped
        """
        sign = self._next
        if sign.kind not in ("NOT", "minus"):
            return self._scoped()
        self._enter(sign)
        self._advance()
        part = self._not()
        self._depth -= 1
        return Not(part, sign.offset, self._last.end - sign.offset)

    def _scoped(self) -> Node:
        """One thing, or a group, perhaps in one field only.

        scoped = (field ":")* atom
        """
        field = self._next
        if field.kind != "field":
            return self._atom()
        outer = self._scope
        self._scope = self._entered(field)
        self._advance()
        if self._next.offset != field.end or self._at("end", "close", "minus", "AND", "OR", "NOT"):
            reason = f"write right behind {field.text}: what it looks for, without a space"
            if self._next.offset == field.end and self._at("minus", "NOT"):
                reason = f"write the NOT before the field: -{field.text}:..."
            raise QueryError(reason, self._query, field.offset, field.length)
        node = self._scoped()
        self._scope = outer
        return node

    def _entered(self, field: Token) -> Scope:
        """The scope inside `field`: a text field may hold a country, nothing else holds anything."""
        outer = self._scope
        if outer is None:
            return Scope(field, None) if field.text not in TEXT_FIELDS else Scope(field, field)
        if field.text == "country" and outer.text_field is not None and outer.field is outer.text_field:
            return Scope(field, outer.text_field)
        reason = f"write {field.text}: apart: it cannot stand inside {outer.field.text}:"
        raise self._wrong(reason, field)

    def _atom(self) -> Node:
        """One thing.

        atom = "(" or ")" | ("=" | "~")? (word | prefix | phrase | pattern)
        """
        first = self._next
        if first.kind == "open":
            return self._group(first)
        if first.kind == "sign":
            self._advance()
            if self._next.offset != first.end or not self._at(*_LEAVES):
                raise self._wrong(f"write a word or a phrase right behind {first.text}", first)
        elif first.kind not in _LEAVES:
            raise self._missing(first)
        token = self._next
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise self._wrong(f"write at most {MAX_TERMS} words and phrases: this is one more", token)
        self._advance()
        self._hold_cost(token)
        return leaf(token, first if first is not token else None, self._scope, self._query)

    def _group(self, opening: Token) -> Node:
        """The inside of parentheses; they leave no trace in the tree."""
        if self._scope is not None and self._scope.field.text not in (*TEXT_FIELDS, *LABELS):
            raise self._wrong(f"write {self._scope.field.text}: before each name of its own", opening)
        self._enter(opening)
        self._advance()
        if self._at("close"):
            length = self._next.end - opening.offset
            raise QueryError("write words between the parentheses", self._query, opening.offset, length)
        node = self._or()
        if not self._at("close"):
            raise self._wrong('write a ")" for this "("', opening)
        self._advance()
        self._depth -= 1
        return node

    def _hold_cost(self, token: Token) -> None:
        """Count what is dear to look for; raise QueryError where it is too much."""
        if (
            token.kind == "pattern"
            or token.near is not None
            or (token.kind == "phrase" and "*" in token.text.translate(WIDTH))
        ):
            self._costly += 1
        elif self._scope is not None and self._scope.field.text == "country":
            self._countries += 1
        if self._costly > MAX_COSTLY:
            raise self._wrong(f"write at most {MAX_COSTLY} {COSTLY}: this is one more", token)
        if self._countries > MAX_COUNTRIES:
            raise self._wrong(f"write at most {MAX_COUNTRIES} countries: this is one more", token)

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > self._deepest:
            raise self._wrong(f"write at most {self._deepest} parentheses and NOTs inside one another", token)

    def _at(self, *kinds: Kind) -> bool:
        return self._next.kind in kinds

    def _advance(self) -> None:
        self._last = self._next
        self._next = next(self._tokens)

    def _missing(self, token: Token) -> QueryError:
        """What to say of `token`, found where a word, phrase or parenthesis must begin."""
        before = self._last
        if before is token:  # the query begins with it
            if token.kind == "close":
                return self._wrong('write a "(" for this ")", or leave it out', token)
            return self._wrong(f"write a word before {token.text}", token)
        if before.kind == "open":
            if token.kind == "end":
                return self._wrong('write a ")" for this "("', before)
            return self._wrong(f"write a word before {token.text}", token)
        if token.kind in ("AND", "OR"):
            return self._wrong(f"write a word between {before.text} and {token.text}", token)
        return self._wrong(f"write a word after {before.text}", before)

    def _wrong(self, reason: str, token: Token) -> QueryError:
        return QueryError(reason, self._query, token.offset, token.length)


def _join(kind: type[And | Or], parts: list[Node]) -> Node:
    """One node of `kind`, flat: parentheses around the same operator say nothing."""
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0], parts[-1]
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,)))
    return kind(flat, first.offset, last.offset + last.length - first.offset)
