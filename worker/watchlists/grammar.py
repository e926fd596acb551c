"""The language's grammar: a query as a tree. PURE.

`parse` is the one way in; it refuses, with a caret, whatever INTERFACE 3 does not allow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from worker.errors import QueryError
from worker.text.tokens import tokenize
from worker.watchlists.tokens import OPERATORS, Kind, Token, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 10_000
MAX_TERMS = 500
MAX_DEPTH = 50
"""Parentheses and NOTs inside one another."""


_PLAIN = re.compile(r'[A-Za-z0-9]+|"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*"')
"""A word or phrase of nothing but ASCII letters and digits, as most lists are: a short cut past the descent."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase to look for.

    Attributes:
        text: As the query writes it, from the first to the last letter or digit, white space made single.
        words: Its folded words, one or more: they follow each other directly in one field.
        offset, length: Its place in the query, in characters; no part of its meaning.
    """

    text: str
    words: tuple[str, ...]
    offset: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but `part`."""

    part: Node
    offset: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`: two or more, none of them an And."""

    parts: tuple[Node, ...]
    offset: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of `parts`: two or more, none of them an Or."""

    parts: tuple[Node, ...]
    offset: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


Node = Term | Not | And | Or


def parse(query: str) -> Node:
    """Return the tree of `query`; raise QueryError at the first thing that is wrong.

    query = or end
    """
    if len(query) > MAX_CHARACTERS:
        raise QueryError(f"write at most {MAX_CHARACTERS:,} characters: this has {len(query):,}", query, MAX_CHARACTERS)
    if _PLAIN.fullmatch(query) and query not in OPERATORS:
        text = query.strip('"')
        return Term(text, tuple(text.lower().split(" ")), 0, len(query))
    node = _Parser(query).query()
    if open_part := satisfied_by_nothing(node):
        raise QueryError(
            "write a word beside what is excluded: NOT alone would match nearly everything",
            query,
            open_part.offset,
            open_part.length,
        )
    return node


def term_of(text: str, query: str, offset: int, length: int) -> Term:
    """Make the term that says `text` and stands at `offset` of `query`; raise QueryError if it holds no word."""
    tokens = tokenize(text)
    if not tokens.words:
        raise QueryError("write letters or digits: there is no word in this", query, offset, length)
    clean = " ".join(text[tokens.starts[0] : tokens.ends[-1]].split())
    return Term(clean, tokens.words, offset, length)


def satisfied_by_nothing(node: Node, *, negated: bool = False) -> Node | None:
    """Return the part that makes a text without any of the terms match, or None if there is none.

    `negated`: it is the opposite of `node` that counts.
    """
    if isinstance(node, Term):
        return node if negated else None
    if isinstance(node, Not):
        inner = satisfied_by_nothing(node.part, negated=not negated)
        return node if inner and not negated else inner
    found = [part for part in (satisfied_by_nothing(each, negated=negated) for each in node.parts) if part]
    if isinstance(node, And) is negated:  # one such part is enough
        return found[0] if found else None
    return node if len(found) == len(node.parts) else None


class _Parser:
    """Recursive descent with one token of look-ahead; as deep as MAX_DEPTH allows."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens: Iterator[Token] = tokens_of(query)
        self._next = next(self._tokens)
        self._last = self._next
        self._terms = 0
        self._depth = 0

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

        not = ("NOT" | "-") not | atom
        """
        sign = self._next
        if sign.kind not in ("NOT", "minus"):
            return self._atom()
        self._enter(sign)
        self._advance()
        part = self._not()
        self._depth -= 1
        return Not(part, sign.offset, self._last.end - sign.offset)

    def _atom(self) -> Node:
        """One thing.

        atom = "(" or ")" | phrase | word
        """
        token = self._next
        if token.kind == "open":
            return self._group(token)
        if token.kind not in ("word", "phrase"):
            raise self._missing(token)
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise self._wrong(f"write at most {MAX_TERMS} words and phrases: this is one more", token)
        self._advance()
        return term_of(token.text, self._query, token.offset, token.length)

    def _group(self, opening: Token) -> Node:
        """The inside of parentheses; they leave no trace in the tree."""
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

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(f"write at most {MAX_DEPTH} parentheses and NOTs inside one another", token)

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
