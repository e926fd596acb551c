"""Made-up queries and items: of few words, so that about every other query matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from worker.watchlists.model import Matchable, WatchList

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

WORDS = ("a", "b", "a", "b", "a", "b", "c", "A", "Á", "d's", "a-b", "ab", "乌克", "克", "й", "running")
SAID = (
    *WORDS, "a", "b", "a", "b", "c", "c’s", "abc", "AB", "A\u0301", "a\xadb", "runs", "乌克兰", "x", "— ", "ab/c", "\n", "Ukraine",
    "Україні", "Chad",
)  # fmt: skip
TAGS = ("world", "ours", "front page")
LANGUAGES = (None, "en", "uk", "pt", "pt-br")
NAMES = tuple(f"List {number}" for number in range(6))
FIELDS = ("title", "text", "author", "source", "category", "link", "feed")

WORD = st.sampled_from(WORDS)
SIGN = st.sampled_from(["", "", "", "=", "~"])
TEXTS = st.lists(st.sampled_from(SAID), min_size=2, max_size=14).map(" ".join)
SHORT = st.lists(st.sampled_from(SAID), min_size=1, max_size=8).map(" ".join)


def _phrase(words: list[str]) -> str:
    return f'"{" ".join(words)}"'


def _terms() -> SearchStrategy[str]:
    """Words, phrases, prefixes, expressions: what may stand in any field."""
    gaps = st.builds(
        lambda first, gap, last: _phrase([first, *gap, last]), WORD, st.lists(st.just("*"), max_size=2), WORD
    )
    words = st.lists(WORD, min_size=1, max_size=2).map(_phrase)
    near = st.builds("{}~{}".format, st.lists(WORD, min_size=2, max_size=3).map(_phrase), st.integers(1, 9))
    patterns = st.sampled_from(
        ["/b+c?/", "/^a/", "/c$/", "/a b|b a/", "/(a|c){2}/", "/й/", "/乌克?/", r"/b\/c/", "/run(s|ning)/", "/x|\\n/"]
    )
    return st.one_of(
        st.builds("{}{}".format, SIGN, WORD),
        st.builds("{}{}".format, SIGN, st.one_of(words, gaps, near)),
        st.sampled_from(["ab*", "a-ab*", "ru*", "乌*", "乌克*", "ÁB*"]),
        st.builds("{}{}".format, st.sampled_from(["", "="]), patterns),
    )


def _leaves(*, references: bool) -> SearchStrategy[str]:
    terms = _terms()
    fields = st.sampled_from(FIELDS)
    groups = st.builds(
        "{}:({})".format, fields, _combined(st.one_of(terms, st.sampled_from(["country:UA", "country:TD"])))
    )
    labels = ["lang:en", "lang:uk", "lang:pt", "lang:pt-br", "lang:(uk OR pt)", "tag:world", 'tag:"front page"',
              "tag:(ours OR -world)"]  # fmt: skip
    kinds = [
        WORD,
        terms,
        terms,
        st.builds("{}:{}".format, fields, terms),
        groups,
        st.sampled_from(["country:UA", "country:TD", "title:country:UA", *labels]),
    ]
    if references:
        kinds.append(st.sampled_from(NAMES).map('list:"{}"'.format))
    return st.one_of(kinds)


def _combined(leaves: SearchStrategy[str]) -> SearchStrategy[str]:
    def larger(inner: SearchStrategy[str]) -> SearchStrategy[str]:
        some = st.lists(inner, min_size=2, max_size=4)
        return st.one_of(
            some.map(" OR ".join),
            some.map(" OR ".join).map("({})".format),
            some.map(" AND ".join),
            st.lists(inner, min_size=2, max_size=2).map(" ".join),
            st.builds("{} -({})".format, inner, inner),
            st.builds("({} NOT {})".format, inner, inner),
            st.builds("-({} -({}))".format, inner, inner),
        )

    return st.recursive(leaves, larger, max_leaves=6)


def _lists(queries: SearchStrategy[str], most: int) -> SearchStrategy[list[WatchList]]:
    """Watch lists of the names that queries refer to, some asked by nobody, some of one feed or language only."""
    one = st.tuples(
        st.sampled_from(range(len(NAMES))),
        queries,
        st.sampled_from([(), (), (), ("world",), ("ours", "front page")]).map(frozenset),
        st.sampled_from([(), (), (), ("en",), ("pt", "uk")]).map(frozenset),
        st.sampled_from([True, True, True, True, False]),
    )
    return st.lists(one, max_size=most, unique_by=lambda each: each[0]).map(
        lambda drawn: [WatchList(number * 10, NAMES[number], *rest) for number, *rest in drawn]
    )


@pytest.fixture(scope="session")
def queries() -> SearchStrategy[str]:
    """Queries of everything but references to other lists; some say NOT only."""
    return _combined(_leaves(references=False))


@pytest.fixture(scope="session")
def watch_lists() -> Callable[[int], SearchStrategy[list[WatchList]]]:
    """Sets of so many watch lists at most, which refer to each other, to none and in circles."""
    queries = _combined(_leaves(references=True))
    return lambda most: _lists(queries, most)


@pytest.fixture(scope="session")
def items() -> SearchStrategy[Matchable]:
    some = st.lists(SHORT, max_size=2).map(tuple)
    return st.builds(
        Matchable,
        title=TEXTS,
        text=TEXTS,
        categories=some,
        feed_tags=st.frozensets(st.sampled_from(TAGS), max_size=2),
        language=st.sampled_from(LANGUAGES),
        authors=some,
        source=st.none() | SHORT,
        link=st.none() | SHORT.map("https://a.example/{}".format),
        feed_name=SHORT,
        feed_url=SHORT,
    )
