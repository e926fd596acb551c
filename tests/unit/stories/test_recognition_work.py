"""The work of recognising grows with the items of a document, whatever a stranger lets them have in common."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from worker.feeds.model import ItemData
from worker.stories.identity import aliases, identify, names
from worker.stories.ladder import Standing
from worker.stories.model import KnownItem, RecalledItem
from worker.stories.recognition import Asked, Recognition

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from worker.stories.model import Rung

NOW = datetime(2022, 2, 12, 17, 0, 5, tzinfo=UTC)
PAIRS = 5_000


def article(number: int, said: str) -> ItemData:
    """An article that shares no word with others, and none with what another fetch says in its place."""
    title, text = (" ".join(f"{said}{part}{letter}{'x' * number}" for letter in "abcdef") for part in "ti")
    return ItemData(
        id=f"{said}-{number}",
        link=f"https://a.example/{number}",
        title=title,
        text=text,
        published=NOW + timedelta(minutes=number),
    )


def as_it_is(item: ItemData) -> ItemData:
    return item


def in_one_place(item: ItemData) -> ItemData:
    return replace(item, link="https://a.example/", published=NOW)


def with_one_link(item: ItemData) -> ItemData:
    return replace(item, link="https://a.example/", published=None, id=None)


def under_one_title(item: ItemData) -> ItemData:
    return replace(in_one_place(item), title="Live from Kyiv and Odesa")


def with_the_same_words(item: ItemData) -> ItemData:
    return replace(item, title="Live", text="Now.", link=f"https://a.example/{item.id}")


def with_the_same_words_undated(item: ItemData) -> ItemData:
    return replace(with_the_same_words(item), title="Live from Kyiv and Odesa", published=None)


def work(count: int, rung: Rung, shape: Callable[[ItemData], ItemData]) -> Counter[str]:
    """Recognise so many items beside as many that are gone; return how often each function was called.

    Those of C are all called "C".
    """
    before = identify((shape(article(number, "was")) for number in range(count)), rung)
    now = identify((shape(article(number, "is")) for number in range(count)), rung)
    assert len(before) == len(now)
    known = [
        KnownItem(number, one.identity, one.content, one.item.link, one.item.published)
        for number, one in enumerate(before, 1)
    ]
    said = {one.id: RecalledItem(one, item.item.title, item.item.text) for one, item in zip(known, before, strict=True)}
    gone = {one.id: names(item.item) for one, item in zip(known, before, strict=True)}
    asked = Asked(now, [names(item.item) for item in now], known, Standing(rung), (), gone)
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            calls[frame.f_code.co_name] += 1
        elif event == "c_call":
            calls["C"] += 1

    outer = sys.getprofile()
    sys.setprofile(note)
    try:
        recognition = Recognition(asked)
        wanted = recognition.wanted()
        recognition.recognised({one: said[one] for one in wanted})
    finally:
        sys.setprofile(outer)
    return calls


@pytest.mark.parametrize("rung", ["id", "link", "link+date", "link+title", "title+text"])
@pytest.mark.parametrize(
    "shape",
    [
        as_it_is,
        in_one_place,
        with_one_link,
        under_one_title,
        with_the_same_words,
        with_the_same_words_undated,
    ],
)
def test_twice_as_many_items_are_twice_the_work(rung: Rung, shape: Callable[[ItemData], ItemData]) -> None:
    half, whole = work(100, rung, shape), work(200, rung, shape)
    assert whole.total() <= 2.2 * half.total()
    for calls, count in ((half, 100), (whole, 200)):
        assert calls["names"] == 0, "they are given"
        assert calls[aliases.__name__] <= count
        assert calls["is_like"] <= PAIRS + 5 * count
        assert calls["is_other"] <= 2 * count
        assert calls["words_of"] <= 5 * count
