"""The language's tokens: a query's text in pieces, each with its place (INTERFACE 3). PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from worker.errors import QueryError
from worker.watchlists.tree import LABELS, TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
"""Straight, curly, low, angular, full-width: any of them closes a phrase that any of them opened."""

_HEBREW = "\u05d0-\u05ea\u05ef-\u05f2"
_GERSHAYIM = rf"(?<=[\u0591-\u05c7{_HEBREW}])[\"\u201c\u201d\u201f\uff02](?=[{_HEBREW}])"
"""Between two Hebrew letters a quote stands for the sign of an abbreviation (U+05F4), and is part of the word."""
QUOTE = rf"(?!{_GERSHAYIM})[{QUOTES}]"
"""A quote that begins or ends a phrase, as a regular expression."""

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
"""The minus, and what is taken for it; for a class of a regular expression."""

FIELDS = (*TEXT_FIELDS, *LABELS, "country", "list")
"""What may stand before a colon."""

Kind = Literal[
    "open", "close", "minus", "field", "sign", "word", "prefix", "phrase", "pattern", "AND", "OR", "NOT", "end"
]

OPERATORS: dict[str, Kind] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}

_SIGNS = ":*~=|-/!+?^&"
WIDTH = str.maketrans({ord(sign) + 0xFEE0: sign for sign in _SIGNS})
"""The signs' full-width forms, which East Asian keyboards write; sign for sign, so that places stay."""

_OPEN, _CLOSE = "(\uff08", ")\uff09"
_COLON, _EQUALS, _TILDE, _SLASH = ":\uff1a", "=\uff1d", "~\uff5e", "/\uff0f"
_PIECE = re.compile(
    rf"\s*+(?:(?P<open>[{_OPEN}])|(?P<close>[{_CLOSE}])|(?P<minus>-)|(?P<field>(?i:{'|'.join(FIELDS)}))[{_COLON}]"
    rf"|(?P<sign>[{_EQUALS}{_TILDE}])|(?P<pattern>[{_SLASH}](?>[^{_SLASH}\\]|\\.)*+(?P<ended>[{_SLASH}]?))"
    rf"|(?P<word>[^\s{_OPEN}{_CLOSE}{QUOTES}]++(?>{_GERSHAYIM}[^\s{_OPEN}{_CLOSE}{QUOTES}]++)*+)"
    rf"|(?P<phrase>[{QUOTES}](?P<inside>(?>[^{QUOTES}]++|{_GERSHAYIM})*+)(?P<closed>[{QUOTES}]?)"
    rf"(?:[{_TILDE}](?P<near>[^\s{_CLOSE}]*))?))",
    re.DOTALL,
)
_GLUED = re.compile(rf"[^\s{_OPEN}{_CLOSE}]+")
_BETWEEN_LETTERS = re.compile(_GERSHAYIM)
_MINUSES = re.compile("-+")


class Token(NamedTuple):
    """One piece; `offset` and `length` are those in the query.

    `text` is what it says: a phrase without its quotes, a pattern without its slashes, a word that goes on (prefix)
    without its star, a field in lower case. `near` is what follows a phrase's ~.
    """

    kind: Kind
    text: str
    offset: int
    length: int
    near: str | None = None

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
            yield _phrase(piece, query)
        elif kind == "minus":
            yield _minus(query, offset)
        elif kind == "open":
            yield Token("open", text, offset, 1)
        elif kind == "field":
            yield Token("field", text.lower(), offset - 1, len(text) + 1)
        elif kind == "sign":
            yield Token("sign", text.translate(WIDTH), offset, 1)
        elif kind == "pattern":
            yield _pattern(piece, query)
        else:
            yield Token("close", text, offset, 1)
    yield Token("end", "", len(query), 0)


def _word(text: str, query: str, offset: int) -> Token:
    if text in OPERATORS:
        return Token(OPERATORS[text], text, offset, len(text))
    end = offset + len(text)
    if query[end : end + 1] and query[end] in QUOTES and text[-1] not in _COLON:
        raise QueryError("write a space before the quote, or leave the quote out", query, end)
    if text[-1] in "*\uff0a":
        return Token("prefix", text[:-1], offset, len(text))
    return Token("word", text, offset, len(text))


def _phrase(piece: re.Match[str], query: str) -> Token:
    whole, inside, closed, near = piece.group("phrase", "inside", "closed", "near")
    offset = piece.end() - len(whole)
    if not closed:
        raise QueryError(f'write a closing " for this one{_hebrew_hint(inside)}', query, offset)
    if not inside.strip():
        raise QueryError("write words between the quotes", query, offset, len(inside) + 2)
    if near is None and _GLUED.match(query, piece.end()):
        raise QueryError("write a space after the closing quote", query, piece.end())
    return Token("phrase", inside, offset, len(whole), near)


def _hebrew_hint(inside: str) -> str:
    """Say why a quote within an unclosed phrase closes none."""
    if _BETWEEN_LETTERS.search(inside) is None:
        return ""
    return "; a quote between two Hebrew letters is part of the word: write a space behind the closing one"


def _pattern(piece: re.Match[str], query: str) -> Token:
    whole, ended = piece.group("pattern", "ended")
    offset = piece.end() - len(whole)
    if not ended:
        reason = "write a closing / for this one, or quotes around it if it is no regular expression"
        raise QueryError(reason, query, offset)
    if not whole[1:-1].strip():
        raise QueryError("write a regular expression between the slashes", query, offset, len(whole))
    if glued := _GLUED.match(query, piece.end()):
        reason = "write a space after the closing / (case does not matter, but in =/.../; a / inside is \\/)"
        raise QueryError(reason, query, piece.end(), len(glued[0]))
    return Token("pattern", whole[1:-1], offset, len(whole))


def _minus(query: str, offset: int) -> Token:
    dashes = _MINUSES.match(query, offset)
    end = dashes.end() if dashes else offset + 1
    if end == len(query) or query[end].isspace() or query[end] in _CLOSE:
        raise QueryError("write - right before what it excludes, or leave it out", query, offset, end - offset)
    if end > offset + 1:
        raise QueryError("write one - to exclude", query, offset, end - offset)
    return Token("minus", "-", offset, 1)
