"""One thing that a query looks for, made of its tokens; or refused with what to write instead. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from worker.errors import QueryError
from worker.text.tokens import is_simple, tokenize
from worker.watchlists.foreign import refuse_foreign
from worker.watchlists.patterns import refuse_pattern
from worker.watchlists.tokens import WIDTH, Token
from worker.watchlists.tree import ANY, Country, Label, Leaf, ListRef, Pattern, Term, TextField, Way

if TYPE_CHECKING:
    from worker.watchlists.tree import LabelKind

MAX_WITHIN = 1_000
"""Positions that words near each other may be apart."""
_LONGEST_NUMBER = 9
"""Its digits, of whatever script: no more are read."""

MAX_WORDS = 100
"""Words of one phrase; in scripts without spaces each character is one."""

SHORTEST_PREFIX = 2
"""Letters before a star; one where a character is a word."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


class Scope(NamedTuple):
    """Where the parser is: behind which field, and behind which of text, if any."""

    field: Token
    text_field: Token | None


def leaf(token: Token, sign: Token | None, scope: Scope | None, query: str) -> Leaf:
    """Return what `token`, with the sign before it, looks for within `scope`; raise QueryError if it is wrong.

    Its place is that of all of it, the field included unless it stands before a group.
    """
    start = (sign or token).offset
    if scope is not None and scope.field.end == start:
        first = (
            scope.text_field if scope.text_field is not None and scope.text_field.end == scope.field.offset else None
        )
        start = (first or scope.field).offset
    length = token.end - start
    kind = scope.field.text if scope is not None else None
    if kind in ("lang", "tag", "country", "list"):
        if sign is not None or token.kind not in ("word", "phrase") or token.near is not None:
            raise QueryError(f"{kind}: takes a name and no signs", query, (sign or token).offset, token.length)
        name = " ".join(token.text.split())
        if kind == "country":
            return _country(name, cast("Scope", scope), query, token, start)
        if kind == "list":
            return ListRef(name, start, length)
        return _label(cast("LabelKind", kind), name, query, token, start)
    field = cast("TextField | None", kind)
    if token.kind == "pattern":
        exact = sign is not None
        if sign is not None and sign.text == "~":
            raise QueryError("~ stands before words: a regular expression has its own ways", query, sign.offset)
        refuse_pattern(token.text, query, token.offset + 1, exact=exact)
        return Pattern(token.text, exact, field, start, length)
    return _term(token, sign, field, query, start)


def term_of(text: str, query: str, offset: int, length: int) -> Term:
    """Make the plain term that says `text` and stands at `offset` of `query`; raise QueryError if it holds no word."""
    clean, words = _words(text, query, offset, length)
    return Term(clean, words, offset=offset, length=length)


def _words(text: str, query: str, offset: int, length: int) -> tuple[str, tuple[str, ...]]:
    """The text of a term from its first to its last letter or digit, and its folded words."""
    if is_simple(text):
        clean = " ".join(text.split())
        words = tuple(clean.lower().split(" "))
    else:
        tokens = tokenize(text)
        if not tokens.words:
            raise QueryError("write letters or digits: there is no word in this", query, offset, length)
        clean = " ".join(text[tokens.starts[0] : tokens.ends[-1]].split())
        words = tokens.words
    _hold_length(words, query, offset, length)
    return clean, words


def _term(token: Token, sign: Token | None, field: TextField | None, query: str, start: int) -> Term:
    way: Way = {"=": "exact", "~": "stem"}[sign.text] if sign is not None else "word"  # type: ignore[assignment]
    length = token.end - start
    if token.kind == "phrase":
        text, words = _phrase(token, query)
        within = _within(token, words, query) if token.near is not None else None
        return Term(text, words, way, within, field, start, length)
    if not token.text.isalnum():
        refuse_foreign(token.text or "*", query, token.offset)
    text, words = _words(token.text, query, token.offset, token.length)
    if token.kind == "word":
        return Term(text, words, way, None, field, start, length)
    star = token.end - 1
    if way != "word":
        reason = f"write either {sign.text if sign else ''} before the word or * behind it, not both"
        raise QueryError(reason, query, start, length)
    if not is_simple(token.text) and tokenize(token.text).ends[-1] != len(token.text):
        raise QueryError("write letters or digits right before *", query, star)
    first = words[0]
    alone = len(words) == 1 and len(first) < SHORTEST_PREFIX
    if alone and len(tokenize(first + first).words) == 1:
        raise QueryError(f"write at least {SHORTEST_PREFIX} letters before *", query, token.offset, token.length)
    return Term(text, words, "prefix", None, field, start, length)


def _phrase(token: Token, query: str) -> tuple[str, tuple[str, ...]]:
    """The text and the words of a phrase; a star of its own stands for any one word."""
    if ANY not in token.text.translate(WIDTH):
        return _words(token.text, query, token.offset, token.length)
    pieces = list(re.finditer(r"\S+", token.text))
    starred = [piece for piece in pieces if ANY in piece[0].translate(WIDTH)]
    inside = token.offset + 1
    for piece in starred:
        if len(piece[0]) > 1:
            reason = "inside quotes * stands for one whole word: write spaces around it, or word* without quotes"
            raise QueryError(reason, query, inside + piece.start(), len(piece[0]))
        if piece in (pieces[0], pieces[-1]):
            reason = "* at the edge of a phrase says nothing: leave it out"
            raise QueryError(reason, query, inside + piece.start())
    parts = [(ANY,) if piece in starred else tokenize(piece[0]).words for piece in pieces]
    words = tuple(word for part in parts for word in part)
    _hold_length(words, query, token.offset, token.length)
    if ANY in (words[0], words[-1]):
        raise QueryError("write letters or digits beside *", query, token.offset, token.length)
    return " ".join(ANY if piece in starred else piece[0] for piece in pieces), words


def _hold_length(words: tuple[str, ...], query: str, offset: int, length: int) -> None:
    if len(words) > MAX_WORDS:
        raise QueryError(
            f"write at most {MAX_WORDS} words in one phrase: this has {len(words):,}", query, offset, length
        )


def _within(token: Token, words: tuple[str, ...], query: str) -> int:
    near = token.near or ""
    at = token.end - len(near) - 1
    if not near.isdecimal() or len(near) > _LONGEST_NUMBER or not 1 <= int(near) <= MAX_WITHIN:
        reason = f'write behind ~ how many positions the words may be apart, 1 to {MAX_WITHIN:,}: "..."~5'
        raise QueryError(reason, query, at, token.end - at)
    if len(words) == 1:
        raise QueryError(
            "words near each other are two or more: write another, or leave ~ out", query, token.offset, token.length
        )
    if ANY in words:
        raise QueryError(
            "* and ~ do not go together: words near each other leave room between them",
            query,
            token.offset,
            token.length,
        )
    return int(near)


def _label(kind: LabelKind, name: str, query: str, token: Token, start: int) -> Label:
    length = token.end - start
    if kind == "tag":
        return Label("tag", name, start, length)
    code = name.lower().replace("_", "-")
    if not _LANGUAGE.fullmatch(code):
        raise QueryError("write a language's code, such as lang:uk or lang:pt-br", query, token.offset, token.length)
    return Label("lang", code, start, length)


def _country(name: str, scope: Scope, query: str, token: Token, start: int) -> Country:
    from worker.watchlists.countries import is_country, meant  # noqa: PLC0415 - it loads CLDR

    code = name.upper()
    if not is_country(code):
        near = " or ".join(meant(name))
        hint = f" (did you mean {near}?)" if near else ""
        reason = f"write a country's ISO 3166 code, such as country:UA{hint}"
        raise QueryError(reason, query, token.offset, token.length)
    field = scope.text_field
    return Country(code, cast("TextField", field.text) if field is not None else None, start, token.end - start)
