"""Why an item does not meet a leaf of a query, in a few words: the most helpful reason that is cheap to find. PURE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from worker.watchlists.sought import sought
from worker.watchlists.tree import ANY, TEXT_FIELDS, Country, Label, ListRef, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.watchlists.reading import Reading
    from worker.watchlists.tree import Leaf, Node, TextField, Way

_CALLED: dict[TextField, str] = {
    "title": "the title",
    "text": "the text",
    "author": "the authors",
    "source": "the source",
    "category": "the categories",
    "link": "the link",
    "feed": "the name and address of its feed",
}
_MAIN: tuple[TextField, ...] = ("title", "text", "category")


def excluded(node: Node, text: str) -> str:
    """Say that the item has what a query excludes; `text` is that in canonical form."""
    if isinstance(node, Term | Pattern | Country):
        return f"{text} is in it, and excluded"
    return f"{text} holds for it, and is excluded"


def why_not(leaf: Leaf, reading: Reading) -> str:
    """Say why the item does not meet `leaf`, which is no reference, in words that follow the leaf's own."""
    if isinstance(leaf, Label):
        return _label(leaf, reading)
    if isinstance(leaf, ListRef):
        raise TypeError(leaf.name)
    elsewhere = _elsewhere(leaf, reading)
    if elsewhere:
        here = f"in {_CALLED[leaf.field]}" if leaf.field else "in title, text or categories"
        return f"not {here}, but in {_CALLED[elsewhere]}"
    place = _CALLED[leaf.field] if leaf.field else "it"
    if isinstance(leaf, Country):
        return f"no name of the country is in {place}"
    if isinstance(leaf, Pattern):
        return _pattern(leaf, reading, place)
    return _term(leaf, reading, place)


def _label(leaf: Label, reading: Reading) -> str:
    if leaf.kind == "lang":
        language = reading.language
        return "the item's language is unknown" if language is None else f"the item is in {language}"
    tags = ", ".join(sorted(reading.item.feed_tags))
    return f"its feed has the tags {tags}" if tags else "its feed has no tags"


def _elsewhere(leaf: Term | Pattern | Country, reading: Reading) -> TextField | None:
    """The first field in which the leaf does not look, and would be met."""
    looked_at = (leaf.field,) if leaf.field else _MAIN[:2] if isinstance(leaf, Pattern) else _MAIN
    others = (field for field in TEXT_FIELDS if field not in looked_at)
    return next((field for field in others if sought(replace(leaf, field=field)).met(reading)), None)


def _pattern(leaf: Pattern, reading: Reading, place: str) -> str:
    if leaf.exact and (written := _written(replace(leaf, exact=False), reading)):
        return f"it is written {written} in {place}"
    return f"nothing in {place} is so"


def _term(leaf: Term, reading: Reading, place: str) -> str:
    if leaf.way == "exact" and (written := _written(replace(leaf, way="word"), reading)):
        return f"it is written {written} in {place}"
    words = [word for word in leaf.words if word != ANY]
    missing = [word for word, alone in zip(words, _alone(leaf, words), strict=True) if not sought(alone).met(reading)]
    if len(words) > 1 and not missing:
        return f"its words are in {place}, but {_apart(leaf)}"
    if len(missing) < len(words):
        return f"not in {place}: {', '.join(missing)}"
    if leaf.way == "prefix":
        return f"no word in {place} begins so"
    if leaf.way == "stem":
        return _inflected(reading, place)
    return f"not in {place}"


def _alone(leaf: Term, words: Sequence[str]) -> list[Term]:
    """Each of the words as a term of its own; of a prefix the last alone may go on."""
    way: Way = "stem" if leaf.way == "stem" else "word"
    terms = [Term(word, (word,), way, field=leaf.field) for word in words]
    if leaf.way == "prefix":
        terms[-1] = replace(terms[-1], way="prefix")
    return terms


def _apart(leaf: Term) -> str:
    return "not side by side" if leaf.within is None else f"not within {leaf.within} of each other"


def _inflected(reading: Reading, place: str) -> str:
    if reading.language is None:
        return f"not in {place}, and the item's language is unknown: so no other form of the word counts"
    return f"no form of it is in {place}, as {reading.language} inflects"


def _written(leaf: Term | Pattern, reading: Reading) -> str | None:
    """The first place where a leaf is met, as it stands there."""
    span = next(sought(leaf).spans(reading), None)
    if span is None:
        return None
    whole = "\n".join(text.raw for text in reading.texts(cast("TextField", span.field)))
    return whole[span.start : span.end]
