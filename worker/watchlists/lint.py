"""Lint: what a query says without a mistake, and hardly means. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.watchlists.canonical import canonical
from worker.watchlists.contradictions import SEEN, contradictions
from worker.watchlists.doubt import doubt_of
from worker.watchlists.grammar import satisfied_by_nothing
from worker.watchlists.patterns import compiled_pattern
from worker.watchlists.small_operators import small_operators
from worker.watchlists.stop_words import STOP_WORDS
from worker.watchlists.tree import And, Label, Node, Not, Or, Pattern, Term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from worker.watchlists.doubt import Doubt

_SAMPLES = ("The quick brown fox jumps over 12 dogs.", "Minister resigns", "Zwölf Boxkämpfer: alle da")
"""Texts that have little in common: a regular expression that they all meet tells nothing apart."""

_LOST = re.compile(r"(?<=\w)[+#]+|(?<![\w.])\.(?=\w)")
"""Signs without which a name is another word: C++, C#, .NET."""
_WRITTEN = re.compile(r"^(?:\w+[:\uff1a])?[=~\uff1d\uff5e]?|[~\uff5e]\w*$|(?<!\S)[*\uff0a](?!\S)")
"""What of a term is the language's: its field, its sign, how near its words must be, any word."""


def lint(node: Node, query: str, languages: Collection[str] = (), *, as_typed: bool = True) -> list[Doubt]:
    """Return what is doubtful in `query`, whose tree `node` is, as `parse` gives it; in the order of the query.

    `languages`: of the items that it will be asked of; empty: all. `as_typed`: somebody wrote it just so, and
    `canonical` did not, which leaves out the quotes of a word and the signs at its ends.
    """
    found = [
        *_everywhere(node, alone=True, languages=languages),
        *contradictions(node, languages),
        *(doubts_of_writing(node, query, languages) if as_typed else ()),
    ]
    return sorted(dict.fromkeys(found), key=lambda doubt: (doubt.offset, doubt.length))


def doubts_of_writing(node: Node, query: str, languages: Collection[str] = ()) -> Iterator[Doubt]:
    """Yield what only `query` as somebody wrote it shows, a keyword too: lost signs, operators that are words.

    `node` is its tree, and `languages` are as in `lint`.
    """
    yield from _lost_signs(node, query)
    yield from small_operators(node, query, languages)


def _everywhere(node: Node, *, alone: bool, languages: Collection[str], excluded: bool = False) -> Iterator[Doubt]:
    """What nearly every item meets. `alone`: nothing else must be met beside `node`; `excluded`: it is within a NOT."""
    if isinstance(node, Not):
        yield from _everywhere(node.part, alone=True, languages=languages, excluded=True)
    elif isinstance(node, And | Or):
        for part in node.parts:
            if isinstance(node, And) and not isinstance(part, Not) and satisfied_by_nothing(part):
                yield doubt_of(
                    f"nearly every item meets {canonical(part)}: leave it out, or take the NOT out of it", part
                )
            else:
                beside = isinstance(node, And) and not isinstance(part, Not)
                yield from _everywhere(part, alone=not beside, languages=languages, excluded=excluded)
    elif isinstance(node, Pattern) and _tells_nothing(node):
        yield doubt_of("nearly every text meets this regular expression: write what must be there", node)
    elif alone and not (excluded and isinstance(node, Label)):
        yield from _alone(node, languages)


def _alone(node: Node, languages: Collection[str]) -> Iterator[Doubt]:
    if isinstance(node, Label):
        which = "in this language" if node.kind == "lang" else "of feeds with this tag"
        yield doubt_of(f"this alone is met by every item {which}: write what it should be about", node)
    elif isinstance(node, Term) and (common := _common_in(node, languages)):
        hint = f", or ={node.text} if it is a name" if node.text.isupper() and node.way == "word" else ""
        yield doubt_of(f"{node.text} stands in nearly every text{common}: write what goes with it{hint}", node)


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


_NAMES = {"de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch"} | {
    "pl": "Polish",
    "cs": "Czech",
    "uk": "Ukrainian",
    "ru": "Russian",
}


def _lost_signs(node: Node, query: str) -> Iterator[Doubt]:
    """Terms of which folding leaves less than what was written."""
    if isinstance(node, Not):
        yield from _lost_signs(node.part, query)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _lost_signs(part, query)
    elif isinstance(node, Term) and (node.field in SEEN) and node.way != "prefix":
        lost = _LOST.search(_WRITTEN.sub("", query[node.offset : node.offset + node.length]))
        if lost is not None:
            reason = f'{lost[0]} is no part of a word: this looks for "{" ".join(node.words)}"'
            yield doubt_of(f"{reason}; a regular expression finds signs", node)
