"""The language's tokens: a query's text in pieces, each with its place (INTERFACE 3). PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from worker.errors import QueryError
from worker.watchlists.foreign import refuse_foreign, refuse_star

if TYPE_CHECKING:
    from collections.abc import Iterator

QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
"""Straight, curly, low, angular, full-width: any of them closes a phrase that any of them opened."""

Kind = Literal["open", "close", "minus", "word", "phrase", "AND", "OR", "NOT", "end"]

OPERATORS: dict[str, Kind] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}

_OPEN, _CLOSE = "(\uff08", ")\uff09"
_PIECE = re.compile(
    rf"\s*(?:(?P<open>[{_OPEN}])|(?P<close>[{_CLOSE}])|(?P<minus>-)|(?P<word>[^\s{_OPEN}{_CLOSE}{QUOTES}]+)"
    rf"|(?P<phrase>[{QUOTES}](?P<inside>[^{QUOTES}]*)(?P<closed>[{QUOTES}]?)))"
)
_GLUED = re.compile(rf"[^\s{_OPEN}{_CLOSE}]+")
_DASHES = re.compile("-+")


class Token(NamedTuple):
    """One piece: `text` is what it says, a phrase without its quotes; `offset` and `length` are those in the query."""

    kind: Kind
    text: str
    offset: int
    length: int

    @property
    def end(self) -> int:
        """Where the next character stands."""
        return self.offset + self.length


def tokens_of(query: str) -> Iterator[Token]:
    """Yield the tokens of `query`, an "end" last; raise QueryError at what is none."""
    for piece in _PIECE.finditer(query):
        kind = piece.lastgroup
        text = piece[kind or 0]
        offset = piece.end() - len(text)
        if kind == "word":
            yield _word(text, query, offset)
        elif kind == "phrase":
            yield _phrase(piece, query, offset)
        elif kind == "minus":
            yield _minus(query, offset)
        elif kind == "open":
            yield Token("open", text, offset, 1)
        else:
            yield Token("close", text, offset, 1)
    yield Token("end", "", len(query), 0)


def _word(text: str, query: str, offset: int) -> Token:
    if text in OPERATORS:
        return Token(OPERATORS[text], text, offset, len(text))
    if not text.isalnum():
        refuse_foreign(text, query, offset)
    end = offset + len(text)
    if query[end : end + 1] and query[end] in QUOTES:
        raise QueryError("write a space before the quote, or leave the quote out", query, end)
    return Token("word", text, offset, len(text))


def _phrase(piece: re.Match[str], query: str, offset: int) -> Token:
    whole, inside, closed = piece.group("phrase", "inside", "closed")
    if not closed:
        raise QueryError('write a closing " for this one', query, offset)
    if not inside.strip():
        raise QueryError("write words between the quotes", query, offset, len(whole))
    refuse_star(inside, query, offset + 1)
    glued = _GLUED.match(query, piece.end())
    if glued and glued[0].startswith(("~", "\uff5e")):
        raise QueryError(
            'words near each other ("..."~5) are not in the language yet: write the words, or the phrase alone',
            query,
            glued.start(),
            len(glued[0]),
        )
    if glued:
        raise QueryError("write a space after the closing quote", query, glued.start())
    return Token("phrase", inside, offset, len(whole))


def _minus(query: str, offset: int) -> Token:
    dashes = _DASHES.match(query, offset)
    end = dashes.end() if dashes else offset + 1
    if end == len(query) or query[end].isspace() or query[end] in _CLOSE:
        raise QueryError("write - right before what it excludes, or leave it out", query, offset, end - offset)
    if end > offset + 1:
        raise QueryError("write one - to exclude", query, offset, end - offset)
    return Token("minus", "-", offset, 1)
