"""Features: what an item must show for a leaf of a query to be met, as values that a set can hold. PURE.

A folded word stands for itself, a pair for two words in a row. The others are strings with a character that no folded
word has: `ukrain*` (a word begins so), `~invade` (a word has this one's stem), `country:UA`, `lang:uk`, `tag:world`,
`/colou?r/` and `=/NATO/`, `author:smith` (a word of a lesser field), and a run (see `reading.run_of`) where each
character is a word.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from worker.text.tokens import fold, is_simple, tokenize
from worker.watchlists.reading import run_of
from worker.watchlists.tree import ANY, And, Country, Label, ListRef, Node, Not, Or, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.watchlists.tree import Leaf, TextField

Feature = str | tuple[str, str]

ALWAYS = ""
"""The feature that every item has: for what nothing else can tell."""

LONGEST_RUN = 4
"""Characters of a run: enough to be rare, and so few that no text holds very many runs at one place."""

MAIN: tuple[TextField | None, ...] = (None, "title", "text", "category")
"""The fields whose words every reading holds."""


def features_of(leaf: Leaf) -> tuple[Feature, ...]:
    """Return features that every item has that meets `leaf`: one or more."""
    if isinstance(leaf, Term):
        return leaf.words if is_one_word(leaf) else _of_term(leaf)
    if isinstance(leaf, Label):
        return (label_feature(leaf.kind, leaf.value),)
    if isinstance(leaf, ListRef) or leaf.field not in MAIN or (isinstance(leaf, Pattern) and leaf.field == "category"):
        return (ALWAYS,)
    return (f"country:{leaf.code}",) if isinstance(leaf, Country) else (pattern_feature(leaf),)


def is_one_word(term: Term) -> bool:
    """Whether a term is a word as folded, anywhere: as most are."""
    return term.way == "word" and term.field is None and len(term.words) == 1


def label_feature(kind: str, value: str) -> str:
    """Return the feature of a language or tag."""
    return f"{kind}:{fold(value)}"


def pattern_feature(pattern: Pattern) -> str:
    """Return the feature of a regular expression."""
    return f"{'=' if pattern.exact else ''}/{pattern.text}/"


def written_words(term: Term) -> tuple[str, ...]:
    """Return the words of a term as the query writes them; ANY where any word may stand."""
    if is_simple(term.text):
        return tuple(term.text.split())
    tokens = tokenize(term.text)
    written = iter([term.text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)])
    return tuple(ANY if word == ANY else next(written) for word in term.words)


def _of_term(term: Term) -> tuple[Feature, ...]:
    words = [word for word in term.words if word != ANY]
    if term.field not in MAIN:
        plain = words if term.way in ("word", "exact") else words[:-1] if term.way == "prefix" else []
        return tuple(f"{term.field}:{word}" for word in plain) or (ALWAYS,)
    if term.way == "stem":
        return tuple(f"~{word}" for word in written_words(term) if word != ANY)
    if term.within is not None:
        return tuple(words)
    if len(words) == len(term.words) > 1 and all(len(word) == 1 and not word.isascii() for word in words):
        return (run_of(words[:LONGEST_RUN]),)
    whole = term.words[:-1] if term.way == "prefix" else term.words
    pairs = tuple(pair for pair in pairwise(whole) if ANY not in pair)
    if pairs:
        return pairs
    return (*whole, f"{words[-1]}*") if term.way == "prefix" else tuple(words)


def words_needed(leaf: Leaf) -> tuple[str, ...]:
    """Return words that every item holds that meets `leaf`; none where its features are no words."""
    if not isinstance(leaf, Term) or leaf.field not in MAIN or leaf.way == "stem":
        return ()
    return tuple(word for word in (leaf.words[:-1] if leaf.way == "prefix" else leaf.words) if word != ANY)


def required(node: Node) -> tuple[str, ...]:
    """Return words that every matching item holds: a quick test before the condition; not all there may be."""
    if isinstance(node, And):
        return tuple(word for part in node.parts for word in required(part))
    return () if isinstance(node, Not | Or) else words_needed(node)


def anchors(node: Node, weight: Callable[[Feature], float], *, negated: bool = False) -> frozenset[Feature]:
    """Return features of which every matching item has at least one; empty if there is no such set.

    Where there is a choice, the lightest by `weight`, summed: an And needs the anchor of one part only, a leaf that of
    one feature, an Or those of all its parts. `negated` asks for the opposite of `node`.
    """
    if isinstance(node, Not):
        return anchors(node.part, weight, negated=not negated)
    if not isinstance(node, And | Or):
        return frozenset() if negated else frozenset((min(features_of(node), key=weight),))
    sets = [anchors(part, weight, negated=negated) for part in node.parts]
    if isinstance(node, Or) is not negated:  # any part may be the one that is met
        return frozenset().union(*sets) if all(sets) else frozenset()
    return min(filter(None, sets), key=lambda features: sum(map(weight, features)), default=frozenset())
