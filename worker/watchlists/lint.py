"""Lint: what a query says without a mistake, and hardly means. PURE."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from worker.watchlists.canonical import canonical
from worker.watchlists.grammar import satisfied_by_nothing
from worker.watchlists.patterns import compiled_pattern
from worker.watchlists.stop_words import STOP_WORDS
from worker.watchlists.tree import And, Label, Node, Not, Or, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_SAMPLES = ("The quick brown fox jumps over 12 dogs.", "Minister resigns", "Zwölf Boxkämpfer: alle da")
"""Texts that have little in common: a regular expression that they all meet tells nothing apart."""

_LOST = re.compile(r"(?<=\w)[+#]+|(?<![\w.])\.(?=\w)")
"""Signs without which a name is another word: C++, C#, .NET."""
_WRITTEN = re.compile(r"^(?:\w+[:\uff1a])?[=~\uff1d\uff5e]?|[~\uff5e]\w*$|(?<!\S)[*\uff0a](?!\S)")
"""What of a term is the language's: its field, its sign, how near its words must be, any word."""


class Doubt(NamedTuple):
    """One thing that is hardly meant: what to write instead, and the characters of the query that it is about."""

    message: str
    offset: int
    length: int


def lint(node: Node, query: str, languages: Collection[str] = ()) -> list[Doubt]:
    """Return what is doubtful in `query`, whose tree `node` is, as `parse` gives it; in the order of the query.

    `languages`: of the items that it will be asked of; empty: all.
    """
    found = [*_everywhere(node, alone=True, languages=languages), *_conflicts(node), *_broken(node, query)]
    return sorted(dict.fromkeys(found), key=lambda doubt: (doubt.offset, doubt.length))


def _everywhere(node: Node, *, alone: bool, languages: Collection[str]) -> Iterator[Doubt]:
    """What nearly every item meets. `alone`: nothing else must be met beside `node`."""
    if isinstance(node, Not):
        yield from _everywhere(node.part, alone=True, languages=languages)
    elif isinstance(node, And | Or):
        for part in node.parts:
            if isinstance(node, And) and not isinstance(part, Not) and satisfied_by_nothing(part):
                yield _doubt(
                    f"nearly every item meets {canonical(part)}: leave it out, or take the NOT out of it", part
                )
            else:
                beside = isinstance(node, And) and not isinstance(part, Not)
                yield from _everywhere(part, alone=not beside, languages=languages)
    elif isinstance(node, Pattern) and _tells_nothing(node):
        yield _doubt("nearly every text meets this regular expression: write what must be there", node)
    elif alone:
        yield from _alone(node, languages)


def _alone(node: Node, languages: Collection[str]) -> Iterator[Doubt]:
    if isinstance(node, Label):
        which = "in this language" if node.kind == "lang" else "of feeds with this tag"
        yield _doubt(f"this alone is met by every item {which}: write what it should be about", node)
    elif isinstance(node, Term) and (common := _common_in(node, languages)):
        hint = f", or ={node.text} if it is a name" if node.text.isupper() and node.way == "word" else ""
        yield _doubt(f"{node.text} stands in nearly every text{common}: write what goes with it{hint}", node)


def _common_in(term: Term, languages: Collection[str]) -> str:
    """Where a term stands in nearly every text, as the end of a sentence; empty if nowhere."""
    if term.way not in ("word", "stem") or term.field is not None:
        return ""
    spoken = {language.partition("-")[0] for language in languages}
    among = [words for language, words in STOP_WORDS.items() if not spoken or language in spoken]
    if all(word in STOP_WORDS["en"] for word in term.words) and STOP_WORDS["en"] in among:
        return " in English"
    names = [language for language, words in STOP_WORDS.items() if words in among and words.issuperset(term.words)]
    return f" in {_NAMES[names[0]]} (limit the list to other languages if these are not meant)" if names else ""


def _tells_nothing(pattern: Pattern) -> bool:
    search = compiled_pattern(pattern.text, exact=pattern.exact).search
    return all(search(sample) is not None for sample in _SAMPLES)


def _conflicts(node: Node) -> Iterator[Doubt]:
    """What can never be met: required and excluded at once, two languages at once."""
    if isinstance(node, Not):
        yield from _conflicts(node.part)
    elif isinstance(node, And):
        wanted = [part for part in node.parts if not isinstance(part, Not)]
        for part in node.parts:
            if isinstance(part, Not):
                yield from _excluded(part, wanted)
        yield from _languages(wanted)
        for part in node.parts:
            yield from _conflicts(part)
    elif isinstance(node, Or):
        for part in node.parts:
            yield from _conflicts(part)


def _excluded(excluded: Not, wanted: Sequence[Node]) -> Iterator[Doubt]:
    out = excluded.part.parts if isinstance(excluded.part, Or) else (excluded.part,)
    for term in out:
        for part in wanted:
            alternatives = part.parts if isinstance(part, Or) else (part,)
            lost = [one for one in alternatives if _implies(one, term)]
            if len(lost) == len(alternatives):
                yield _doubt(f"{canonical(part)} is required, and excluded here: nothing can match", excluded)
            else:
                for one in lost:
                    yield _doubt(f"{canonical(one)} can never be met, for {canonical(term)} is excluded", one)


def _implies(wanted: Node, excluded: Node) -> bool:
    """Whether every item that meets `wanted` meets `excluded`."""
    if not (isinstance(wanted, Term) and isinstance(excluded, Term)):
        return wanted == excluded
    same_field = excluded.field == wanted.field or (excluded.field is None and wanted.field in _SEEN)
    if not same_field or wanted.way == "stem" or excluded.within is not None:
        return wanted == excluded
    if excluded.way == "prefix" and len(excluded.words) == 1:
        return any(word.startswith(excluded.words[0]) for word in wanted.words)
    if excluded.way != "word" or wanted.way == "prefix":
        return wanted == excluded
    size = 1 if wanted.within is not None else len(excluded.words)
    return any(wanted.words[at : at + size] == excluded.words for at in range(len(wanted.words)))


_SEEN = (None, "title", "text", "category")
_NAMES = {"de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch"} | {
    "pl": "Polish",
    "cs": "Czech",
    "uk": "Ukrainian",
    "ru": "Russian",
}


def _languages(wanted: Sequence[Node]) -> Iterator[Doubt]:
    spoken = [part for part in wanted if isinstance(part, Label) and part.kind == "lang"]
    for first, second in pairwise(spoken):
        if not (first.value.startswith(second.value) or second.value.startswith(first.value)):
            yield _doubt("no item is in two languages: write OR between them", second)


def _broken(node: Node, query: str) -> Iterator[Doubt]:
    """Terms of which folding leaves less than what was written."""
    if isinstance(node, Not):
        yield from _broken(node.part, query)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _broken(part, query)
    elif isinstance(node, Term) and (node.field in _SEEN) and node.way != "prefix":
        lost = _LOST.search(_WRITTEN.sub("", query[node.offset : node.offset + node.length]))
        if lost is not None:
            reason = f'{lost[0]} is no part of a word: this looks for "{" ".join(node.words)}"'
            yield _doubt(f"{reason}; a regular expression finds signs", node)


def _doubt(message: str, node: Node) -> Doubt:
    return Doubt(message, node.offset, node.length)
