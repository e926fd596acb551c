"""A search as other readers write it, put into our language piece by piece."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from worker.errors import QueryError
from worker.watchlists.grammar import MAX_CHARACTERS, parse
from worker.watchlists.imports.model import NoCounterpart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PIECE: Final = re.compile(
    r"""\s*(?:
        (?P<open>[!-]*\() | (?P<close>\)) | (?P<bar>\|)
      | (?P<sign>[!+-])?(?:(?P<field>\#|[A-Za-z]{1,20}:))?(?:
            /(?P<pattern>(?:[^/\\\n]|\\.)+)/(?P<flags>[a-z]*)(?=[\s)]|\Z)
          | "(?P<double>[^"]*)" | '(?P<single>[^']*)'(?=[\s)]|\Z)
          | (?P<word>(?:\\[()]|[^\s()|])+)
          | (?P<nothing>(?=[\s()|]|\Z))
        )
    )""",
    re.VERBOSE,
)
_BARE: Final = re.compile(r"[^\W_]+(?:[-.'\u2019][^\W_]+)*")
_QUOTES: Final = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
_OPERATORS: Final = frozenset({"AND", "OR", "NOT"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Ways:
    """How one reader writes searches.

    Attributes:
        reader: Its name.
        fields: Its words before a colon, and `#`, each with ours; "" where ours looks there anyway.
        patterns: Whether it knows regular expressions; they mind case, unless the flag `i` says otherwise.
        bar: Whether `|` is OR.
        any_case: Whether `or` is.
        refused: What else it has that looks like words.
        reference: Returns the name of the search that a field and its value refer to; None where they refer to none.
    """

    reader: str
    fields: Mapping[str, str]
    patterns: bool = False
    bar: bool = False
    any_case: bool = False
    refused: re.Pattern[str] | None = None
    reference: Callable[[str, str], str | None] = lambda _, __: None


def translated(search: str, ways: Ways) -> str:
    """Return what `search` says, in our language; it can be read.

    Raises:
        NoCounterpart: It asks for something that cannot be said, or makes no sense.
    """
    if len(search) > MAX_CHARACTERS:
        raise NoCounterpart(f"it has more than {MAX_CHARACTERS:,} characters")
    text = _CONTROL.sub(" ", search).strip()
    if ways.refused is not None and (strange := ways.refused.search(text)):
        raise NoCounterpart(f"Tocsin has no counterpart of {ways.reader}'s `{strange[0]}`")
    said: list[str] = []
    glue = ""
    for piece in _PIECE.finditer(text):
        if piece.end() == piece.start():
            continue
        if piece["close"]:
            said.append(")")
        else:
            said.append(glue + _piece(piece, ways))
        glue = "" if said[-1].endswith("(") else " "
    query = "".join(said)
    try:
        parse(query)
    except QueryError as error:
        raise NoCounterpart(f"put into Tocsin's language it cannot be read: {error.reason}") from error
    return query


def _piece(piece: re.Match[str], ways: Ways) -> str:
    if piece["open"]:
        negated = len(piece["open"]) % 2 == 0
        return "-(" if negated else "("
    if piece["bar"]:
        if not ways.bar:
            raise NoCounterpart("`|` is nothing that can be looked for")
        return "OR"
    sign = "-" if piece["sign"] in {"!", "-"} else ""
    field, bare = piece["field"] or "", piece["word"]
    if not (field or sign) and bare and (bare in {"AND", "OR"} or (ways.any_case and bare.upper() == "OR")):
        return bare.upper()
    value = next((text for text in piece.group("double", "single", "word") if text is not None), None)
    if (name := ways.reference(field, value or "")) is not None:
        return f"{sign}list:{_phrase(name)}"
    if field and field.lower() not in ways.fields:
        if field.endswith(":"):
            raise NoCounterpart(f"Tocsin has no counterpart of {ways.reader}'s `{field}`")
        raise NoCounterpart(f"{ways.reader} has no tags (`{field}`)")
    ours = ways.fields.get(field.lower(), "")
    if piece["pattern"] is not None:
        return f"{sign}{ours}{_pattern(piece['pattern'], piece['flags'], ways)}"
    if value is None:
        raise NoCounterpart(f"nothing stands after `{field or piece['sign']}`")
    return f"{sign}{ours}{_words(value, ours, quoted=bare is None)}"


def _words(value: str, field: str, *, quoted: bool) -> str:
    text = value if quoted else re.sub(r"\\([()])", r"\1", value)
    if field == "category:":
        text = text.replace("+", " ")
    if "*" in text:
        raise NoCounterpart(f"`{text}`: what * stands for there is not what it does here")
    return text if _BARE.fullmatch(text) and text not in _OPERATORS else _phrase(text)


def _phrase(text: str) -> str:
    for quote in _QUOTES:
        text = text.replace(quote, " ")
    return f'"{" ".join(text.split())}"'


def _pattern(pattern: str, flags: str, ways: Ways) -> str:
    if not ways.patterns or set(flags) - set("im"):
        raise NoCounterpart(f"`/{pattern}/{flags}` is no regular expression of {ways.reader}'s")
    return f"{'' if 'i' in flags else '='}/{'(?m)' if 'm' in flags else ''}{pattern}/"
