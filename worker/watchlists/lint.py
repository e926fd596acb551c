"""Lint: what a query says without a mistake, and hardly means. PURE."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from worker.watchlists.canonical import canonical
from worker.watchlists.contradictions import SEEN, contradictions
from worker.watchlists.doubt import doubt_of
from worker.watchlists.grammar import satisfied_by_nothing
from worker.watchlists.mixed_scripts import mixed_scripts
from worker.watchlists.patterns import compiled_pattern
from worker.watchlists.small_operators import small_operators
from worker.watchlists.stop_words import STOP_WORDS
from worker.watchlists.tree import And, Label, Node, Not, Or, Pattern, Term, leaves_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from worker.watchlists.doubt import Doubt
    from worker.watchlists.known_feeds import KnownFeeds

_SAMPLES = ("The quick brown fox jumps over 12 dogs.", "Minister resigns", "Zwölf Boxkämpfer: alle da")
"""Texts that have little in common: a regular expression that they all meet tells nothing apart."""

_LOST = re.compile(r"(?<=\w)[+#]+|(?<![\w.])\.(?=\w)")
"""Signs without which a name is another word: C++, C#, .NET."""
_WRITTEN = re.compile(r"^(?:\w+[:\uff1a])?[=~\uff1d\uff5e]?|[~\uff5e]\w*$|(?<!\S)[*\uff0a](?!\S)")
"""What of a term is the language's: its field, its sign, how near its words must be, any word."""


def lint(
    node: Node,
    query: str,
    languages: Collection[str] = (),
    *,
    as_typed: bool = True,
    feeds: KnownFeeds | None = None,
) -> list[Doubt]:
    """Return what is doubtful in `query`, whose tree `node` is, as `parse` gives it; in the order of the query.

    `languages`: of the items that it will be asked of; empty: all. `as_typed`: somebody wrote it just so, and
    `canonical` did not, which leaves out the quotes of a word and the signs at its ends. `feeds`: all that there are;
    None: nobody knows.
    """
    never = contradictions(node, languages, feeds)
    told = {(doubt.offset, doubt.length) for doubt in never}
    always = (doubt for doubt in _everywhere(node, alone=True, languages=languages) if doubt[1:] not in told)
    written = doubts_of_writing(node, query, languages) if as_typed else ()
    return sorted(dict.fromkeys([*always, *never, *written]), key=lambda doubt: (doubt.offset, doubt.length))


def doubts_of_writing(node: Node, query: str, languages: Collection[str] = ()) -> Iterator[Doubt]:
    """Yield what only `query` as somebody wrote it shows, a keyword too: lost signs, mixed scripts, small operators.

    `node` is its tree, and `languages` are as in `lint`.
    """
    yield from _lost_signs(node, query)
    yield from mixed_scripts(node, query)
    yield from small_operators(node, query, languages)


def _everywhere(node: Node, *, alone: bool, languages: Collection[str], nots: int = 0) -> Iterator[Doubt]:
    """What nearly every item meets. `alone`: nothing else must be met beside `node`; it is within so many `nots`."""
    if isinstance(node, Not):
        yield from _everywhere(node.part, alone=True, languages=languages, nots=nots + 1)
    elif isinstance(node, And | Or):
        for part in node.parts:
            if isinstance(node, And) and not isinstance(part, Not) and satisfied_by_nothing(part):
                yield doubt_of(
                    f"nearly every item meets {canonical(part)}: leave it out, or take the NOT out of it", part
                )
            else:
                beside = isinstance(node, And) and not isinstance(part, Not)
                yield from _everywhere(part, alone=not beside, languages=languages, nots=nots)
    elif isinstance(node, Pattern) and _tells_nothing(node):
        must = "must not" if nots % 2 else "must"
        yield doubt_of(f"nearly every text meets this regular expression: write what {must} be there", node)
    elif alone and isinstance(node, Label) and not nots:
        which = "in this language" if node.kind == "lang" else "of feeds with this tag"
        yield doubt_of(f"this alone is met by every item {which}: write what it should be about", node)
    elif alone and isinstance(node, Term) and (common := _common_in(node, languages)):
        yield from _common(node, *common, excluded=nots % 2 == 1)


def _common(term: Term, language: str, limit: str, *, excluded: bool) -> Iterator[Doubt]:
    """A term of nothing but stop words of a language; `limit`: how not to ask of items in it."""
    several = len(term.words) > 1
    if excluded and several:
        return  # several in a row are not so frequent that to exclude them would leave nothing
    if excluded:
        said = f"{term.text} stands in nearly every text in {language}: to exclude it leaves hardly any of them{limit}"
        yield doubt_of(said, term)
        return
    is_name = term.way == "word" and term.within is None and (term.text.isupper() or (several and term.text.istitle()))
    hint = f", or {canonical(replace(term, way='exact'))} if it is a name" if is_name else ""
    if several:
        said = f"{canonical(term)} holds only words that stand in nearly every text in {language}"
    else:
        said = f"{term.text} stands in nearly every text in {language}"
    yield doubt_of(f"{said}{limit}: write what goes with {'them' if several else 'it'}{hint}", term)


def _common_in(term: Term, languages: Collection[str]) -> tuple[str, str] | None:
    """The language of which a term is nothing but stop words, and how not to ask of items in it; None: there is none.

    Single letters in a row are an abbreviation: U.S., A.I.
    """
    if term.way not in ("word", "stem") or term.field is not None:
        return None
    if len(term.words) > 1 and all(len(word) == 1 for word in term.words):
        return None
    spoken = {language.partition("-")[0] for language in languages}
    among = [words for language, words in STOP_WORDS.items() if not spoken or language in spoken]
    if all(word in STOP_WORDS["en"] for word in term.words) and STOP_WORDS["en"] in among:
        return "English", ""
    names = [language for language, words in STOP_WORDS.items() if words in among and words.issuperset(term.words)]
    return (_NAMES[names[0]], " (limit the list to other languages if these are not meant)") if names else None


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
    for leaf in leaves_of(node):
        if isinstance(leaf, Term) and leaf.field in SEEN and leaf.way != "prefix":
            lost = _LOST.search(_WRITTEN.sub("", query[leaf.offset : leaf.offset + leaf.length]))
            if lost is not None:
                reason = f'{lost[0]} is no part of a word: this looks for "{" ".join(leaf.words)}"'
                yield doubt_of(f"{reason}; a regular expression finds signs", leaf)
