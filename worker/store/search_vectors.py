"""The index's words on PostgreSQL: text search vectors with positions, under one GIN index.

The vectors are made here, for PostgreSQL's own parser has other notions of what a word is. Weights stand for fields.
See https://www.postgresql.org/docs/current/textsearch-limitations.html for what a vector cannot hold.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from worker.watchlists.index_words import BREAK, CUT, FEED, FIELDS, LANGUAGE
from worker.watchlists.needs import AllOf, AnyOf, Holds, OfFeeds, Speaks

if TYPE_CHECKING:
    from worker.watchlists.index_words import IndexWords
    from worker.watchlists.needs import Need
    from worker.watchlists.tree import TextField

LAST_POSITION = 16_383
MOST_POSITIONS = 255
"""Of one lexeme."""

MOST_BYTES = 900_000
"""Of the letters and positions of a vector, which may have 1 MB."""

_WEIGHTS = (("title", "A"), ("text", ""), ("category", "B"), ("marks", "C"))
_ASKED: dict[TextField | None, str] = {"title": "A", "text": "D", "category": "B"}


def vector_of(said: IndexWords) -> tuple[str, bool]:
    """Write words as PostgreSQL reads a vector; and say whether all of them found room.

    Where they did not, the vector says so itself with the mark CUT.
    """
    places: defaultdict[str, list[str]] = defaultdict(list)
    at = 0
    for field, weight in _WEIGHTS:
        for word in getattr(said, field):
            at += 1
            if word == BREAK:
                continue
            if at <= LAST_POSITION:
                places[word].append(f"{at}{weight}")
            else:
                places.setdefault(word, [])
        at += 1  # no phrase leads from one field into the next
    whole = at <= LAST_POSITION and all(len(found) <= MOST_POSITIONS for found in places.values())
    if sum(len(word.encode()) + 2 * len(found) for word, found in places.items()) > MOST_BYTES:
        places.clear()
        whole = False
    lexemes = [_lexeme(word) + (":" + ",".join(found) if found else "") for word, found in places.items()]
    return " ".join([*lexemes, _lexeme(BREAK), *([] if whole else [_lexeme(CUT)])]), whole


def query_of(need: Need) -> str:
    """Write a need, but for ANYTHING and NOTHING, as PostgreSQL reads a tsquery; cut items may hold anything."""
    return f"{_query(need)} | {_lexeme(CUT)}"


def _query(need: Need) -> str:
    if isinstance(need, Holds):
        mark, weight = FIELDS.get(need.field, ""), _ASKED.get(need.field, "")
        suffixes = [weight] * (len(need.words) - 1) + [weight + "*" if need.goes_on else weight]
        words = (
            _lexeme(mark + word) + (f":{suffix}" if suffix else "")
            for word, suffix in zip(need.words, suffixes, strict=True)
        )
        return f"({' <-> '.join(words)})"
    if isinstance(need, Speaks):
        return _lexeme(LANGUAGE + need.language)
    if isinstance(need, OfFeeds):
        return f"({' | '.join(_lexeme(f'{FEED}{feed}') for feed in sorted(need.feeds))})"
    if isinstance(need, AllOf | AnyOf):
        return f"({(' & ' if isinstance(need, AllOf) else ' | ').join(map(_query, need.parts))})"
    # A vector that lacks something is looked for among all of them, and each has the break.
    return f"({_lexeme(BREAK)} & !{_query(need.part)})"


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
