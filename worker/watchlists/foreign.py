"""What stands in a word and is not, or not yet, in the language: refused, never silently misread. PURE.

Signs of other query languages, and of what INTERFACE 3 promises for later (issue 5).
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NoReturn

from worker.errors import QueryError

FIELDS = ("author", "category", "country", "feed", "lang", "link", "list", "source", "tag", "text", "title")

_SIGNS = ":*~=|-/!+?^&"
_WIDTH = str.maketrans({ord(sign) + 0xFEE0: sign for sign in _SIGNS})
"""The signs' full-width forms, which East Asian keyboards write."""
_FIELD = re.compile(r"([^\W\d_]+):")
_LEADING = {
    "=": "exact case (=) is not in the language yet: write the word without =",
    "~": "inflections (~) are not in the language yet: write each form of the word, with OR between them",
    "!": "write - before a word to exclude it",
    "+": "write the word without +: every word is required anyway",
    **dict.fromkeys(
        "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "write the plain - to exclude a word, or leave the dash out"
    ),
}
_INNER = {
    "*": "words that begin so (*) are not in the language yet: write each form of the word, with OR between them",
    "~": "~ is not in the language yet: write the words without it",
    "|": "write OR between words, with spaces",
    "&&": "write AND, or nothing but a space",
    "&": "write AND, or nothing but a space",
    "^": "weights (^) are not in the language: write the word alone",
    "?": "? stands for no letter here: write each spelling, with OR between them",
}
_SIGN = re.compile(r"[*~|^]|&&|^&$|\?(?=\w)")
_QUOTE = "'\u2018\u2019\u201a"
_REGEX = re.compile(r"/(?:[^/\\]|\\.)*/?")
_SINGLE_QUOTED = re.compile(rf"[{_QUOTE}]\w[^{_QUOTE}]*\s[^{_QUOTE}]*[{_QUOTE}](?=[\s)]|\Z)")
_IN_KEYWORD = re.compile(
    rf"^\s*(?P<sign>[-=])|(?P<mark>[*~])|^\s*(?P<regex>/.+/)\s*$"
    rf"|(?<!\w)(?P<field>(?:{'|'.join(FIELDS)}):)(?=\S)|(?<!\S)(?P<operator>AND|OR|NOT)(?!\S)"
)


def refuse_foreign(word: str, query: str, offset: int) -> None:
    """Raise QueryError if `word`, which stands at `offset` of `query`, holds a sign that a plain word does not."""
    plain = word.translate(_WIDTH)  # sign for sign, so that places stay
    if plain[0] in _LEADING:
        raise QueryError(_LEADING[plain[0]], query, offset)
    if plain[0] == "/":
        whole = _REGEX.match(query, offset)
        raise QueryError(
            "regular expressions (/.../) are not in the language yet: write words",
            query,
            offset,
            len(whole[0] if whole else word),
        )
    if ":" in plain:
        _refuse_colon(plain, query, offset)
    if sign := _SIGN.search(plain):
        raise QueryError(_INNER[sign[0]], query, offset + sign.start(), len(sign[0]))
    if single := _SINGLE_QUOTED.match(query, offset):
        raise QueryError('write a phrase in double quotes: "..."', query, offset, len(single[0]))


def refuse_star(phrase: str, query: str, offset: int) -> None:
    """Raise QueryError if `phrase`, whose text stands at `offset`, holds a star (later: any one word)."""
    star = phrase.translate(_WIDTH).find("*")
    if star >= 0:
        raise QueryError("any word in a phrase (*) is not in the language yet: leave the * out", query, offset + star)


def refuse_in_keyword(keyword: str) -> None:
    """Raise QueryError if `keyword`, a plain phrase, looks like the language: as punctuation it would be misread."""
    if found := _IN_KEYWORD.search(keyword.translate(_WIDTH)):
        text = found[found.lastgroup or 0]
        hint = " (small, if it is a word of the phrase)" if found["operator"] else ""
        reason = f"a keyword is a plain phrase: leave {text} out{hint}, or write a query"
        raise QueryError(reason, keyword, found.end() - len(text), len(text))


def _refuse_colon(word: str, query: str, offset: int) -> NoReturn:
    field = _FIELD.match(word)
    name = field[1].lower() if field else ""
    if "://" in word:
        reason = "addresses are not searched, and link: is not in the language yet: write words"
    elif name in FIELDS:
        raise QueryError(f"{name}: is not in the language yet: write the words alone", query, offset, len(name) + 1)
    elif near := get_close_matches(name, FIELDS, 1, 0.75):
        reason = f'there is no field {name}: (did you mean {near[0]}:, which comes later?): write "{word}" in quotes'
    else:
        reason = f'a colon names a field: write "{word}" in quotes to look for its words'
    raise QueryError(reason, query, offset, len(word))
