from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from worker.watchlists.model import Matchable

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

WORDS = ("a", "b", "c", "A", "Á", "d's", "a-b", "乌克", "克", "й")
TEXTS = st.lists(st.sampled_from([*WORDS, "乌", "兰", "— ", "x", "c’s"]), max_size=12).map(" ".join)


def _queries() -> SearchStrategy[str]:
    """Well-formed queries, some of which say NOT only."""
    phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"')

    def larger(inner: SearchStrategy[str]) -> SearchStrategy[str]:
        parts = st.lists(inner, min_size=2, max_size=4)
        return st.one_of(
            inner.map("-({})".format),
            inner.map("NOT ({})".format),
            inner.map("({})".format),
            parts.map(" ".join),
            parts.map(" AND ".join),
            parts.map(" OR ".join),
        )

    return st.recursive(st.sampled_from(WORDS) | phrases, larger, max_leaves=8)


@pytest.fixture(scope="session")
def queries() -> SearchStrategy[str]:
    return _queries()


@pytest.fixture(scope="session")
def items() -> SearchStrategy[Matchable]:
    tags = st.frozensets(st.sampled_from(["world", "ours"]))
    return st.builds(Matchable, TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple), tags)
