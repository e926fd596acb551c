from __future__ import annotations

import pytest

from worker.feeds.model import ItemData
from worker.stories.likeness import Likeness, is_retitled, looked_at
from worker.stories.model import KnownItem, RecalledItem


def before(title: str, text: str) -> RecalledItem:
    return RecalledItem(KnownItem(1, b"", b""), title, text)


def now(title: str, text: str) -> ItemData:
    return ItemData(id=None, link=None, title=title, text=text)


VAIN = "Click to read more"


@pytest.mark.parametrize(
    ("old", "new", "other"),
    [
        (("Snow falls in Kyiv", "It fell on Saturday."), ("Grain ships leave Odesa", "Four are under way."), True),
        (("Snow falls in Kyiv", "It fell on Saturday."), ("Snow melts", "Four are under way."), False),
        (("Snow falls in Kyiv", "It fell on Saturday."), ("Grain ships leave Odesa", "It fell on Sunday."), False),
        (("Snow falls in Kyiv", VAIN), ("Grain ships leave Odesa", VAIN), True),
        (("Snow falls in Kyiv", ""), ("Grain ships leave Odesa", "Four are under way."), True),
        (("Snow falls in Kyiv", ""), ("Snow melts", ""), False),
        (("", "It fell on Saturday."), ("", "Four are under way."), True),
        (("", "It fell on Saturday."), ("", "It fell."), False),
        (("", ""), ("Snow", "It fell."), False),
        (("", ""), ("", ""), False),
        (("", ""), ("", VAIN), False),
        (("a b c d e f g h", ""), ("a 2 3 4 5 6 7 8", ""), True),
        (("a b c d e f g", ""), ("a 2 3 4 5 6 7", ""), False),
    ],
)
def test_another_article_shares_hardly_a_word_of_title_and_text(
    old: tuple[str, str], new: tuple[str, str], other: bool
) -> None:
    was, is_ = before(*old), now(*new)
    assert Likeness([was], [is_], {VAIN}).is_other(was, is_) is other


@pytest.mark.parametrize(
    ("old", "new", "like", "wholly"),
    [
        (("Snow falls in Kyiv", "It fell here."), ("Snow falls over Kyiv", "It fell there."), True, True),
        (("Snow falls in Kyiv", "It fell here."), ("Snow falls over Kyiv", "Nothing more."), True, False),
        (("Snow falls in Kyiv", "It fell here."), ("All is white", "It fell there."), True, False),
        (("Snow falls in Kyiv", VAIN), ("All is white", VAIN), False, False),
        (("Snow falls in Kyiv", VAIN), ("Snow falls over Kyiv", VAIN), True, False),
        (("Snow", "It"), ("Snow", "It"), False, False),
        (("Quake of 4.5 near Tokyo", "It shook."), ("Quake of 4.6 near Tokyo", "It shook."), False, False),
        (("Quake of 4.5 near Tokyo", "It shook."), ("Quake of 4.5 in Tokyo", "It shook 3 times."), True, True),
        (("乌克兰下雪了", ""), ("乌克兰下大雪", ""), True, False),
    ],
)
def test_like_ones_share_half_of_their_words_and_all_numbers_of_the_title(
    old: tuple[str, str], new: tuple[str, str], like: bool, wholly: bool
) -> None:
    was, is_ = before(*old), now(*new)
    likeness = Likeness([was], [is_], {VAIN})
    assert likeness.is_like(was, is_) is like
    assert likeness.is_like(was, is_, wholly=True) is wholly


@pytest.mark.parametrize(
    ("one", "other", "retitled"),
    [
        ("Watch: rocket over the island", "Great: rocket over the island", True),
        ("Rocket over the island", "Rocket seen over the big island", False),
        ("Rocket 1 over the island", "Rocket 2 over the island", False),
        ("Same", "SAME", True),
        ("", "", False),
    ],
)
def test_a_headline_in_which_a_word_changed(one: str, other: str, retitled: bool) -> None:
    assert is_retitled(one, other) is retitled


def test_of_a_long_text_the_beginning_says_what_it_is() -> None:
    long = "word " * 1_000
    was, is_ = before("", f"{long}one two three"), now("", "one two three")
    assert Likeness([was], [is_], ()).is_other(was, is_)


@pytest.mark.parametrize(
    ("lengths", "most"),
    [
        ([], 4_000),
        ([70, 230] * 400, 4_000),
        ([200_000] * 30, 4_000),
        ([200_000] * 40, 3_000),
        ([100] * 800 + [4_000] * 40, 1_000),
        ([100] * 8_000, 15),
    ],
)
def test_the_more_and_the_longer_texts_are_the_less_is_looked_at_of_each(lengths: list[int], most: int) -> None:
    assert looked_at("x" * length for length in lengths) == most


def test_of_many_long_texts_less_than_of_a_few_says_what_they_are() -> None:
    was, is_ = before("", f"{'snow ' * 100}one two three"), now("", "one two three")
    few, many = Likeness([was], [is_], ()), Likeness([was] * 400, [is_], ())
    assert (few.is_other(was, is_), many.is_other(was, is_)) == (False, True)
