"""Signs of other query languages in a word: refused with what to write instead, never silently misread. PURE."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NoReturn

from worker.errors import QueryError
from worker.watchlists.tokens import DASHES, FIELDS, WIDTH

_FIELD = re.compile(r"([^\W\d_]+):")
_LEADING = {
    "*": "* stands at the end of a word, for words that begin so",
    "!": "write - before a word to exclude it",
    "+": "write the word without +: every word is required anyway",
    **dict.fromkeys(DASHES, "write the plain - to exclude a word, or leave the dash out"),
}
_INNER = {
    "*": "* stands at the end of a word, for words that begin so: write ukrain*",
    "~": "~ stands before a word, for its inflections, or after a phrase, for words near each other",
    "|": "write OR between words, with spaces",
    "&&": "write AND, or nothing but a space",
    "&": "write AND, or nothing but a space",
    "^": "weights (^) are not in the language: write the word alone",
    "?": "? stands for no letter here: write each spelling, with OR between them",
}
_SIGN = re.compile(r"[*~|^]|&&|^&$|\?(?=\w)")
_OF_ADDRESSES = ("site", "host", "domain", "url", "inurl", "allinurl", "website")
"""Fields of search engines for what stands in an address: of the item or of its feed, here."""
_CALLED = {"by": "author", "byline": "author", "headline": "title", "body": "text", "publisher": "source"}
"""What others call our fields, where the names are not alike."""
_QUOTE = "'\u2018\u2019\u201a"
_SINGLE_QUOTED = re.compile(rf"[{_QUOTE}]\w[^{_QUOTE}]*\s[^{_QUOTE}]*[{_QUOTE}](?=[\s)]|\Z)")


def refuse_foreign(word: str, query: str, offset: int) -> None:
    """Raise QueryError if `word`, which stands at `offset` of `query`, holds a sign that a plain word does not."""
    plain = word.translate(WIDTH)
    if plain[0] in _LEADING:
        raise QueryError(_LEADING[plain[0]], query, offset)
    if ":" in plain:
        _refuse_colon(plain, query, offset)
    if sign := _SIGN.search(plain):
        raise QueryError(_INNER[sign[0]], query, offset + sign.start(), len(sign[0]))
    if single := _SINGLE_QUOTED.match(query, offset):
        raise QueryError('write a phrase in double quotes: "..."', query, offset, len(single[0]))


def _refuse_colon(word: str, query: str, offset: int) -> NoReturn:
    field = _FIELD.match(word)
    name = field[1].lower() if field else ""
    if "://" in word:
        reason = f'to look for an address write link:"{word}"'
    elif name in _OF_ADDRESSES:
        said = word[len(name) + 1 :] or "..."
        where = f'link:"{said}" for items at such an address, feed:"{said}" for all items of a feed at one'
        reason = f"there is no field {name}: (did you mean link: or feed:?); write {where}"
    elif near := _CALLED.get(name) or next(iter(get_close_matches(name, FIELDS, 1, 0.6)), None):
        reason = f'there is no field {name}: (did you mean {near}:?); write "{word}" in quotes to look for its words'
    else:
        reason = f'a colon names a field ({", ".join(FIELDS)}): write "{word}" in quotes to look for its words'
    raise QueryError(reason, query, offset, len(word))
