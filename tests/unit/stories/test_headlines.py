from __future__ import annotations

import pytest

from worker.stories.headlines import ends_of, likeness, numbers_of, outlet_of, share, significant


@pytest.mark.parametrize(
    ("title", "outlet"),
    [
        ("Dam gives way - The Herald", "The Herald"),
        ("Dam gives way | Herald", "Herald"),
        ("Dam gives way — and then the village is gone", ""),
        ("Dam - gives way - Herald", "Herald"),
        ("Well-known dam", ""),
        ("Dam gives way", ""),
    ],
)
def test_outlet_of(title: str, outlet: str) -> None:
    assert outlet_of(title) == outlet


def test_significant_words_stand_once_in_order() -> None:
    assert significant(["the", "dam", "of", "the", "dam", "breaks"]) == ("dam", "breaks")


@pytest.mark.parametrize(
    ("words", "ends"),
    [("a b c", set()), ("a b c d", {"a b c d"}), ("a b c d e", {"a b c d", "b c d e"})],
)
def test_ends_of(words: str, ends: set[str]) -> None:
    assert ends_of(words.split(), 4) == {tuple(end.split()) for end in ends}


def test_share_is_of_the_shorter() -> None:
    assert share(frozenset("abc"), frozenset("abxyz")) == pytest.approx(2 / 3)
    assert share(frozenset(), frozenset("abc")) == 0


@pytest.mark.parametrize(
    ("one", "other", "report", "index"),
    [
        ("abcd", "abcd", True, 1),
        ("abc", "abc", False, 0),
        ("abcdefg", "abcdefghij", False, 0.7),
        ("abcdefg", "abcdefghij", True, 0),
        ("abcdefgh", "abcdefghij", True, 0.8),
        ("abcdefghx", "abcdefghy", False, 0),
        ("abcdefghijklmx", "abcdefghijklmy", False, 13 / 15),
        ("abcdefgh", "abcdefgh3", False, 0),
    ],
)
def test_likeness(one: str, other: str, report: bool, index: float) -> None:
    for first, second in ((one, other), (other, one)):
        assert likeness(frozenset(first), frozenset(second), report=report, least=4) == pytest.approx(index)


def test_numbers_of() -> None:
    assert numbers_of(["two", "zwei", "2", "b2b", "x-ray", "word"]) == {"2", "b2b"}
