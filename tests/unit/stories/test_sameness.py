from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.stories import sameness
from worker.stories.sameness import choose_story
from worker.text.tokens import words_of

TITLE = "Snow falls in Kyiv again"
TEXT = "Snow fell on Saturday."


def copy_keys(title: str, text: str, link: str | None) -> tuple[int, ...]:
    return sameness.copy_keys(words_of(title), words_of(text), link)


def test_copies_share_a_key_whatever_the_spelling() -> None:
    first = copy_keys(TITLE, TEXT, "https://a.example/1")
    assert len(first) == 2
    assert set(first) & set(copy_keys("SNOW FALLS IN KYIV, AGAIN!", "“Snow” fell — on Saturday", "https://b.example/2"))
    assert set(first) & set(copy_keys(TITLE, "Another text", "http://a.example/1?utm_source=rss"))
    assert not set(first) & set(copy_keys(TITLE, "Another text", "https://b.example/2"))
    assert not set(first) & set(copy_keys("Another title", TEXT, "https://a.example/1"))


@pytest.mark.parametrize(
    ("title", "text", "link", "count"),
    [
        ("", "", None, 0),
        ("", "", "https://a.example/1", 0),
        ("—", "…", "https://a.example/1", 0),
        ("Live", "", None, 0),
        ("Live", "", "https://a.example/1", 1),
        ("Live", TEXT, None, 1),
        ("", TEXT, "https://a.example/1", 1),
        ("Three words here", "", None, 0),
        ("Here are four words", "", None, 1),
    ],
)
def test_what_says_too_little_has_no_key(title: str, text: str, link: str | None, count: int) -> None:
    assert len(copy_keys(title, text, link)) == count


@given(st.text(), st.text(), st.none() | st.text().map("https://a.example/".__add__))
def test_keys_are_sorted_signed_64_bit(title: str, text: str, link: str | None) -> None:
    keys = copy_keys(title, text, link)
    assert list(keys) == sorted(set(keys))
    assert all(-(2**63) <= key < 2**63 for key in keys)


@pytest.mark.parametrize(
    ("owners", "feeds_of", "story"),
    [
        ([], {}, None),
        ([5], {5: frozenset({2})}, 5),
        ([5], {5: frozenset({1, 2})}, None),
        ([9, 5, 9], {9: frozenset({2}), 5: frozenset({3})}, 9),
        ([9, 5], {9: frozenset({2}), 5: frozenset({3})}, 5),
        ([9, 9, 5], {9: frozenset({1}), 5: frozenset({3})}, 5),
        ([9], {}, 9),
    ],
)
def test_choose_story(owners: list[int], feeds_of: dict[int, frozenset[int]], story: int | None) -> None:
    assert choose_story(owners, feeds_of, 1) == story
