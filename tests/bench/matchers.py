"""Ways to find the watch lists that an item meets: Tocsin's own, and what others would take.

Its peers are given what a query means (`topics.Topic`) without having to read it, and look for all terms of all lists
at once, in an item's words with a space between any two: so a space on either side of a term is the word's border.
"""

from __future__ import annotations

import gc
import os
import re
from collections import defaultdict
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ahocorasick_rs
import hyperscan

from worker.watchlists import CompiledSet
from worker.watchlists.model import Matchable, WatchList
from worker.watchlists.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from bench.topics import Phrase, Topic

    Search = Callable[[str], set[int]]
    Item = tuple[str, str]

_POSSESSIVE = re.compile(r"(['`])(?<=[a-z0-9].)s\b['`]?")
_BLANKS = str.maketrans({code: " " for code in range(128) if not chr(code).isalnum()})


class Matcher(Protocol):
    """Watch lists that are ready; `of` gives the numbers of those that an item, title and text, meets."""

    def of(self, item: Item) -> Collection[int]: ...


class Tocsin:
    def __init__(self, lists: Sequence[WatchList]) -> None:
        self.compiled = CompiledSet(lists)
        if self.compiled.broken:
            raise next(iter(self.compiled.broken.values()))

    def of(self, item: Item) -> Collection[int]:
        return [hit.watch_list for hit in self.compiled.match(Reading(Matchable(*item)))]


def watch_lists(topics: Sequence[Topic]) -> list[WatchList]:
    """Return what Tocsin is given: lists as the database has them, their queries still to be read."""
    return [WatchList(number, f"list {number}", topic.query) for number, topic in enumerate(topics)]


class Terms:
    """All terms in one search, and the conditions of the lists that have one of those found."""

    def __init__(self, topics: Sequence[Topic], search: Callable[[Sequence[str]], Search]) -> None:
        self._numbers: dict[str, int] = {}
        self._alone: defaultdict[int, list[int]] = defaultdict(list)
        self._filed: defaultdict[int, list[tuple[int, Topic]]] = defaultdict(list)
        for number, topic in enumerate(topics):
            for phrase in (*(phrase for any_of in topic.needs for phrase in any_of), *topic.lacks):
                self._numbers.setdefault(_sought(phrase), len(self._numbers))
            fewest = min(topic.needs, key=len)
            if len(topic.needs) == len(fewest) == 1 and not topic.lacks and not fewest[0].in_title:
                self._alone[self._number(fewest[0])].append(number)
            else:
                for phrase in fewest:
                    self._filed[self._number(phrase)].append((number, topic))
        self._search = search([*self._numbers])

    def of(self, item: Item) -> Collection[int]:
        title, text = map(_spaced, item)
        titled = self._search(title)
        found = titled | self._search(text)

        def met(phrase: Phrase) -> bool:
            return self._number(phrase) in (titled if phrase.in_title else found)

        hits = {number for term in self._alone.keys() & found for number in self._alone[term]}
        candidates = {number: topic for term in self._filed.keys() & found for number, topic in self._filed[term]}
        for number, topic in candidates.items():
            if all(any(map(met, any_of)) for any_of in topic.needs) and not any(map(met, topic.lacks)):
                hits.add(number)
        return hits

    def _number(self, phrase: Phrase) -> int:
        return self._numbers[_sought(phrase)]


class AhoCorasick(Terms):
    def __init__(self, topics: Sequence[Topic]) -> None:
        super().__init__(topics, self._automaton)

    @staticmethod
    def _automaton(terms: Sequence[str]) -> Search:
        find = ahocorasick_rs.AhoCorasick(terms).find_matches_as_indexes
        return lambda text: {index for index, _, _ in find(text, overlapping=True)}


class Hyperscan(Terms):
    """As literals: 10,000 expressions with a \\b at both ends take it 40 s to build."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        super().__init__(topics, self._database)

    @staticmethod
    def _database(terms: Sequence[str]) -> Search:
        database = hyperscan.Database()
        database.compile([term.encode() for term in terms], [*range(len(terms))], literal=True)

        def search(text: str) -> set[int]:
            found: set[int] = set()
            add = found.add
            database.scan(text.encode(), match_event_handler=lambda index, *_: add(index))
            return found

        return search


class Expressions:
    """A regular expression a term, one after the other; a space is anything between two words."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        def compiled(phrases: Iterable[Phrase]) -> list[tuple[Any, bool]]:
            return [(re.compile(_expression(phrase), re.IGNORECASE).search, phrase.in_title) for phrase in phrases]

        self._lists = [([compiled(any_of) for any_of in topic.needs], compiled(topic.lacks)) for topic in topics]

    def of(self, item: Item) -> Collection[int]:
        title, text = item

        def met(terms: Iterable[tuple[Any, bool]]) -> bool:
            return any(search(title) or (not in_title and search(text)) for search, in_title in terms)

        return [number for number, (needs, lacks) in enumerate(self._lists) if all(map(met, needs)) and not met(lacks)]


def memory(matcher: Callable[[Any], Matcher], topics: Sequence[Any], items: Sequence[Item]) -> int:
    """Bytes by which a fresh process grows when it makes these lists ready and has matched the items."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_grown, (matcher, topics, items))


def _grown(matcher: Callable[[Any], Matcher], topics: Sequence[Any], items: Sequence[Item]) -> int:
    def resident() -> int:
        gc.collect()
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def ready(topics: Sequence[Any]) -> Matcher:
        made = matcher(topics)
        for item in items:
            made.of(item)
        return made

    ready(topics[:100])  # loads what is loaded once
    before = resident()
    kept = ready(topics)
    grown = resident() - before
    del kept
    return grown


def _sought(phrase: Phrase) -> str:
    return f" {phrase.words.lower()}{'' if phrase.goes_on else ' '}"


def _spaced(text: str) -> str:
    text = text.lower()
    if "'" in text or "`" in text:
        text = _POSSESSIVE.sub(" ", text)
    return f" {' '.join(text.translate(_BLANKS).split())} "


def _expression(phrase: Phrase) -> str:
    words = r"\W+".join(phrase.words.split())
    return rf"\b{words}" if phrase.goes_on else rf"\b{words}\b"
